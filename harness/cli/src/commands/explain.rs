//! `explain`: cases in words.

use runner::selection;

use crate::args::CaseArgs;
use crate::terminal::out;

/// Says cases in words.
pub(crate) fn explain(args: &CaseArgs) -> anyhow::Result<u8> {
    for case in selection::select(&args.selection())? {
        out::result(&report::explain(&case, out::style()));
    }
    Ok(report::exit::PASS)
}
