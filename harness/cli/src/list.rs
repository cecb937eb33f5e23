//! `list` and `explain`.

use crate::args::CaseArgs;
use crate::{out, selection};

/// Lists cases.
pub(crate) fn list(args: &CaseArgs) -> anyhow::Result<u8> {
    for case in selection::select(args)? {
        out::plain(&format!("{:<48} {}", case.id, case.title));
    }
    Ok(report::exit::PASS)
}

/// Says cases in words.
pub(crate) fn explain(args: &CaseArgs) -> anyhow::Result<u8> {
    for case in selection::select(args)? {
        out::result(&report::explain(&case, out::style()));
    }
    Ok(report::exit::PASS)
}
