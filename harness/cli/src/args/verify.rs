//! Arguments of `verify`.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use rundir::Challenge;
use rundir::statement::check::Terms;

use super::{CaseArgs, RerunArgs};

#[derive(Debug, ClapArgs)]
pub(crate) struct VerifyArgs {
    /// Statement to verify.
    pub(crate) statement: PathBuf,
    /// Run directory of the statement.
    pub(crate) directory: PathBuf,
    /// Cases that the statement must contain.
    #[command(flatten)]
    pub(crate) cases: CaseArgs,
    /// Public Ed25519 key of the signer, in PEM.
    #[arg(long, value_name = "FILE", required_unless_present = "unsigned")]
    pub(crate) key: Option<PathBuf>,
    /// Do not check signatures.
    #[arg(long, conflicts_with = "key")]
    pub(crate) unsigned: bool,
    /// Argo versions that the statement must contain, separated by commas.
    #[arg(long, value_name = "VERSION", value_delimiter = ',')]
    pub(crate) argo: Vec<String>,
    /// Maximum age of the statement and of each history, in days.
    #[arg(long, value_name = "DAYS", default_value_t = 365)]
    pub(crate) max_age: i64,
    /// Value that you gave for the run. The statement, each history and each workflow must carry
    /// the value.
    #[arg(long, value_name = "VALUE")]
    pub(crate) challenge: Option<Challenge>,
    /// Maximum number of interrupted attempts of a case before the attempt that counts.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) allow_interrupted: usize,
    /// Build that must have recorded and judged the run: executable SHA-256 or clean git commit.
    #[arg(long, value_name = "DIGEST")]
    pub(crate) require_build: Option<String>,
    #[command(flatten)]
    pub(crate) rerun: RerunArgs,
}

impl VerifyArgs {
    /// The conditions of the verifier.
    pub(crate) fn terms(&self) -> Terms {
        Terms {
            directory: self.directory.clone(),
            argo: self.argo.clone(),
            max_age: self.max_age,
            challenge: self.challenge.clone(),
            allow_interrupted: self.allow_interrupted,
            require_build: self.require_build.clone(),
        }
    }
}
