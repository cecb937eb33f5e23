//! Time budgets of installations that a run starts or shares.

use std::time::Duration;

model::budgets! {
    /// Wait for Argo's kinds, for the Deployment of the controller, and for the readiness probe.
    patience ARGO_READY = Duration::from_secs(90);

    /// Time from the end of the last client of a shared installation to the end of its daemon.
    promise SHARED_GRACE = Duration::from_secs(10);

    /// Wait of a check for the phase of its canary workflow. A later phase fails the check.
    promise CANARY_TAKEN_UP = Duration::from_secs(30);

    /// Time of a recognized trouble of the canary workflow. A longer trouble fails the check.
    promise CANARY_TROUBLE = Duration::from_secs(30);

    /// Wait of a check for the end of its canary workflow, with the pull of its images.
    patience CANARY_ENDED = Duration::from_mins(3);

    /// Wait of a check for the deletion of its canary workflow.
    patience CANARY_DELETED = Duration::from_secs(30);

    /// Wait of a check for each answer of the API server to its questions.
    patience CHECK_ANSWER = Duration::from_secs(10);

    /// Removal of the objects of a killed run from one namespace.
    promise SWEPT_NAMESPACE = Duration::from_mins(2);
}

#[cfg(test)]
mod tests {
    use model::budget::Budget;

    use super::ALL;

    const PAGE: &str = include_str!("../../../docs/reference/budgets.md");

    /// The rows of the page, from the budgets of each crate.
    fn rows() -> Vec<String> {
        let crates: [(&str, &[Budget]); 4] = [
            ("runner", ALL),
            ("drive", drive::budgets::ALL),
            ("provision", provision::budgets::ALL),
            ("sandbox", sandbox::budgets::ALL),
        ];
        let rows = crates.iter().flat_map(|(name, budgets)| {
            budgets.iter().map(move |budget| {
                format!(
                    "| `{name}` | `{}` | {} s | {} | {} |",
                    budget.name,
                    budget.time.as_secs(),
                    budget.kind.name(),
                    budget.summary()
                )
            })
        });
        rows.collect()
    }

    #[test]
    fn the_page_lists_each_budget_and_no_other() {
        let listed: Vec<&str> = PAGE.lines().filter(|line| line.starts_with("| `")).collect();
        assert_eq!(listed.join("\n"), rows().join("\n"), "docs/reference/budgets.md");
    }

    #[test]
    fn every_budget_has_a_name_and_a_time_in_whole_seconds() {
        let all = [ALL, drive::budgets::ALL, provision::budgets::ALL, sandbox::budgets::ALL];
        for budget in all.into_iter().flatten() {
            assert_eq!(budget.time.subsec_nanos(), 0, "{budget:?}");
        }
        let names: std::collections::BTreeSet<&str> =
            all.iter().copied().flatten().map(|budget| budget.name).collect();
        assert_eq!(names.len(), all.iter().copied().flatten().count(), "two budgets share a name");
    }
}
