//! `verify`: whether somebody's statement holds, by judging the histories again.
//!
//! The maker of a statement may write anything into it and into the run directory. `verify` checks
//! that all of it fits together, and that it fits the verifier's own cases. `docs/trust.md` says
//! what that proves.

mod history;
mod itself;
pub(crate) mod line;
mod plan;
mod rerun;
mod tries;

use std::collections::BTreeSet;

use anyhow::Context;
use model::{Case, plain_file};
use report::statement::{Stated, Statement};

use crate::args::VerifyArgs;
use crate::certify::{Executors, list};
use crate::envelope::{Envelope, PublicKey};
use crate::recorded::LARGEST_TEXT;
use crate::{out, selection, strict};

use rerun::Rerun;

/// A statement, everything to check it with, and every reason to refuse it.
struct Check<'a> {
    args: &'a VerifyArgs,
    cases: &'a [Case],
    statement: &'a Statement,
    refusals: Vec<String>,
}

/// Says everything for which the statement is refused, or that it holds. A rerun begins only when
/// nothing else refuses the statement.
pub(crate) async fn verify(args: &VerifyArgs) -> anyhow::Result<u8> {
    let cases = selection::select(&args.cases)?;
    let key = args.key.as_deref().map(PublicKey::read).transpose()?;
    let text = plain_file::text(&args.statement, LARGEST_TEXT)
        .with_context(|| format!("failed to read {}", args.statement.display()))?;
    let statement = match checked(args, &cases, key.as_ref(), &text) {
        Err(refusals) => return Ok(refused(&refusals)),
        Ok(statement) => statement,
    };
    let rerun = rerun::rerun(args, &cases, &statement.predicate.conformance).await?;
    let differences = rerun.as_ref().map(Rerun::refusals).unwrap_or_default();
    if !differences.is_empty() {
        return Ok(refused(&differences));
    }
    out::result(&line::words(&statement, &cases, args, rerun.as_ref()));
    list(&statement);
    let result = statement.predicate.conformance.result();
    let Some(rerun) = rerun else { return Ok(result.code()) };
    for warning in rerun.warnings() {
        out::result(&format!("warned: {}", report::tame(&warning)));
    }
    Ok(rerun.result(result).code())
}

/// The statement in an envelope, checked in all but a rerun.
///
/// # Errors
/// Everything for which it is refused.
pub(crate) fn checked(
    args: &VerifyArgs,
    cases: &[Case],
    key: Option<&PublicKey>,
    envelope: &str,
) -> Result<Statement, Vec<String>> {
    let mut refusals = Vec::new();
    let statement = opened(envelope, key, &mut refusals)
        .map_err(|error| vec![format!("invalid statement: {error:#}")])?;
    let mut check = Check { args, cases, statement: &statement, refusals };
    check.itself();
    check.complete();
    check.histories();
    check.tries();
    let refusals = check.refusals;
    if refusals.is_empty() { Ok(statement) } else { Err(refusals) }
}

/// Prints why it is refused.
fn refused(refusals: &[String]) -> u8 {
    for refusal in refusals {
        out::note(&format!("refused: {}", report::tame(refusal)));
    }
    report::exit::FAIL
}

/// The statement in the envelope, and whether the envelope is vouched for.
fn opened(
    text: &str,
    key: Option<&PublicKey>,
    refusals: &mut Vec<String>,
) -> anyhow::Result<Statement> {
    let envelope: Envelope = strict::from_str(text)?;
    if let Some(key) = key {
        if envelope.signatures.is_empty() {
            refusals.push("the statement is not signed, and a signature is required".to_owned());
        } else if !envelope.is_signed_by(key) {
            refusals.push("no signature of the statement matches the key".to_owned());
        }
    }
    Ok(strict::from_str(&envelope.text()?)?)
}

impl<'a> Check<'a> {
    fn refuse(&mut self, because: impl Into<String>) {
        self.refusals.push(because.into());
    }

    /// Every case on every version, once.
    fn complete(&mut self) {
        let (stated, args) = (&self.statement.predicate.conformance.verdicts, self.args);
        if stated.is_empty() {
            self.refuse("the statement has no verdict");
        }
        let mut versions: BTreeSet<&str> = stated.iter().map(|s| s.argo.as_str()).collect();
        for wanted in &args.argo {
            if !versions.contains(wanted.as_str()) {
                let there: Vec<&str> = versions.iter().copied().collect();
                self.refuse(format!(
                    "the statement does not contain Argo {wanted}, but {}",
                    there.join(", ")
                ));
            }
        }
        versions.retain(|version| args.argo.is_empty() || args.argo.iter().any(|w| w == version));
        for version in versions {
            for case in self.cases {
                let same = |s: &&Stated| s.argo == version && s.case == case.id;
                match stated.iter().filter(same).count() {
                    0 => self.refuse(format!(
                        "the statement has no verdict of {} on Argo {version}",
                        case.id
                    )),
                    1 => {}
                    times => {
                        let name = &case.id;
                        self.refuse(format!(
                            "the statement has {times} verdicts of {name} on Argo {version}"
                        ));
                    }
                }
            }
        }
    }

    /// Judges each history again.
    fn histories(&mut self) {
        let conformance = &self.statement.predicate.conformance;
        let mut executors = Executors::default();
        for stated in &conformance.verdicts {
            let checked = history::judged_again(stated, self, &mut executors);
            let name = || stated.name();
            self.refusals.extend(checked.err().map(|error| format!("{}: {error:#}", name())));
        }
        for argo in &conformance.argo {
            let checked = history::digests(argo, &executors);
            let name = argo.versions.name();
            self.refusals.extend(checked.err().map(|error| format!("Argo {name}: {error:#}")));
        }
    }

    /// The verifier's own case; a case that is not asked for counts for nothing.
    fn case(&self, id: &str) -> Option<&'a Case> {
        self.cases.iter().find(|case| case.id == id)
    }
}
