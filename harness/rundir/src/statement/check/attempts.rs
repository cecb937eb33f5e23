//! The attempts behind a statement.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context;
use report::run::RunSession;
use report::statement::Stated;

use super::Check;
use crate::attempt::Attempt;
use crate::attempt_log::{AttemptLogs, LoggedAttempt, set_aside};
use crate::evidence;

impl Check<'_> {
    /// Every attempt that was noted is in the statement, and the last one counts.
    pub(super) fn attempts(&mut self) {
        let (conformance, directory) =
            (&self.statement.predicate.conformance, &self.terms.directory);
        let attempts = AttemptLogs::read(directory);
        self.refusals.extend(attempts.unaccounted(directory));
        if conformance.attempts != attempts.chains() {
            self.refuse("the chains of attempts differ from those of the run directory");
        }
        let began: BTreeSet<&str> = attempts.began().collect();
        for session in
            conformance.sessions.iter().filter(|session| !began.contains(session.run.as_str()))
        {
            self.refuse(format!("no chain of attempts has the start of run {}", session.run));
        }
        for ((argo, case), attempts) in attempts.of_cases() {
            let stated = conformance.verdicts.iter().find(|s| s.argo == argo && s.case == case);
            let checked = self.of_case(&attempts, stated);
            let error = checked.err().map(|error| format!("{case} on Argo {argo}: {error:#}"));
            self.refusals.extend(error);
        }
        for stated in conformance.verdicts.iter().filter(|stated| stated.basis.is_some()) {
            if !attempts.of_cases().contains_key(&(stated.argo.as_str(), stated.case.as_str())) {
                self.refuse(format!("{}: no chain of attempts names the case", stated.name()));
            }
        }
        let listed: BTreeSet<&String> =
            conformance.sessions.iter().flat_map(|session| &session.interrupted).collect();
        for history in set_aside(directory).iter().filter(|history| !listed.contains(history)) {
            self.refuse(format!("{history}: the statement does not name this interrupted attempt"));
        }
        for session in &conformance.sessions {
            for history in &session.interrupted {
                let checked = self.not_tried_before(session, history);
                let error = checked.err().map(|error| format!("{history}: {error:#}"));
                self.refusals.extend(error);
            }
        }
    }

    /// The attempts of one case.
    fn of_case(&self, attempts: &[&LoggedAttempt], stated: Option<&Stated>) -> anyhow::Result<()> {
        let stated = stated.context("the statement has no verdict of this tried case")?;
        let (interrupted, most) = (attempts.len().saturating_sub(1), self.terms.allow_interrupted);
        let noun = if interrupted == 1 { "attempt" } else { "attempts" };
        anyhow::ensure!(interrupted <= most, "{interrupted} interrupted {noun}, maximum {most}");
        let Some(basis) = &stated.basis else {
            anyhow::bail!("the statement leaves out this tried case")
        };
        let header = evidence::header(&self.terms.directory, Path::new(&basis.history))?;
        let (header, last) = (header.context("the history is missing")?, attempts.last());
        let is_last = last.is_some_and(|last| last.run == header.run);
        anyhow::ensure!(is_last, "the history is not that of the last attempt");
        Ok(())
    }

    /// Whether an attempt that was set aside decided nothing: else its case was tried until it
    /// passed.
    fn not_tried_before(&self, session: &RunSession, history: &str) -> anyhow::Result<()> {
        let (directory, name) = (&self.terms.directory, Path::new(history));
        let header = evidence::header(directory, name)?.context("the history is missing")?;
        let id = header.case;
        let challenge = &self.statement.predicate.conformance.challenge;
        anyhow::ensure!(header.challenge == *challenge, "the history carries another challenge");
        let Some(case) = self.case(&id) else { return Ok(()) };
        let attempt = Attempt::read(case, directory, name)?.context("the history is empty")?;
        let run = &attempt.header.run;
        anyhow::ensure!(*run == session.run, "the history is of run {run}");
        let tried = format!("{id} was tried before on Argo {}", attempt.verdict.argo);
        anyhow::ensure!(!attempt.is_over(), "{tried} to the end: {}", attempt.verdict.reason.raw());
        let stated = &self.statement.predicate.conformance.verdicts;
        let of = stated.iter().filter(|s| s.case == id && s.argo == attempt.verdict.argo);
        let failed: Vec<&str> = of.flat_map(|s| &s.failed_claims).map(String::as_str).collect();
        let taken_back = attempt.taken_back(&failed).join(", ");
        anyhow::ensure!(taken_back.is_empty(), "{tried}, and then failed: {taken_back}");
        Ok(())
    }
}
