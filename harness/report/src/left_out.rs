//! Cases that a provider cannot try.

use model::verdict::{CaseVerdict, Verdict};
use serde::{Deserialize, Serialize};

/// Why a case is not applicable because of the provider. Another provider could try the case, so
/// the result of the run is a warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeftOut {
    /// The case is about requests to the object store, which the provider does not show.
    Requests,
    /// The case restarts the controller of an Argo that is not ours.
    Controller,
    /// The case memoizes into a namespace of an Argo that is not ours.
    Memoization,
}

impl LeftOut {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Requests, Self::Controller, Self::Memoization];

    /// The reason in words, as a verdict has it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Requests => {
                "requests to the store are seen, and made to fail, on a native cluster only"
            }
            Self::Controller => {
                "it restarts the controller, which is done to an Argo of our own only"
            }
            Self::Memoization => {
                "what is memoized is kept in Argo's own namespace, which was not lent"
            }
        }
    }

    /// The reason of a verdict; `None` of a verdict that no provider caused.
    pub fn of(verdict: &CaseVerdict) -> Option<Self> {
        let is_it = |left_out: &Self| left_out.words() == verdict.reason;
        let left_out = Self::ALL.into_iter().find(is_it);
        left_out.filter(|_| verdict.verdict == Verdict::NotApplicable)
    }
}
