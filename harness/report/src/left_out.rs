//! Cases that a provider cannot try.

use model::verdict::{CaseVerdict, Verdict};
use serde::{Deserialize, Serialize};

/// The reason of *not applicable* because of the provider. Another provider can try the case, so
/// the run gets a warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeftOut {
    /// The case needs requests to the object store, which the provider does not record.
    Requests,
    /// The case restarts the controller, which a run does to its own installation only.
    Controller,
    /// The case memoizes into Argo's namespace, which belongs to another owner.
    Memoization,
    /// The case needs a listing of the bucket, which the run may not list.
    Listing,
    /// The case makes or sets its pods itself, and the settings of the run would change the pods.
    OwnPods,
    /// Argo of this version gives pods of artifact collection no field for the settings of the run.
    CollectionPods,
    /// The case upgrades Argo, and the run has one installation.
    Pair,
    /// The case needs several controllers that elect a leader.
    Election,
    /// The case replaces the only controller or adds to it, and the installation has several.
    OnlyController,
    /// The case stops processes of a pod, which the provider cannot do.
    Freeze,
}

impl LeftOut {
    /// All reasons.
    pub const ALL: [Self; 10] = [
        Self::Requests,
        Self::Controller,
        Self::Memoization,
        Self::Listing,
        Self::OwnPods,
        Self::CollectionPods,
        Self::Pair,
        Self::Election,
        Self::OnlyController,
        Self::Freeze,
    ];

    /// The reason in words, equal to the reason of the verdict.
    pub fn words(self) -> &'static str {
        match self {
            Self::Requests => {
                "requests to the store are seen, and made to fail, on a native cluster only"
            }
            Self::Controller => {
                "it restarts the controller, which is done to an Argo of our own only"
            }
            Self::Memoization => {
                "Argo keeps memoized results in its own namespace, which was not prepared"
            }
            Self::Listing => {
                "it needs a listing of the bucket, and the run has none of the configured artifact \
                 repository"
            }
            Self::OwnPods => {
                "it sets the fields of its pods itself, which the pod settings of the run change"
            }
            Self::CollectionPods => {
                "Argo before 3.5 has no field for the security of pods of artifact collection"
            }
            Self::Pair => "it upgrades Argo, and the run has no second installation",
            Self::Election => {
                "it needs two controllers that elect a leader, which `--profile ha` installs"
            }
            Self::OnlyController => {
                "it replaces the only controller, or adds to it, and the profile ha has two"
            }
            Self::Freeze => "processes of a controller are frozen on a native cluster only",
        }
    }

    /// The reason of a verdict; `None` for a verdict without a cause in the provider.
    pub fn of(verdict: &CaseVerdict) -> Option<Self> {
        let is_it = |left_out: &Self| verdict.reason == left_out.words();
        let left_out = Self::ALL.into_iter().find(is_it);
        left_out.filter(|_| verdict.verdict == Verdict::NotApplicable)
    }
}
