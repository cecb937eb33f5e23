//! What can be said of container images.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::{CacheArgs, CaseArgs};

#[derive(Clone, Debug, Default, ClapArgs)]
pub(crate) struct ImageArgs {
    /// Archive of images that workflows of your own cases use, as `docker save` writes it; may be
    /// repeated.
    #[arg(long = "load-image", value_name = "FILE")]
    pub(crate) archives: Vec<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ImageOfItselfArgs {
    #[command(flatten)]
    pub(crate) cases: CaseArgs,
    #[command(flatten)]
    pub(crate) cache: CacheArgs,
    /// Version of the `argo` program in it: that of the Argo which will be tested.
    #[arg(long, value_name = "VERSION", default_value = provision::argo_source::DEFAULT_ARGO)]
    pub(crate) argo: String,
    /// Reference of the image.
    #[arg(
        long,
        value_name = "REFERENCE",
        default_value = "argo-conformance/argo-conformance:latest"
    )]
    pub(crate) reference: String,
    /// File to write: an archive for `docker load` or `ctr images import`.
    #[arg(long, value_name = "FILE")]
    pub(crate) output: PathBuf,
}
