//! Arguments for container images.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::{CaseArgs, ProgramArgs};

#[derive(Clone, Debug, Default, ClapArgs)]
pub(crate) struct ImageArgs {
    /// Archive of images for your own cases, in the format of `docker save`. Repeatable.
    #[arg(long = "load-image", value_name = "FILE", help_heading = None::<&str>)]
    pub(crate) archives: Vec<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ImageOfItselfArgs {
    #[command(flatten)]
    pub(crate) cases: CaseArgs,
    #[command(flatten)]
    pub(crate) programs: ProgramArgs,
    /// Version of the `argo` program in the image: that of the Argo to test.
    #[arg(long, value_name = "VERSION", default_value = provision::argo_source::DEFAULT_ARGO)]
    pub(crate) argo: String,
    /// Name and tag of the image.
    #[arg(
        long,
        value_name = "REFERENCE",
        default_value = "argo-conformance/argo-conformance:latest"
    )]
    pub(crate) reference: String,
    /// File to write, an archive for `docker load` or `ctr images import`.
    #[arg(long, value_name = "FILE")]
    pub(crate) output: PathBuf,
}
