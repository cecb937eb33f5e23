//! The input of a site.

use model::Case;
use model::verdict::Verdict;

use crate::evidence::Evidence;
use crate::measured::Measured;
use crate::statement::Statement;

/// Everything that a site shows.
#[derive(Clone, Debug)]
pub struct Input {
    /// The cases of the reader.
    pub cases: Vec<Case>,
    /// The measured table of this project.
    pub measured: Vec<Measured>,
    /// The given run directories, in order of time.
    pub runs: Vec<GivenRun>,
    /// The given statements, in order of time.
    pub statements: Vec<GivenStatement>,
    /// Version of this program.
    pub program: &'static str,
}

/// A run directory of which the program judged every history again.
#[derive(Clone, Debug)]
pub struct GivenRun {
    /// The run with its new verdicts. A known issue is a verdict of its own, and no failure.
    pub evidence: Evidence,
    /// The verdicts of which a claim has another outcome in the report of the run.
    pub changed: Vec<Changed>,
}

/// A verdict that differs from the report of its run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Id of the case.
    pub case: String,
    /// Name of the installation.
    pub argo: String,
    /// The verdict in the report of the run.
    pub reported: Verdict,
    /// The verdict now.
    pub judged: Verdict,
}

/// A statement without its run directory: nothing is judged again.
#[derive(Clone, Debug)]
pub struct GivenStatement {
    /// The statement.
    pub statement: Statement,
    /// Ids of the keys that the signatures name. A signature is not checked without a key.
    pub keys: Vec<String>,
}
