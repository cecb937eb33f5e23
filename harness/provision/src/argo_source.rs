//! Where Argo comes from: its Go module, of which version, a checkout, a commit, or a release as it
//! was published; and how its programs are built.

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

/// The Argo version that is tested unless another is asked for.
pub const DEFAULT_ARGO: &str = "4.0.5";

/// Versions that are known to build from their module, oldest first. Between them they show known
/// problems broken and fixed.
pub const TESTED: [&str; 13] = [
    "3.4.17", "3.5.2", "3.5.5", "3.5.8", "3.5.10", "3.5.11", "3.5.12", "3.6.5", "3.7.0", "3.7.1",
    "3.7.2", "3.7.18", "4.0.5",
];

/// A text that is no Argo version which could be built from a module.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    /// It has not the form of a version.
    #[error("`{0}` is no Argo version")]
    Form(String),
    /// What a report calls a checkout.
    #[error("`{0}` is what a report calls a checkout")]
    Checkout(String),
    /// The name that a report gives a commit.
    #[error("`{0}` is what a report calls a commit")]
    Commit(String),
    /// Published with the module path of another major version, which Go refuses.
    #[error(
        "argo-workflows v{0} cannot be had as a Go module: \
         it was published under the module path of version 3"
    )]
    MisplacedModule(String),
}

impl VersionError {
    /// What the user can do about it.
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

/// Where the programs of an Argo version come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArgoSource {
    version: String,
    origin: Origin,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Origin {
    /// Its programs are built.
    Built(Box<Item>),
    /// It is as it was published.
    Published(Release),
}

impl ArgoSource {
    /// The Go module of a version, `3.7.18` or `v3.7.18`: workflow-controller, argoexec, argo, and
    /// the directory `manifests` that kustomize makes the installation of.
    ///
    /// # Errors
    /// That there is no such module version, as far as the version alone tells.
    pub fn module(version: &str) -> Result<Self, VersionError> {
        let release = version.strip_prefix('v').unwrap_or(version);
        let module = format!("github.com/argoproj/argo-workflows/v{}", module_major(release)?);
        Ok(Self::built(release.to_owned(), argo(release, &module)))
    }

    /// A checkout, `PATH=3.7.19`, which is to become that release. What is expected of a case is
    /// what is expected of that; it is called `3.7.19+tree.` and the beginning of its digest.
    ///
    /// # Errors
    /// That it is not said what it is to be, or that it is no checkout of that.
    pub fn checkout(text: &str) -> Result<Self, CheckoutError> {
        checkout::source(text)
    }

    /// A commit by what stands behind `git:`, `REPOSITORY@REVISION[=VERSION]`; it is called
    /// `4.1.3+git.` and its first digits. `cache` keeps the mirrors of remote repositories.
    ///
    /// # Errors
    /// The text names no commit of Argo, or nothing tells its target release.
    pub fn git(text: &str, git: &Git<'_>, cache: Option<&Path>) -> Result<Self, GitSourceError> {
        git::source(text, git, cache)
    }

    /// A release as it was published, by what stands behind `release:`: `3.7.18`, or with the
    /// checksum of its manifest `3.7.18@sha256:…`. `base` is where releases are.
    ///
    /// # Errors
    /// That it names none.
    pub fn release(text: &str, base: &str) -> Result<Self, ReleaseNameError> {
        let release = Release::named(text, base)?;
        Ok(Self { version: release.version().to_owned(), origin: Origin::Published(release) })
    }

    fn built(version: String, item: Item) -> Self {
        Self { version, origin: Origin::Built(Box::new(item)) }
    }

    /// Its version, without a leading `v`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Where it comes from, in words.
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

    /// Tag of the images that are made of it.
    pub fn tag(&self) -> String {
        format!("v{}", self.version.replace('+', "-"))
    }

    /// What is to be built, if its programs are.
    pub fn item(&self) -> Option<&Item> {
        match &self.origin {
            Origin::Built(item) => Some(item),
            Origin::Published(_) => None,
        }
    }

    /// The checkout that is to be built, if one is.
    pub fn tree(&self) -> Option<&Tree> {
        match self.item()?.given.as_ref()? {
            Given::Tree(tree) => Some(tree),
            Given::Commit(_) => None,
        }
    }

    /// The commit that is to be built, if one is.
    pub fn commit(&self) -> Option<&Commit> {
        match self.item()?.given.as_ref()? {
            Given::Tree(_) => None,
            Given::Commit(commit) => Some(commit),
        }
    }

    /// What is to be fetched, if it is as it was published.
    pub fn published(&self) -> Option<&Release> {
        match &self.origin {
            Origin::Built(_) => None,
            Origin::Published(release) => Some(release),
        }
    }
}

/// What is built from a module of Argo.
fn argo(release: &str, module: &str) -> Item {
    let tag = format!("v{release}");
    let mut item = Item::of("argo-workflows", release, module)
        .variable(&format!("{module}.version"), &tag)
        .variable(&format!("{module}.gitTag"), &tag)
        .variable(&format!("{module}.gitTreeState"), "clean")
        // Without a commit Argo calls itself `v3.7.18+unknown`, clean or not.
        .variable(&format!("{module}.gitCommit"), COMMIT);
    for name in ["workflow-controller", "argoexec", "argo"] {
        item = item.command(&format!("./cmd/{name}"), name);
    }
    item.restored = restored();
    item.kept = vec!["manifests".to_owned()];
    item.disk = 4_500_000_000;
    item
}

/// What the module lacks: a module's archive holds no symbolic links, and no files that are
/// generated while a release is made.
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
