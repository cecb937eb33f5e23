//! The version of a Go module of Argo.

use model::versions::Unreleased;

/// Version of Argo that a run tests by default.
pub const DEFAULT_ARGO: &str = "4.0.5";

/// Error of [`ArgoSource::module`](super::ArgoSource::module): a text names no Go module of Argo.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    /// The text does not have the form of a version.
    #[error("invalid version `{0}`: it is not a version of Argo")]
    Form(String),
    /// The text is a name that a report gives a checkout.
    #[error("invalid version `{0}`: it is the name of a checkout in a report")]
    Checkout(String),
    /// The text is a name that a report gives a commit.
    #[error("invalid version `{0}`: it is the name of a commit in a report")]
    Commit(String),
    /// The version has the module path of another major version. Go refuses such a module.
    #[error(
        "failed to find the Go module of argo-workflows v{0}: it has the module path of version 3"
    )]
    MisplacedModule(String),
}

impl VersionError {
    /// The remedy.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Form(_) => format!("write it like {DEFAULT_ARGO}"),
            Self::Checkout(name) | Self::Commit(name) => match Unreleased::of(name)? {
                Unreleased::Checkout { target } => {
                    format!("name the checkout, as in ./argo-workflows={target}")
                }
                Unreleased::Commit { target, commit } => {
                    format!("name the repository, as in git:./argo-workflows@{commit}={target}")
                }
            },
            Self::MisplacedModule(_) => "take 4.0.2 or later, or another source of Argo".to_owned(),
        })
    }
}

/// The number in the module path of a version.
pub(super) fn module_major(release: &str) -> Result<u32, VersionError> {
    match Unreleased::of(release) {
        Some(Unreleased::Checkout { .. }) => {
            return Err(VersionError::Checkout(release.to_owned()));
        }
        Some(Unreleased::Commit { .. }) => return Err(VersionError::Commit(release.to_owned())),
        None => {}
    }
    let form = || VersionError::Form(release.to_owned());
    let (core, _) = release.split_once('-').unwrap_or((release, ""));
    let numbers: Vec<u32> =
        core.split('.').map(str::parse).collect::<Result<_, _>>().map_err(|_| form())?;
    match numbers[..] {
        [4, 0, 0 | 1] => Err(VersionError::MisplacedModule(release.to_owned())),
        [major, _, _] if major >= 3 => Ok(major),
        _ => Err(form()),
    }
}
