//! Planned work: the stages that a run begins later, with their usual time.

use std::time::Duration;

/// One planned stage. Stages of one kind begin in the order of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// Kind of the stage.
    pub kind: WorkKind,
    /// Name and version of the program: `etcd 3.6.7`.
    pub program: String,
    /// Name of the stage: `build etcd 3.6.7`.
    pub stage: String,
    /// Name of the stage without a version: `build etcd`. Earlier runs kept their time by this
    /// name.
    pub key: String,
    /// Usual time on a machine with two cores. `None`: the bytes decide.
    pub usual: Option<Duration>,
}

/// Kind of a planned stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkKind {
    /// The fetch of the source of a program. The build of another program runs at the same time.
    Fetch,
    /// The build of a program. The last part of a build and the first part of the next one run at
    /// the same time.
    Build,
    /// The download of a published program. Several downloads run at once.
    Download,
}

impl WorkKind {
    /// The verb, as in the name of a stage.
    pub fn verb(self) -> &'static str {
        match self {
            Self::Fetch => "fetch",
            Self::Build => "build",
            Self::Download => "download",
        }
    }
}

/// Usual times of a program on a machine with two cores, measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsualTimes {
    /// Time of the fetch of the modules that the build needs.
    pub fetch: Duration,
    /// Time of the build.
    pub build: Duration,
}

impl UsualTimes {
    /// Times in seconds.
    pub(crate) const fn seconds(fetch: u64, build: u64) -> Self {
        Self { fetch: Duration::from_secs(fetch), build: Duration::from_secs(build) }
    }
}

impl Default for UsualTimes {
    fn default() -> Self {
        Self::seconds(2, 15)
    }
}
