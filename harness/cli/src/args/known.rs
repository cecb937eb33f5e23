//! Arguments of `known`.

use clap::{Args as ClapArgs, ValueEnum};

use super::CaseArgs;

#[derive(Debug, ClapArgs)]
pub(crate) struct KnownArgs {
    #[command(flatten)]
    pub(crate) cases: CaseArgs,
    /// A version of Argo, as 3.5.10.
    pub(crate) version: String,
    /// A version to upgrade to: print the issues that the upgrade fixes, keeps and introduces.
    #[arg(long, value_name = "VERSION")]
    pub(crate) upgrade: Option<String>,
    /// The form of the output.
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: KnownFormat,
}

/// The form of the output of `known`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum KnownFormat {
    /// Text for a terminal.
    Text,
    /// JSON, by the schema `known-1.json`.
    Json,
}
