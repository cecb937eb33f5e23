//! The place of the artifacts of cases on an existing cluster.

use std::path::PathBuf;

use provision::store::StoreStyle;

/// Settings of the object store besides its address, its bucket and its keys.
#[derive(Clone, Default)]
pub struct StoreConfig {
    /// File with the certificates of the store's authority, as PEM.
    pub ca: Option<PathBuf>,
    /// Region of the bucket.
    pub region: Option<String>,
    /// Token of short-lived keys.
    pub session_token: Option<String>,
    /// Place of the bucket's name in a URL.
    pub style: Option<StoreStyle>,
    /// The configured artifact repository that cases use: `default`, or `CONFIGMAP:KEY`.
    pub artifact_repository: Option<String>,
}

impl std::fmt::Debug for StoreConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoreConfig")
            .field("ca", &self.ca)
            .field("region", &self.region)
            .field("style", &self.style)
            .field("artifact_repository", &self.artifact_repository)
            .finish_non_exhaustive()
    }
}
