//! Arguments for the programs of clusters and of Argo.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};
use provision::program::download::Mirror;
use provision::program::supply::Preference;
use runner::config::ProgramConfig;

use super::CacheArgs;

/// The programs of a command that starts clusters or runs the `argo` program.
#[derive(Clone, Debug, ClapArgs)]
pub(crate) struct ProgramArgs {
    #[command(flatten)]
    pub(crate) cache: CacheArgs,
    /// Origin of the programs that the cache lacks.
    #[arg(
        long,
        value_enum,
        help_heading = "Programs",
        env = "ARGO_CONFORMANCE_PROGRAMS",
        default_value = "auto"
    )]
    pub(crate) programs: ProgramOrigin,
    /// URL or directory of a mirror of the published programs. The mirror has the file of a
    /// URL at the host and the path of that URL. Default: the servers of the programs.
    #[arg(
        long,
        help_heading = "Programs",
        value_name = "URL-OR-DIR",
        env = "ARGO_CONFORMANCE_MIRROR"
    )]
    pub(crate) mirror: Option<Mirror>,
    /// File with URLs and checksums of published programs. A row replaces that of the built-in
    /// table.
    #[arg(
        long,
        help_heading = "Programs",
        value_name = "FILE",
        env = "ARGO_CONFORMANCE_DOWNLOAD_TABLE"
    )]
    pub(crate) download_table: Option<PathBuf>,
}

/// Origin of programs.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ProgramOrigin {
    /// Download a program if its checksum is pinned and its server answers. Build the others.
    Auto,
    /// Download each program with a pinned checksum. A failed download is an error.
    Download,
    /// Build every program.
    Build,
}

impl From<ProgramOrigin> for Preference {
    fn from(origin: ProgramOrigin) -> Self {
        match origin {
            ProgramOrigin::Auto => Self::Auto,
            ProgramOrigin::Download => Self::Download,
            ProgramOrigin::Build => Self::Build,
        }
    }
}

impl From<&ProgramArgs> for ProgramConfig {
    fn from(args: &ProgramArgs) -> Self {
        let ProgramArgs { cache, programs, mirror, download_table } = args.clone();
        Self { cache: cache.cache, preference: programs.into(), mirror, table: download_table }
    }
}
