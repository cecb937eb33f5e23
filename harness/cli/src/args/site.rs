//! Arguments of `site`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::CaseFilesArg;

#[derive(Debug, ClapArgs)]
pub(crate) struct SiteArgs {
    /// Run directories and statements. The command judges the histories of a run directory again.
    #[arg(value_name = "RUN-OR-STATEMENT", required = true)]
    pub(crate) given: Vec<PathBuf>,
    /// New directory for the site.
    #[arg(long, value_name = "DIR")]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    pub(crate) cases: CaseFilesArg,
}
