//! The origin of programs: a download, or a build.

use super::download::Downloads;

/// The choice between a download and a build.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preference {
    /// A program is downloaded if a checksum is pinned and its server answers, else built.
    #[default]
    Auto,
    /// A program with a pinned checksum is downloaded, and a failed download is an error.
    Download,
    /// Every program is built.
    Build,
}

impl Preference {
    /// The value of the flag `--programs`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Download => "download",
            Self::Build => "build",
        }
    }
}

/// The origin of the programs of a run.
#[derive(Clone, Debug)]
pub struct Supply {
    /// The choice of the user.
    pub preference: Preference,
    /// The published files.
    pub downloads: Downloads,
}
