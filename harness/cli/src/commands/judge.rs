//! `judge`: the verdicts of a run once more, from its directory.

use report::Spent;
use report::judged::time_of_cases;
use rundir::{Problem, verdicts as recorded};

use crate::args::{Format, JudgeArgs};
use crate::terminal::console::print_verdict;
use crate::terminal::out;

/// Judges every history of a run directory with the case files that were copied beside it.
///
/// A history that cannot be judged has a line on standard error, and hides no other. The exit code
/// is that of a failure if a case failed, else that of a wrong file.
pub(crate) fn judge(args: &JudgeArgs) -> anyhow::Result<u8> {
    let mut found = Vec::new();
    let mut unjudged = 0;
    for judged in recorded::judged(&args.directory, args.known_issues.into())? {
        let judged = match judged {
            Ok(judged) => judged,
            Err(error) => {
                out::note(&Problem::of(&error).to_string());
                unjudged += 1;
                continue;
            }
        };
        print_verdict(&judged, args.format);
        found.push(judged);
    }
    let verdicts: Vec<_> = found.iter().map(|judged| judged.verdict.clone()).collect();
    if args.format == Format::Text {
        let spent = Spent { cases: time_of_cases(&found), run: None };
        out::result(&report::summary(&verdicts, &[], spent, out::style()));
    }
    let code = report::exit_code(&verdicts);
    Ok(if unjudged > 0 && code != report::exit::FAIL { report::exit::BAD_CASE } else { code })
}
