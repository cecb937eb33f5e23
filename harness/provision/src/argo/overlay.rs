//! Changes of a conformance run to Argo's own manifests, as a kustomize directory.

use std::fs;
use std::path::Path;

use super::install::Profile;
use crate::cache::{CacheError, failed};
use crate::program::copy_directory;
use crate::store::StoreAddress;

/// The files of the overlay, but for those of the profile.
const FILES: [(&str, &str); 6] = [
    ("kustomization.yaml", include_str!("../../../../manifests/install/kustomization.yaml")),
    ("namespace.yaml", include_str!("../../../../manifests/install/namespace.yaml")),
    ("memoization.yaml", include_str!("../../../../manifests/install/memoization.yaml")),
    ("controller.yaml", include_str!("../../../../manifests/install/controller.yaml")),
    ("configuration.yaml", include_str!("../../../../manifests/install/configuration.yaml")),
    ("without-server.yaml", include_str!("../../../../manifests/install/without-server.yaml")),
];

/// Values of one installation, which take the place of `${…}` in rendered manifests.
#[derive(Clone, Debug)]
pub struct Values {
    /// Tag of the controller's image.
    pub controller_tag: String,
    /// Tag of the executor's image.
    pub executor_tag: String,
    /// The default artifact repository.
    pub store: StoreAddress,
}

impl Values {
    /// A text with the values in place. Each value is a tag, a bucket or an address, and needs no
    /// escape in JSON.
    pub(super) fn fill(&self, text: &str) -> String {
        text.replace("${CONTROLLER_TAG}", &self.controller_tag)
            .replace("${EXECUTOR_TAG}", &self.executor_tag)
            .replace("${BUCKET}", &self.store.bucket)
            .replace("${STORE}", &self.store.endpoint)
    }
}

/// Name and text of each file of the overlay.
pub(super) fn files(profile: Profile) -> impl Iterator<Item = (&'static str, &'static str)> {
    let [waits, election] = profile.patches();
    FILES.into_iter().chain([("profile.yaml", waits), ("leader-election.yaml", election)])
}

/// Lays out a kustomize directory: the overlay, and Argo's manifests beside it as `argo`.
///
/// # Errors
/// If a file cannot be copied or written.
pub(super) fn lay_out(
    manifests: &Path,
    profile: Profile,
    directory: &Path,
) -> Result<(), CacheError> {
    copy_directory(manifests, &directory.join("argo"))?;
    for (name, text) in files(profile) {
        let path = directory.join(name);
        fs::write(&path, text).map_err(failed("write", &path))?;
    }
    Ok(())
}
