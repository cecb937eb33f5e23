//! The stance of a run towards known issues.

use serde::{Deserialize, Serialize};

/// The meaning of a claim that fails as declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KnownIssues {
    /// A known issue is a failure, and the verdict names the release with the fix.
    Fail,
    /// Only a difference from the declaration is a failure, in either direction.
    Expect,
}

impl KnownIssues {
    /// Name on the command line and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Expect => "expect",
        }
    }
}
