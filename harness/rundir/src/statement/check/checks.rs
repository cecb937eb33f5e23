//! Checks of the results of `check` in a statement about an existing cluster.

use std::collections::BTreeSet;

use report::check::CheckReport;
use report::statement::Conformance;

use super::Check;

impl Check<'_> {
    /// A run on an existing cluster has one check without a failure. Another run has none.
    pub(super) fn checks(&mut self) {
        let conformance = &self.statement.predicate.conformance;
        let refusals = refusals(conformance);
        self.refusals.extend(refusals);
    }
}

fn refusals(conformance: &Conformance) -> Vec<String> {
    let provider = conformance.provider;
    if provider.installs() {
        let checked = !conformance.checks.is_empty();
        let refusal = format!("the provider {} checks no existing cluster", provider.name());
        return checked.then_some(refusal).into_iter().collect();
    }
    let mut refusals = Vec::new();
    let runs: BTreeSet<&String> = conformance.sessions.iter().map(|session| &session.run).collect();
    for run in &runs {
        let of_run = |check: &&CheckReport| check.run == **run;
        match conformance.checks.iter().filter(of_run).count() {
            1 => {}
            0 => refusals.push(format!("run {run} has no check of its existing cluster")),
            count => refusals.push(format!("run {run} has {count} checks of its existing cluster")),
        }
    }
    for check in &conformance.checks {
        if !runs.contains(&check.run) {
            refusals.push(format!("the check of run {} is of no run of the statement", check.run));
        }
        if let Some(failed) = check.failed().next() {
            let message = failed.message.raw();
            refusals.push(format!("the check of run {} failed: {message}", check.run));
        }
    }
    refusals
}
