//! Progress of long work.
//!
//! This crate never prints. Its functions report to a [`Progress`]. The command line shows the
//! notices, the run directory keeps the notices, and tests collect the notices.

mod work;

use std::time::Duration;

pub use work::{UsualTimes, Work, WorkKind};

/// One report of progress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Stages are planned. A plan replaces the stages of the same kinds in an earlier plan that
    /// have not ended.
    Planned {
        /// The stages, in the order of their begin.
        works: Vec<Work>,
    },
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
        /// Progress in numbers. `None`: the stage counts nothing.
        count: Option<Count>,
    },
    /// A stage ended with an error.
    Failed {
        /// Name of the stage.
        stage: String,
    },
    /// A stage ended without an error.
    Finished {
        /// Name of the stage.
        stage: String,
        /// Time from the start to the end of the stage.
        elapsed: Duration,
    },
}

/// Progress of a stage in numbers: packages, modules or bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// Number up to now.
    pub done: u64,
    /// Number at the end. `None`: the number is unknown.
    pub of: Option<u64>,
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

/// Runs `work` as a stage. A notice reports the start. Another notice reports the end.
///
/// # Errors
/// The error of `work`, unchanged.
pub fn stage<T, E>(
    progress: &dyn Progress,
    stage: &str,
    work: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    progress.notice(Notice::Started { stage: stage.to_owned() });
    let began = std::time::Instant::now();
    let result = work();
    progress.notice(end(stage, result.is_ok(), began.elapsed()));
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
    progress.notice(end(stage, result.is_ok(), began.elapsed()));
    result
}

fn end(stage: &str, succeeded: bool, elapsed: Duration) -> Notice {
    let stage = stage.to_owned();
    if succeeded { Notice::Finished { stage, elapsed } } else { Notice::Failed { stage } }
}
