//! What a long piece of work says while it goes on.
//!
//! Provisioning never prints. It tells a [`Progress`] what it is doing; the command line shows it,
//! the run directory keeps it, tests collect it.

use std::time::Duration;

/// One thing that long work says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A stage began. Stages of different names may overlap.
    Started {
        /// Name of the stage, stable, lower case: `build etcd`, `api server ready`.
        stage: String,
    },
    /// A stage still goes on: how far it is.
    Advanced {
        /// Name of the stage.
        stage: String,
        /// What it is at, for a person: `412 of 1630 packages`.
        detail: String,
    },
    /// A stage ended well.
    Finished {
        /// Name of the stage.
        stage: String,
        /// How long it took.
        elapsed: Duration,
    },
}

/// Takes notices. Called from any thread; must not block for long.
pub trait Progress: Send + Sync {
    /// Takes one notice.
    fn notice(&self, notice: Notice);
}

/// Takes notices and does nothing with them.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl Progress for Silent {
    fn notice(&self, _: Notice) {}
}

/// Runs `work` as a stage: says that it started, and, when it ends well, that it finished.
///
/// # Errors
/// Those of `work`, unchanged; a stage that failed is never said to have finished.
pub fn stage<T, E>(
    progress: &dyn Progress,
    stage: &str,
    work: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    progress.notice(Notice::Started { stage: stage.to_owned() });
    let began = std::time::Instant::now();
    let result = work();
    if result.is_ok() {
        progress.notice(Notice::Finished { stage: stage.to_owned(), elapsed: began.elapsed() });
    }
    result
}

/// As [`stage`], for work that is waited for.
///
/// # Errors
/// Those of `work`, unchanged.
pub async fn awaited<T, E>(
    progress: &dyn Progress,
    stage: &str,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    progress.notice(Notice::Started { stage: stage.to_owned() });
    let began = std::time::Instant::now();
    let result = work.await;
    if result.is_ok() {
        progress.notice(Notice::Finished { stage: stage.to_owned(), elapsed: began.elapsed() });
    }
    result
}
