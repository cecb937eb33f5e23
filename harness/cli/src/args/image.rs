//! Arguments for container images.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use provision::registry::ImageMirror;
use runner::config::ImageConfig;

use super::{CaseArgs, ProgramArgs};

#[derive(Clone, Debug, Default, ClapArgs)]
pub(crate) struct ImageArgs {
    /// Archive of images for your own cases, in the format of `docker save`. Repeatable.
    #[arg(long = "load-image", value_name = "FILE", help_heading = None::<&str>)]
    pub(crate) archives: Vec<PathBuf>,
    /// Registry that has the images of published releases. The image
    /// `quay.io/argoproj/argoexec:TAG` is at REGISTRY/argoproj/argoexec:TAG. Default: the registry
    /// of each image.
    #[arg(
        long,
        value_name = "REGISTRY",
        env = "ARGO_CONFORMANCE_IMAGE_MIRROR",
        help_heading = None::<&str>
    )]
    pub(crate) image_mirror: Option<ImageMirror>,
}

impl From<&ImageArgs> for ImageConfig {
    fn from(args: &ImageArgs) -> Self {
        let ImageArgs { archives, image_mirror } = args.clone();
        Self { archives, mirror: image_mirror }
    }
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
    /// Write an image without an `argo` program. Its cases run only with `--argo-cli`.
    #[arg(long, conflicts_with = "argo")]
    pub(crate) without_argo: bool,
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
