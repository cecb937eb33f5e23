//! `certify`: a statement about the installations of a run, made from its directory.

use anyhow::Context;
use report::statement::Statement;
use rundir::statement::envelope::{Envelope, private_key};
use rundir::{key_material, statement};

use crate::args::CertifyArgs;
use crate::known_secrets::known_secrets;
use crate::terminal::out;

/// Judges the run again and writes the statement.
pub(crate) fn certify(args: &CertifyArgs) -> anyhow::Result<u8> {
    key_material::refuse(std::slice::from_ref(&args.directory), &known_secrets())?;
    let key = args.key.as_deref().map(private_key).transpose()?;
    let statement = statement::statement(&args.directory)?;
    let envelope = Envelope::seal(&serde_json::to_string(&statement)?, key.as_ref());
    let text = serde_json::to_string_pretty(&envelope)? + "\n";
    std::fs::write(&args.output, text)
        .with_context(|| format!("failed to write {}", args.output.display()))?;
    let signed = if key.is_some() { "signed" } else { "not signed" };
    let conformance = &statement.predicate.conformance;
    let (result, count) = (&statement.predicate.result, conformance.verdicts.len());
    let verdicts = if count == 1 { "verdict" } else { "verdicts" };
    out::plain(&format!("{result}: {count} {verdicts}, {signed}: {}", args.output.display()));
    list(&statement);
    Ok(conformance.result().code())
}

/// Prints each case that is no pass.
pub(crate) fn list(statement: &Statement) {
    let conformance = &statement.predicate.conformance;
    for failed in conformance.failed() {
        out::result(&format!("failed: {}", report::tame(&failed)));
    }
    for warning in conformance.warnings() {
        out::result(&format!("warned: {}", report::tame(&warning)));
    }
}
