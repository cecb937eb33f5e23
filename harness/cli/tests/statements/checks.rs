//! Statements about a run on an existing cluster, with the check before its first case.

use report::check::{CheckItem, CheckReport, Failure, SCHEMA, Topic};
use rstest::rstest;
use serde_json::json;

use crate::run::{CASES, RUN, Run, found_controller, on_existing};

/// A check of the run with these items.
pub(crate) fn check(run: &str, items: Vec<CheckItem>) -> CheckReport {
    CheckReport {
        schema: SCHEMA,
        run: run.to_owned(),
        started: "2026-01-02T03:04:05Z".parse().expect("a time"),
        elapsed_ms: 6_100,
        connection: None,
        items,
    }
}

/// The statement about a run of a provider with these checks, verified.
fn verified(provider: model::Provider, checks: Vec<CheckReport>) -> String {
    let run = Run::new();
    if !provider.installs() {
        for case in CASES {
            run.header(case, |header| header["requests"] = json!(false));
        }
    }
    if !provider.installs() {
        run.finds(found_controller());
    }
    run.report(|report| {
        if !provider.installs() {
            on_existing(report);
        }
        report.checks = checks;
    });
    run.certify();
    run.verify(&[])
}

fn passed() -> CheckReport {
    check(RUN, vec![CheckItem::ok(Topic::Canary, "the canary workflow succeeded in 6.1 s")])
}

#[test]
fn a_statement_with_a_check_that_passed_holds() {
    let said = verified(model::Provider::Existing, vec![passed()]);
    assert!(said.starts_with("the statement holds: "), "{said}");
}

fn failed() -> CheckReport {
    check(RUN, vec![CheckItem::fail(Topic::Store, Failure::Store, "the bucket is missing")])
}

#[rstest]
#[case::missing(Vec::new(), "has no check of its existing cluster")]
#[case::twice(vec![passed(), passed()], "has 2 checks of its existing cluster")]
#[case::of_another_run(vec![passed(), check("other", Vec::new())], "the check of run other is of no run")]
#[case::failed(vec![failed()], "failed: the bucket is missing")]
fn a_run_on_an_existing_cluster_has_one_check_without_a_failure(
    #[case] checks: Vec<CheckReport>,
    #[case] expected: &str,
) {
    let said = verified(model::Provider::Existing, checks);
    assert!(said.contains("refused: ") && said.contains(expected), "{said}");
}

#[test]
fn a_provider_that_installs_argo_has_no_check() {
    let said = verified(model::Provider::Native, vec![passed()]);
    assert!(said.contains("the provider native checks no existing cluster"), "{said}");
}
