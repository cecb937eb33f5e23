//! `list`: the ids and titles of cases.

use crate::args::CaseArgs;
use crate::terminal::out;
use runner::selection;

/// Lists cases.
pub(crate) fn list(args: &CaseArgs) -> anyhow::Result<u8> {
    for case in selection::select(&args.selection())? {
        out::plain(&format!("{:<48} {}", case.id, case.title));
    }
    Ok(report::exit::PASS)
}
