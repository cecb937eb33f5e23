//! What the process says when it ends: the only place that names exit codes.

use model::verdict::CaseVerdict;

use crate::result::RunResult;
use crate::run::Untested;

/// Every case that applies passed.
pub const PASS: u8 = 0;
/// A claim does not hold, or a declared failure did not show.
pub const FAIL: u8 = 1;
/// Nothing failed undeclared, and something is unknown, untested, not applicable because of the
/// provider, or a known issue that the run accepted.
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
    (PASS, "every case passed"),
    (FAIL, "a claim failed, or a declared failure is gone"),
    (UNKNOWN, "nothing failed undeclared, and there is a warning"),
    (NOTHING_RAN, "no case ran"),
    (USAGE, "the command line is wrong"),
    (BAD_CASE, "a file is wrong"),
    (NO_ENVIRONMENT, "no cluster, Argo or store to run on"),
    (BUG, "a bug of the suite"),
];

/// The code for a run: that of its [`RunResult`].
pub fn of_run(verdicts: &[CaseVerdict], untested: &[Untested]) -> u8 {
    RunResult::of_run(verdicts, untested.len()).code()
}

/// The code for verdicts: that of their [`RunResult`].
///
/// The stance towards known issues is part of each verdict: under `--known-issues fail` a declared
/// failure is *fail*, so *known issue* and *fixed* are verdicts of a run that expects known issues.
pub fn exit_code(verdicts: &[CaseVerdict]) -> u8 {
    RunResult::of_run(verdicts, 0).code()
}
