//! Workflows that the controller postpones because of its limit of parallel workflows.
//!
//! A controller without a limit may postpone a workflow for a moment too. Controller 4.0.5 puts a
//! new workflow into its queue before its throttler, in `AddFunc` of
//! `workflow/controller/controller.go`. A worker between the two postpones the workflow until the
//! throttler has it. A longer postponement than [`budgets::POSTPONEMENT`] shows a limit.

use std::collections::BTreeMap;

use model::history::Change;
use serde_json::Value;
use tokio::time::Instant;

use crate::budgets;

/// Part of the message of a postponed workflow.
pub(super) const POSTPONED: &str = "postponed because too many workflows are already running";

/// The postponements of the workflows of a case.
#[derive(Debug, Default)]
pub(super) struct Postponements {
    /// The start of the postponement of each workflow, by name.
    since: BTreeMap<String, Instant>,
    /// The first postponement that was too long. Its consequences stay to the case's end.
    found: Option<String>,
}

impl Postponements {
    /// Takes a workflow. Returns the trouble if this event is the first to show it.
    pub(super) fn see(&mut self, change: Change, workflow: &Value) -> Option<String> {
        let before = self.found.is_some();
        self.found = self.trouble();
        let name = workflow["metadata"]["name"].as_str().unwrap_or_default();
        if change != Change::Deleted && is_postponed(workflow) {
            self.since.entry(name.to_owned()).or_insert_with(Instant::now);
        } else {
            self.since.remove(name);
        }
        self.found.clone().filter(|_| !before)
    }

    /// The trouble of the controller: the first postponement that was too long.
    pub(super) fn trouble(&self) -> Option<String> {
        let limit = budgets::POSTPONEMENT.time;
        let too_long = || self.since.iter().find(|(_, since)| since.elapsed() > limit);
        let words = |(name, _)| {
            let seconds = limit.as_secs();
            format!("it postpones workflow {name} for more than {seconds}s by a limit of its own")
        };
        self.found.clone().or_else(|| too_long().map(words))
    }
}

fn is_postponed(workflow: &Value) -> bool {
    let status = &workflow["status"];
    let message = status["message"].as_str().unwrap_or_default();
    status["phase"] == "Pending" && message.contains(POSTPONED)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use model::history::Change;
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::Postponements;

    /// As Argo 3.4.17, 3.7.18 and 4.0.5 write it for the settings `parallelism` and
    /// `namespaceParallelism`.
    const MESSAGE: &str =
        "Workflow processing has been postponed because too many workflows are already running";
    const TROUBLE: &str = "it postpones workflow w for more than 5s by a limit of its own";

    fn workflow(phase: &str, message: &str) -> Value {
        json!({ "metadata": { "name": "w" }, "status": { "phase": phase, "message": message } })
    }

    #[rstest]
    #[case::a_moment(5, None)]
    #[case::a_limit(6, Some(TROUBLE))]
    #[tokio::test(start_paused = true)]
    async fn a_long_postponement_is_trouble_to_the_end_of_the_case(
        #[case] seconds: u64,
        #[case] expected: Option<&str>,
        #[values(
            (Change::Modified, workflow("Running", "")),
            (Change::Deleted, workflow("Pending", MESSAGE)),
        )]
        (change, end): (Change, Value),
    ) {
        let mut postponements = Postponements::default();
        assert_eq!(postponements.see(Change::Added, &workflow("Pending", MESSAGE)), None);
        tokio::time::advance(Duration::from_secs(seconds)).await;
        assert_eq!(postponements.trouble().as_deref(), expected);
        assert_eq!(postponements.see(change, &end).as_deref(), expected);
        assert_eq!(postponements.see(change, &end), None, "it is told once");
        tokio::time::advance(Duration::from_mins(1)).await;
        assert_eq!(postponements.trouble().as_deref(), expected);
    }

    #[rstest]
    #[case::another_message("Pending", "waiting for lock a")]
    #[case::another_phase("Running", MESSAGE)]
    #[tokio::test(start_paused = true)]
    async fn another_wait_is_no_postponement(#[case] phase: &str, #[case] message: &str) {
        let mut postponements = Postponements::default();
        postponements.see(Change::Added, &workflow(phase, message));
        tokio::time::advance(Duration::from_mins(1)).await;
        assert_eq!(postponements.trouble(), None);
    }
}
