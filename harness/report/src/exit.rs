//! The exit codes of the process. No other module names an exit code.

/// Every case that applies passed.
pub const PASS: u8 = 0;
/// A claim does not hold, or a declared failure did not show.
pub const FAIL: u8 = 1;
/// Nothing failed undeclared, and there is a [`Warning`](crate::Warning).
pub const UNKNOWN: u8 = 2;
/// No case ran: no case was selected, or none applies. The result is not a pass.
pub const NOTHING_RAN: u8 = 4;
/// The command line is wrong.
pub const USAGE: u8 = 64;
/// A case file or another input file is wrong.
pub const BAD_CASE: u8 = 65;
/// The run has no cluster, no Argo or no object store.
pub const NO_ENVIRONMENT: u8 = 69;
/// The suite itself has a bug.
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
