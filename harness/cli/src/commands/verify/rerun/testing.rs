//! Statements and reports of a few verdicts, for tests.

use model::parse::CaseFiles;
use model::verdict::{Finding, Outcome, Verdict};
use model::{Case, Untrusted};
use report::RunReport;
use report::statement::Conformance;
use serde_json::{Value, json};

const CASE: &str = "title: A rule\nwhy: https://example.org/1\nlevel: core\ncomponent: argo\n\
                    steps: [{ submit: workflow.yaml }]\n\
                    claims: [{ id: done, eventually: { phase: completed }, within: 30s }]\n";

/// Cases with these ids.
pub(super) fn cases(ids: &[&str]) -> Vec<Case> {
    let files = [("case.yaml", CASE), ("workflow.yaml", "kind: Workflow\n")];
    let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let case = |id: &&str| {
        let directory = std::path::Path::new("cases").join(id);
        let input = CaseFiles { directory: &directory, id, files: &files };
        model::parse::cases(&input).expect("a case")
    };
    ids.iter().flat_map(case).collect()
}

/// An installation with this digest of its controller and this value of a setting.
pub(super) fn argo(name: &str, digest: Option<&str>, setting: &str) -> Value {
    json!({
        "versions": model::history::Versions::all(name), "source": "its Go module",
        "profile": "fast", "settings": { "REQUEUE": setting },
        "images": [{ "component": "workflow-controller", "name": "c", "digest": digest }],
        "kubernetes": "v1.34.4",
    })
}

/// The content of a statement with these verdicts: case, Argo and verdict. A verdict *fail* or
/// *known issue* has the failed claim `done`.
pub(super) fn statement(verdicts: &[(&str, &str, Verdict)]) -> Conformance {
    let build = json!({ "version": "0.1.0", "commit": null, "dirty": false, "executable": "" });
    let stated = verdicts.iter().map(|(case, argo, verdict)| {
        let basis = json!({ "history": "h", "history_sha256": "", "case_sha256": "" });
        json!({ "case": case, "argo": argo, "verdict": verdict, "left_out": null,
            "failed_claims": failed(*verdict), "basis": basis })
    });
    let names: std::collections::BTreeSet<&str> =
        verdicts.iter().map(|(_, name, _)| *name).collect();
    let argo: Vec<Value> = names.iter().map(|name| argo(name, Some("sha256:1"), "1s")).collect();
    let text = json!({
        "format": [1, 0], "recorded_by": build, "judged_by": build, "run": "r", "elapsed_ms": 1,
        "started": "2026-01-02T03:04:05Z", "challenge": null, "provider": "native",
        "kubernetes": ["v1.34.4"], "known_issues": "fail", "argo": argo,
        "verdicts": stated.collect::<Vec<_>>(), "untested": [], "sessions": [], "attempts": [],
    });
    serde_json::from_value(text).expect("a statement")
}

fn failed(verdict: Verdict) -> &'static [&'static str] {
    match verdict {
        Verdict::Fail | Verdict::KnownIssue => &["done"],
        Verdict::Pass | Verdict::Fixed | Verdict::Unknown | Verdict::NotApplicable => &[],
    }
}

/// The report of a rerun: its installations, and a verdict of each case and Argo with the claims
/// that failed.
pub(super) fn report(argo: &[Value], verdicts: &[(&str, &str, Verdict, &[&str])]) -> RunReport {
    let judged = verdicts.iter().map(|(case, argo, verdict, failed)| {
        let finding = |claim: &&str| Finding {
            claim: (*claim).to_owned(),
            words: String::new(),
            outcome: Outcome::Fail,
            reason: Untrusted::default(),
            events: Vec::new(),
            decided_at: None,
            symptoms: Vec::new(),
            unobserved: Vec::new(),
        };
        let findings: Vec<Finding> = failed.iter().map(finding).collect();
        json!({ "verdict": { "case": case, "argo": argo, "verdict": verdict, "reason": "so it is",
            "known_issue": null, "findings": findings }, "elapsed_ms": 1, "history": null })
    });
    let text = json!({
        "format": [report::run::MAJOR, report::run::MINOR], "run": "r2", "elapsed_ms": 1,
        "started": "2026-01-02T03:04:05Z", "provider": "native", "kubernetes": ["v1.34.4"],
        "argo": argo, "stages": [], "verdicts": judged.collect::<Vec<_>>(),
        "untested": [{ "argo": "4.0.5", "reason": "Go is missing" }], "observed": [],
    });
    serde_json::from_value(text).expect("a report")
}
