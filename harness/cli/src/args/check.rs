//! Arguments of `check`.

use clap::{Args as ClapArgs, ValueEnum};
use runner::check::command::CheckRequest;

use super::{ExistingArgs, ProgramArgs};

#[derive(Debug, ClapArgs)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) programs: ProgramArgs,
    /// Version that must be installed. Default: any. Required where the tags of the images are no
    /// versions.
    #[arg(long, value_name = "VERSION")]
    pub(crate) argo: Option<String>,
    /// Format of standard output.
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: CheckFormat,
    #[command(flatten)]
    pub(crate) existing: ExistingArgs,
}

/// The format of the output of `check`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// Text for a terminal.
    Text,
    /// JSON with the schema `check-1.json`.
    Json,
}

impl From<&CheckArgs> for CheckRequest {
    fn from(args: &CheckArgs) -> Self {
        Self {
            programs: (&args.programs).into(),
            argo: args.argo.clone(),
            existing: (&args.existing).into(),
        }
    }
}
