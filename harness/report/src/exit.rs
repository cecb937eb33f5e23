//! What the process says when it ends: the only place that names exit codes.

use model::verdict::CaseVerdict;

use crate::counts::Counts;
use crate::run::Untested;

/// Every case that applies passed, or failed exactly as declared.
pub const PASS: u8 = 0;
/// A claim does not hold, or a declared failure did not show.
pub const FAIL: u8 = 1;
/// Nothing failed, and of some case it cannot be said whether it passes.
pub const UNKNOWN: u8 = 2;
/// No case ran: none was selected, or none applies. That is not a pass.
pub const NOTHING_RAN: u8 = 4;
/// The command line is wrong.
pub const USAGE: u8 = 64;
/// A case file, or a file given to be read, is wrong.
pub const BAD_CASE: u8 = 65;
/// There is no cluster, no Argo or no store to try the cases on.
pub const NO_ENVIRONMENT: u8 = 69;
/// The suite itself is wrong.
pub const BUG: u8 = 70;

/// Every code with its meaning, for help texts and pages.
pub const ALL: [(u8, &str); 8] = [
    (PASS, "every case passed, or failed exactly as declared"),
    (FAIL, "a claim failed, or a declared failure is gone"),
    (UNKNOWN, "nothing failed, but something cannot be said"),
    (NOTHING_RAN, "no case ran"),
    (USAGE, "the command line is wrong"),
    (BAD_CASE, "a file is wrong"),
    (NO_ENVIRONMENT, "no cluster, Argo or store to run on"),
    (BUG, "a bug of the suite"),
];

/// The code for a run over several versions: as [`exit_code`], but not a pass when a version that
/// was asked for could not be tried.
pub fn of_run(verdicts: &[CaseVerdict], untested: &[Untested]) -> u8 {
    match exit_code(verdicts) {
        FAIL => FAIL,
        _ if !untested.is_empty() => NO_ENVIRONMENT,
        code => code,
    }
}

/// The code for a run that came to its end: the worst of its verdicts.
///
/// What a known issue counts as is decided with the verdict: under `--known-issues fail` it is
/// *fail* there already, so *known issue* (a pass here) and *fixed* (a failure) mean that it was
/// expected.
pub fn exit_code(verdicts: &[CaseVerdict]) -> u8 {
    let counts = Counts::of(verdicts);
    if counts.fail + counts.fixed > 0 {
        FAIL
    } else if counts.unknown > 0 {
        UNKNOWN
    } else if counts.pass + counts.known_issue > 0 {
        PASS
    } else {
        NOTHING_RAN
    }
}
