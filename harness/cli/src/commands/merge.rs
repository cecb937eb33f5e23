//! `merge`: several run directories as one, which every other command reads like any other.

use rundir::{key_material, merge, output};

use crate::args::MergeArgs;
use crate::known_secrets::known_secrets;
use crate::terminal::{conclusion, out};

/// Merges the run directories, and prints the table and the summary.
pub(crate) fn merge(args: &MergeArgs) -> anyhow::Result<u8> {
    key_material::refuse(&args.directories, &known_secrets())?;
    let (merged, to) = merge::merge(&args.directories, &args.out)?;
    conclusion::print(&merged);
    out::note(&format!("merged {} runs: {}", args.directories.len(), to.display()));
    Ok(report::exit_code_of_run(&output::verdicts(&merged), &merged.untested))
}
