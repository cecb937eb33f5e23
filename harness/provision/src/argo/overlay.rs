//! Overlay: the changes of the harness to Argo's manifests, as a kustomize directory.

use std::fs;
use std::path::Path;

use crate::cache::{CacheError, failed};
use crate::program::copy_directory;
use crate::store::StoreAddress;
use model::profile::Profile;

/// Files of the overlay, without the files of the profile.
const FILES: [(&str, &str); 6] = [
    ("kustomization.yaml", include_str!("../../../../manifests/install/kustomization.yaml")),
    ("namespace.yaml", include_str!("../../../../manifests/install/namespace.yaml")),
    ("memoization.yaml", include_str!("../../../../manifests/install/memoization.yaml")),
    ("controller.yaml", include_str!("../../../../manifests/install/controller.yaml")),
    ("configuration.yaml", include_str!("../../../../manifests/install/configuration.yaml")),
    ("without-server.yaml", include_str!("../../../../manifests/install/without-server.yaml")),
];

/// Values of one installation, which replace `${…}` in rendered manifests.
#[derive(Clone, Debug)]
pub struct Values {
    /// Tag of the controller's image.
    pub controller_tag: String,
    /// Tag of the executor's image.
    pub executor_tag: String,
    /// Address of the object store, which is the default artifact repository.
    pub store: StoreAddress,
}

impl Values {
    /// Replaces the placeholders of a text with the values. Each value is a tag, a bucket or an
    /// address, and needs no escape in JSON.
    pub(super) fn fill(&self, text: &str) -> String {
        text.replace("${CONTROLLER_TAG}", &self.controller_tag)
            .replace("${EXECUTOR_TAG}", &self.executor_tag)
            .replace("${BUCKET}", &self.store.bucket)
            .replace("${STORE}", &self.store.endpoint)
    }
}

/// Name and text of each file of the overlay.
pub(super) fn files(profile: Profile) -> impl Iterator<Item = (&'static str, &'static str)> {
    let [waits, election] = super::profile::patches(profile);
    FILES.into_iter().chain([("profile.yaml", waits), ("leader-election.yaml", election)])
}

/// Writes a kustomize directory: the files of the overlay, and Argo's manifests in `argo`.
///
/// # Errors
/// A file cannot be copied or written.
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
