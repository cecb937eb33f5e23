//! Arguments of `known`.

use clap::{Args as ClapArgs, ValueEnum};

use super::CaseArgs;

#[derive(Debug, ClapArgs)]
pub(crate) struct KnownArgs {
    #[command(flatten)]
    pub(crate) cases: CaseArgs,
    /// Argo version, for example `3.5.10`, or the name of an installation, for example
    /// `3.5.8+executor.3.4.17`.
    pub(crate) version: String,
    /// Version to upgrade to. The output lists the issues that the upgrade fixes, keeps and
    /// introduces. It also lists the issues that show while executors of the version before run.
    #[arg(long, value_name = "VERSION")]
    pub(crate) upgrade: Option<String>,
    /// Format of standard output.
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: KnownFormat,
}

/// The format of the output of `known`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum KnownFormat {
    /// Text for a terminal.
    Text,
    /// JSON with the schema `known-1.json`.
    Json,
}
