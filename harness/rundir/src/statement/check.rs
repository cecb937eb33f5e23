//! The check of a statement: whether somebody's statement holds, by judging the histories again.
//!
//! The maker of a statement may write anything into it and into the run directory. The check shows
//! that all of it fits together, and that it fits the verifier's own cases. `docs/trust.md` says
//! what that proves.

mod attempts;
mod checks;
mod history;
mod installations;
mod plan;

use std::collections::BTreeSet;
use std::path::PathBuf;

use model::Case;
use report::statement::{Stated, Statement};

use crate::challenge::Challenge;
use crate::statement::Executors;
use crate::statement::envelope::{Envelope, PublicKey};
use crate::strict_json;

/// The conditions of a verifier.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The run directory that the statement is about.
    pub directory: PathBuf,
    /// Names of installations that the statement must be about. Empty: any.
    pub argo: Vec<String>,
    /// Largest age of the statement and of each history, in days.
    pub max_age: i64,
    /// The challenge that the statement, each history and each workflow must carry.
    pub challenge: Option<Challenge>,
    /// Largest number of interrupted attempts of a case before the one that counts.
    pub allow_interrupted: usize,
    /// The build that must have recorded and judged the run. SHA-256 of the executable, or the
    /// git commit of a checkout without changes.
    pub require_build: Option<String>,
}

/// A statement, everything to check it with, and every reason to refuse it.
struct Check<'a> {
    terms: &'a Terms,
    cases: &'a [Case],
    statement: &'a Statement,
    refusals: Vec<String>,
}

/// The statement in an envelope, checked in all but a rerun.
///
/// # Errors
/// Everything for which it is refused.
pub fn checked(
    terms: &Terms,
    cases: &[Case],
    key: Option<&PublicKey>,
    envelope: &str,
) -> Result<Statement, Vec<String>> {
    let mut refusals = Vec::new();
    let statement = opened(envelope, key, &mut refusals)
        .map_err(|error| vec![format!("invalid statement: {error:#}")])?;
    let mut check = Check { terms, cases, statement: &statement, refusals };
    check.installations();
    check.checks();
    check.complete();
    check.histories();
    check.attempts();
    let refusals = check.refusals;
    if refusals.is_empty() { Ok(statement) } else { Err(refusals) }
}

/// The statement in the envelope, and whether the envelope is vouched for.
fn opened(
    text: &str,
    key: Option<&PublicKey>,
    refusals: &mut Vec<String>,
) -> anyhow::Result<Statement> {
    let envelope: Envelope = strict_json::from_str(text)?;
    if let Some(key) = key {
        if envelope.signatures.is_empty() {
            refusals.push("the statement is not signed, and a signature is required".to_owned());
        } else if !envelope.is_signed_by(key) {
            refusals.push("no signature of the statement matches the key".to_owned());
        }
    }
    Ok(strict_json::from_str(&envelope.text()?)?)
}

impl<'a> Check<'a> {
    fn refuse(&mut self, reason: impl Into<String>) {
        self.refusals.push(reason.into());
    }

    /// Every case on every version, once.
    fn complete(&mut self) {
        let (stated, terms) = (&self.statement.predicate.conformance.verdicts, self.terms);
        if stated.is_empty() {
            self.refuse("the statement has no verdict");
        }
        let mut versions: BTreeSet<&str> = stated.iter().map(|s| s.argo.as_str()).collect();
        for wanted in &terms.argo {
            if !versions.contains(wanted.as_str()) {
                let there: Vec<&str> = versions.iter().copied().collect();
                self.refuse(format!(
                    "the statement does not contain Argo {wanted}, but {}",
                    there.join(", ")
                ));
            }
        }
        versions.retain(|version| terms.argo.is_empty() || terms.argo.iter().any(|w| w == version));
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
