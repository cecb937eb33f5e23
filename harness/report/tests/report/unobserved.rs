//! Parts that a run did not observe in full, in each report for people and in the statement.

use model::history::{Part, Unobserved};
use model::verdict::Outcome;
use report::formats::markdown::markdown;
use report::statement::Stated;
use report::{Evidence, Style, html, text};
use rstest::rstest;

use crate::samples::{evidence, finding};

const REASON: &str = "whether the nodes are Ready: you may not";

/// The first case has two claims without a view of the nodes.
fn without_nodes() -> Evidence {
    let mut evidence = evidence();
    let unobserved = Unobserved { part: Part::Node, reason: REASON.to_owned() };
    let findings = ["finalizer-removed", "never-orphaned"].map(|claim| {
        let finding = finding(claim, Outcome::Fail, "2 objects");
        model::verdict::Finding { unobserved: vec![unobserved.clone()], ..finding }
    });
    evidence.run.verdicts[0].verdict.findings = findings.to_vec();
    evidence
}

/// Once for the run, and once for the case that needs a look.
#[rstest]
#[case::text(|evidence: &Evidence| text(evidence, Style::Plain))]
#[case::markdown(|evidence: &Evidence| markdown(evidence))]
#[case::html(|evidence: &Evidence| html(evidence))]
fn a_report_names_what_was_not_observed(#[case] report: fn(&Evidence) -> String) {
    let text = report(&without_nodes());
    let run = format!("Argo 3.5.10: not observed: node: {REASON}");
    assert_eq!(text.matches(&run).count(), 1, "{text}");
    assert_eq!(text.matches(REASON).count(), 2, "{text}");
    assert!(!report(&evidence()).to_lowercase().contains("not observed"));
}

#[test]
fn a_statement_names_what_was_not_observed_once_for_each_case() {
    let evidence = without_nodes();
    let stated = Stated::new(&evidence.run.verdicts[0].verdict, None);
    let expected = [Unobserved { part: Part::Node, reason: REASON.to_owned() }];
    assert_eq!(stated.unobserved, expected);
    let json = serde_json::to_value(&stated).expect("JSON");
    assert_eq!(json["unobserved"][0]["part"], "node");
}
