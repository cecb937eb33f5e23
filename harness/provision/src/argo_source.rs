//! Sources of Argo: a Go module, a checkout, a commit, or a published release.
//!
//! An [`ArgoSource`] names the version and, except for a release, the
//! [`Item`](crate::program::Item) to build.

pub mod checkout;
pub mod git;
mod layout;
pub mod release;
mod source;
mod version;

use std::path::Path;

use crate::git::Git;

pub use checkout::CheckoutError;
pub use git::GitSourceError;
use release::{Release, ReleaseNameError};
pub use source::ArgoSource;
use source::{Origin, argo};
use version::module_major;
pub use version::{DEFAULT_ARGO, VersionError};

/// Versions that build from their Go modules, oldest first. The cases declare known issues that
/// some of these versions have and others do not.
pub const TESTED: [&str; 13] = [
    "3.4.17", "3.5.2", "3.5.5", "3.5.8", "3.5.10", "3.5.11", "3.5.12", "3.6.5", "3.7.0", "3.7.1",
    "3.7.2", "3.7.18", "4.0.5",
];

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
}

#[cfg(test)]
mod tests;
