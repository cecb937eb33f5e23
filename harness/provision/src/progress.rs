//! Progress of long work.
//!
//! This crate never prints. Its functions report to a [`Progress`]. The command line shows the
//! notices, the run directory keeps the notices, and tests collect the notices.

use std::time::Duration;

/// One report of progress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A stage started. Stages with different names may overlap.
    Started {
        /// Name of the stage, stable, in lower case: `build etcd`, `api server ready`.
        stage: String,
    },
    /// A stage made progress.
    Advanced {
        /// Name of the stage.
        stage: String,
        /// Progress of the stage, for a person: `412 of 1630 packages`.
        detail: String,
    },
    /// A stage ended without an error.
    Finished {
        /// Name of the stage.
        stage: String,
        /// Time from the start to the end of the stage.
        elapsed: Duration,
    },
}

/// Receiver of notices. Any thread may call the receiver. A call must not block for long.
pub trait Progress: Send + Sync {
    /// Receives one notice.
    fn notice(&self, notice: Notice);
}

/// A receiver that ignores every notice.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl Progress for Silent {
    fn notice(&self, _: Notice) {}
}

/// Runs `work` as a stage. A notice reports the start. Another notice reports the end of a stage
/// without an error.
///
/// # Errors
/// The error of `work`, unchanged. A failed stage has no notice of its end.
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

/// As [`stage`], for asynchronous work.
///
/// # Errors
/// The error of `work`, unchanged.
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
