//! The programs of the clusters and of Argo, as a run asks for them.

use std::path::PathBuf;

use provision::program::download::Mirror;
use provision::program::supply::Preference;

/// The request for programs.
#[derive(Clone, Debug, Default)]
pub struct ProgramConfig {
    /// The cache directory. Default: the user's.
    pub cache: Option<PathBuf>,
    /// Download or build.
    pub preference: Preference,
    /// A mirror of the published files. Default: their own servers.
    pub mirror: Option<Mirror>,
    /// A file with more rows for the table of published files.
    pub table: Option<PathBuf>,
}
