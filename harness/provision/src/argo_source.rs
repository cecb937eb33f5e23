//! Sources of Argo: a Go module, a checkout, a commit, or a published release.
//!
//! An [`ArgoSource`] names the version and, except for a release, the [`Item`] to build.

pub mod checkout;
pub mod git;
mod layout;
pub mod release;

use std::path::Path;

use model::versions::Unreleased;

use crate::git::Git;
use crate::program::given::{Commit, Given};
use crate::program::tree::Tree;
use crate::program::{COMMIT, Item, Restored};

pub use checkout::CheckoutError;
pub use git::GitSourceError;
use release::{Release, ReleaseNameError};

/// Version of Argo that a run tests by default.
pub const DEFAULT_ARGO: &str = "4.0.5";

/// Versions that build from their Go modules, oldest first. The cases declare known issues that
/// some of these versions have and others do not.
pub const TESTED: [&str; 13] = [
    "3.4.17", "3.5.2", "3.5.5", "3.5.8", "3.5.10", "3.5.11", "3.5.12", "3.6.5", "3.7.0", "3.7.1",
    "3.7.2", "3.7.18", "4.0.5",
];

/// Error of [`ArgoSource::module`]: a text names no Go module of Argo.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    /// The text does not have the form of a version.
    #[error("`{0}` is no Argo version")]
    Form(String),
    /// The text is a name that a report gives a checkout.
    #[error("`{0}` is what a report calls a checkout")]
    Checkout(String),
    /// The text is a name that a report gives a commit.
    #[error("`{0}` is what a report calls a commit")]
    Commit(String),
    /// The version has the module path of another major version. Go refuses such a module.
    #[error(
        "argo-workflows v{0} cannot be had as a Go module: \
         it was published under the module path of version 3"
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

/// The source of one Argo version: programs and manifests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArgoSource {
    version: String,
    origin: Origin,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Origin {
    /// The programs are built.
    Built(Box<Item>),
    /// The programs are downloaded from a published release.
    Published(Release),
}

impl ArgoSource {
    /// The Go module of a version, `3.7.18` or `v3.7.18`. The module gives `workflow-controller`,
    /// `argoexec`, `argo`, and the directory `manifests`. Kustomize makes the installation from
    /// `manifests`.
    ///
    /// # Errors
    /// [`VersionError`]. The function checks the text only, and does not look for the module.
    pub fn module(version: &str) -> Result<Self, VersionError> {
        let release = version.strip_prefix('v').unwrap_or(version);
        let module = format!("github.com/argoproj/argo-workflows/v{}", module_major(release)?);
        Ok(Self::built(release.to_owned(), argo(release, &module)))
    }

    /// A checkout with its target release, `PATH=3.7.19`. The version of the source is the target
    /// release, `+tree.`, and the first digits of the digest of the checkout.
    ///
    /// # Errors
    /// The text has no target release, or the directory is not Argo's source of that major version.
    pub fn checkout(text: &str) -> Result<Self, CheckoutError> {
        checkout::source(text)
    }

    /// A commit, by the text after `git:`: `REPOSITORY@REVISION[=VERSION]`. The version of the
    /// source is the target release, `+git.`, and the first digits of the commit: `4.1.3+git.…`.
    /// `cache` keeps the mirrors of remote repositories.
    ///
    /// # Errors
    /// The text names no commit of Argo, or nothing tells its target release.
    pub fn git(text: &str, git: &Git<'_>, cache: Option<&Path>) -> Result<Self, GitSourceError> {
        git::source(text, git, cache)
    }

    /// A published release, by the text after `release:`. The form is `3.7.18`, or
    /// `3.7.18@sha256:…` with the checksum of the manifest. `base` is the URL of the releases.
    ///
    /// # Errors
    /// The text names no release.
    pub fn release(text: &str, base: &str) -> Result<Self, ReleaseNameError> {
        let release = Release::named(text, base)?;
        Ok(Self { version: release.version().to_owned(), origin: Origin::Published(release) })
    }

    fn built(version: String, item: Item) -> Self {
        Self { version, origin: Origin::Built(Box::new(item)) }
    }

    /// The version, without a leading `v`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The kind of source for a person: `its Go module`, `git commit …`.
    pub fn words(&self) -> String {
        let item = match &self.origin {
            Origin::Published(_) => return "its release".to_owned(),
            Origin::Built(item) => item,
        };
        match &item.given {
            None => "its Go module".to_owned(),
            Some(Given::Tree(tree)) => format!("a checkout, sha256:{}", tree.sha256),
            Some(Given::Commit(commit)) => format!("git commit {}", commit.commit),
        }
    }

    /// Tag of the images that contain this source's programs. A `-` replaces the `+` of a version.
    pub fn tag(&self) -> String {
        format!("v{}", self.version.replace('+', "-"))
    }

    /// The item to build. `None` for a published release.
    pub fn item(&self) -> Option<&Item> {
        match &self.origin {
            Origin::Built(item) => Some(item),
            Origin::Published(_) => None,
        }
    }

    /// The checkout to build. `None` for every other source.
    pub fn tree(&self) -> Option<&Tree> {
        match self.item()?.given.as_ref()? {
            Given::Tree(tree) => Some(tree),
            Given::Commit(_) => None,
        }
    }

    /// The commit to build. `None` for every other source.
    pub fn commit(&self) -> Option<&Commit> {
        match self.item()?.given.as_ref()? {
            Given::Tree(_) => None,
            Given::Commit(commit) => Some(commit),
        }
    }

    /// The release to download. `None` for every other source.
    pub fn published(&self) -> Option<&Release> {
        match &self.origin {
            Origin::Built(_) => None,
            Origin::Published(release) => Some(release),
        }
    }
}

/// The item of a Go module of Argo.
fn argo(release: &str, module: &str) -> Item {
    let tag = format!("v{release}");
    let mut item = Item::of("argo-workflows", release, module)
        .variable(&format!("{module}.version"), &tag)
        .variable(&format!("{module}.gitTag"), &tag)
        .variable(&format!("{module}.gitTreeState"), "clean")
        // Argo reports `v3.7.18+unknown` without a commit, even if the tree is clean.
        .variable(&format!("{module}.gitCommit"), COMMIT);
    for name in ["workflow-controller", "argoexec", "argo"] {
        item = item.command(&format!("./cmd/{name}"), name);
    }
    item.restored = restored();
    item.kept = vec!["manifests".to_owned()];
    item.disk = 4_500_000_000;
    item
}

/// Files that the Go module lacks. The archive of a module has no symbolic links and no files that
/// a release build generates.
fn restored() -> Vec<Restored> {
    let signal = |directory: &str| Restored::Copy {
        from: format!("workflow/executor/{directory}/signal_darwin.go"),
        to: format!("workflow/executor/{directory}/signal_linux.go"),
    };
    vec![
        signal("os-specific"),
        signal("osspecific"),
        Restored::Copy {
            from: "server/static/files.go.stub".to_owned(),
            to: "server/static/files.go".to_owned(),
        },
        Restored::Empty {
            beside: "ui/embed.go".to_owned(),
            to: "ui/dist/app/index.html".to_owned(),
        },
    ]
}

/// The number in the module path of a version.
fn module_major(release: &str) -> Result<u32, VersionError> {
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

#[cfg(test)]
mod tests;
