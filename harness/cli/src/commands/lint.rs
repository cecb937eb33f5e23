//! `lint`: whether case files are well-formed.

use rundir::Error;
use runner::selection::malformed;

use crate::args::LintArgs;
use crate::terminal::out;

/// Says everything that is wrong with the case files of a directory.
pub(crate) fn lint(args: &LintArgs) -> anyhow::Result<u8> {
    let found = model::discover::cases(&args.cases);
    let directory = args.cases.display();
    if found.diagnostics.is_empty() && found.cases.is_empty() {
        return Err(
            Error::nothing_ran(format!("failed to find cases: {directory} has none")).into()
        );
    }
    if !found.diagnostics.is_empty() {
        return Err(malformed(&found.diagnostics));
    }
    out::result(&match found.cases.len() {
        1 => format!("1 case in {directory} is well-formed"),
        n => format!("{n} cases in {directory} are well-formed"),
    });
    Ok(report::exit::PASS)
}
