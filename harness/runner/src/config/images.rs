//! The images of releases and of workflows, as a run asks for them.

use std::path::PathBuf;

use provision::registry::ImageMirror;

/// The images of a run besides those that the harness makes.
#[derive(Clone, Debug, Default)]
pub struct ImageConfig {
    /// Archives of images that workflows use, or of a release.
    pub archives: Vec<PathBuf>,
    /// A registry in place of the registry of each image of a release.
    pub mirror: Option<ImageMirror>,
}
