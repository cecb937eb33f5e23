//! The fuzz targets of this crate: a statement, and a run directory.
//!
//! Both are read as `verify`, `judge`, `report`, `merge` and `run --resume` read them, in this
//! process. `cargo ci fuzz` runs the same tests on many more inputs.

mod bundle;
mod directory;
mod leaves;
mod made;
mod statement;

use clap::Parser;

use crate::args::{Args, Verb, VerifyArgs};
use made::Made;

/// The arguments of `verify` for a run directory, by somebody with these cases.
fn verify_args(made: &Made, directory: &std::path::Path) -> VerifyArgs {
    let (directory, cases) = (directory.display().to_string(), made.cases_in.display().to_string());
    let line = ["argo-conformance", "verify", "statement.json", &directory, "--cases", &cases];
    let args = Args::try_parse_from(line.into_iter().chain(["--unsigned"]));
    match args.expect("they are arguments of verify").verb {
        Verb::Verify(args) => *args,
        other => panic!("they are arguments of verify, and not {other:?}"),
    }
}
