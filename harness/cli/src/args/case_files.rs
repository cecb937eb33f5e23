//! The argument for the case files to which an output refers.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use crate::own_cases;

#[derive(Clone, Debug, ClapArgs)]
pub(crate) struct CaseFilesArg {
    /// Directory of the case files to which the output refers.
    #[arg(
        id = "case_files",
        long = "cases",
        value_name = "DIR",
        default_value = own_cases::DEFAULT,
        value_parser = own_cases::directory
    )]
    pub(crate) directory: PathBuf,
}
