//! Arguments for the place of the artifacts on an existing cluster.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};
use provision::store::StoreStyle;
use runner::config::StoreConfig;

/// Place of the bucket's name in a URL.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum StyleArg {
    /// `https://HOST/BUCKET/KEY`
    Path,
    /// `https://BUCKET.HOST/KEY`
    VirtualHost,
}

#[derive(Clone, Default, ClapArgs)]
pub(crate) struct StoreArgs {
    /// Certificates of the authority of an `https` store, as PEM. Default: the authorities of this
    /// machine, and of Argo's image.
    #[arg(long, value_name = "FILE")]
    pub(crate) store_ca: Option<PathBuf>,
    /// Region of the bucket. Default: `us-east-1`; Argo asks the store.
    #[arg(long, value_name = "REGION")]
    pub(crate) store_region: Option<String>,
    /// Session token of short-lived keys.
    #[arg(
        long,
        value_name = "TOKEN",
        env = "ARGO_CONFORMANCE_STORE_SESSION_TOKEN",
        hide_env_values = true
    )]
    pub(crate) store_session_token: Option<String>,
    /// Place of the bucket's name in a URL. Default: Argo decides by the host.
    #[arg(long, value_name = "STYLE")]
    pub(crate) store_style: Option<StyleArg>,
    /// Configured artifact repository for the cases: `default`, or `CONFIGMAP:KEY` in the prepared
    /// namespaces. Cases that list the bucket need `--store` too.
    #[arg(long, value_name = "REF")]
    pub(crate) artifact_repository: Option<String>,
}

impl From<StoreArgs> for StoreConfig {
    fn from(args: StoreArgs) -> Self {
        Self {
            ca: args.store_ca,
            region: args.store_region,
            session_token: args.store_session_token,
            style: args.store_style.map(|style| match style {
                StyleArg::Path => StoreStyle::Path,
                StyleArg::VirtualHost => StoreStyle::VirtualHost,
            }),
            artifact_repository: args.artifact_repository,
        }
    }
}

impl std::fmt::Debug for StoreArgs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        StoreConfig::from(self.clone()).fmt(f)
    }
}
