//! Arguments of `report`.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::CaseFilesArg;

#[derive(Debug, ClapArgs)]
pub(crate) struct ReportArgs {
    /// Run directory.
    pub(crate) directory: PathBuf,
    /// Format of the report.
    #[arg(long, value_parser = report_format(), default_value = "text")]
    pub(crate) format: &'static report::formats::Format,
    /// File to write. Default: standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) cases: CaseFilesArg,
    #[command(flatten)]
    pub(crate) implementation: ImplementationArgs,
    /// File to which `--format github` appends its summary.
    #[arg(
        long,
        env = "GITHUB_STEP_SUMMARY",
        hide_env_values = true,
        value_name = "FILE",
        help_heading = None::<&str>
    )]
    pub(crate) step_summary: Option<PathBuf>,
}

/// The formats of a report, from the table of crate `report`.
fn report_format() -> impl TypedValueParser<Value = &'static report::formats::Format> {
    let formats = report::formats::FORMATS.iter();
    let values = formats.map(|format| PossibleValue::new(format.name).help(format.about));
    PossibleValuesParser::new(values)
        .try_map(|name| report::formats::format(&name).ok_or("it is in no row of the table"))
}

/// The implementation that a conformance report names.
#[derive(Debug, Default, ClapArgs)]
#[command(next_help_heading = "With --format conformance")]
pub(crate) struct ImplementationArgs {
    /// Organization that provides the implementation.
    #[arg(long, value_name = "NAME", required_if_eq("format", "conformance"))]
    pub(crate) organization: Option<String>,
    /// Name of the implementation.
    #[arg(long, value_name = "NAME", required_if_eq("format", "conformance"))]
    pub(crate) project: Option<String>,
    /// Address of a page about the implementation.
    #[arg(long, value_name = "URL", required_if_eq("format", "conformance"))]
    pub(crate) url: Option<String>,
    /// Version of the implementation.
    #[arg(long, value_name = "VERSION", required_if_eq("format", "conformance"))]
    pub(crate) implementation_version: Option<String>,
    /// Contact: an address or a name. Repeatable.
    #[arg(long, value_name = "CONTACT", required_if_eq("format", "conformance"))]
    pub(crate) contact: Vec<String>,
}
