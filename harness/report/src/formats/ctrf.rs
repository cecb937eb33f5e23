//! CTRF, the Common Test Report Format: JSON that test dashboards read.
//!
//! The field `rawStatus` has the verdict. *Unknown* has the status `failed`, since readers show
//! `other` as green. A known issue and a case that does not apply are `skipped`, with the reason.

use model::verdict::Verdict;
use serde_json::{Map, Value, json};

use crate::evidence::Evidence;
use crate::formats::json::without_commands;
use crate::judged::Judged;
use crate::line::details;
use crate::run::{RunReport, Untested};
use crate::title::title;

/// Version of CTRF's specification.
const SPECIFICATION: &str = "0.0.0";

/// The text of the file, with its newline.
pub fn ctrf(evidence: &Evidence) -> String {
    let run = &evidence.run;
    let tests = evidence.attempts().into_iter().map(|(judged, n)| test(evidence, judged, n));
    let tests: Vec<Value> = tests.chain(run.untested.iter().map(untested)).collect();
    let with = |status: &str| tests.iter().filter(|test| test["status"] == status).count();
    let start = run.started.as_millisecond();
    let stop = start.saturating_add_unsigned(run.elapsed_ms);
    let report = json!({
        "reportFormat": "CTRF",
        "specVersion": SPECIFICATION,
        "generatedBy": "argo-conformance",
        "results": {
            "tool": { "name": "argo-conformance" },
            "summary": {
                "tests": tests.len(),
                "passed": with("passed"),
                "failed": with("failed"),
                "skipped": with("skipped"),
                "pending": 0,
                "other": 0,
                "start": start,
                "stop": stop,
            },
            "tests": tests,
            "environment": environment(run),
        },
    });
    without_commands(&format!("{report:#}\n"))
}

fn environment(run: &RunReport) -> Value {
    let versions: Vec<String> = run.argo.iter().map(|a| a.versions.name()).collect();
    json!({
        "appName": "Argo Workflows",
        "appVersion": versions.join(", "),
        "testEnvironment": run.provider,
        "extra": { "run": run.run, "kubernetes": run.kubernetes, "argo": run.argo },
    })
}

fn status(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "passed",
        Verdict::Fail | Verdict::Fixed | Verdict::Unknown => "failed",
        Verdict::KnownIssue | Verdict::NotApplicable => "skipped",
    }
}

fn test(evidence: &Evidence, judged: &Judged, attempt: usize) -> Value {
    let verdict = &judged.verdict;
    let again = if attempt > 1 { format!(" #{attempt}") } else { String::new() };
    let area = verdict.case.split('/').next().unwrap_or_default();
    let mut test = Map::new();
    let mut put = |key: &str, value: Value| {
        test.insert(key.to_owned(), value);
    };
    put("name", json!(format!("{} on {}{again}", verdict.case, title(&verdict.argo))));
    put("status", json!(status(verdict.verdict)));
    put("duration", json!(judged.elapsed_ms));
    put("suite", json!([format!("argo {}", title(&verdict.argo)), area]));
    put("rawStatus", json!(verdict.verdict.name()));
    if verdict.verdict != Verdict::Pass {
        put("message", json!(verdict.reason));
        put("trace", json!(details(judged)));
    }
    if let Some(place) = evidence.place(verdict) {
        put("filePath", json!(place.path));
        put("line", json!(place.line));
    }
    put("parameters", json!({ "case": verdict.case, "argo": verdict.argo }));
    if let Some(path) = &judged.history {
        let content_type = "application/jsonl";
        put(
            "attachments",
            json!([{ "name": "history", "contentType": content_type, "path": path }]),
        );
    }
    put(
        "extra",
        json!({ "failedClaims": verdict.failed_claims(), "knownIssue": verdict.known_issue }),
    );
    Value::Object(test)
}

fn untested(untested: &Untested) -> Value {
    json!({
        "name": format!("cases can be tried on {}", title(&untested.argo)),
        "status": "failed",
        "duration": 0,
        "suite": [format!("argo {}", title(&untested.argo))],
        "rawStatus": "untested",
        "message": untested.reason,
    })
}
