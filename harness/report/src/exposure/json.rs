//! The known issues of a version for programs. The schema is `schemas/known-1.json`.

use model::ReleaseLine;
use model::known::{End, Pair};
use serde_json::{Map, Value, json};

use super::{Exposed, Exposure};

/// Version of the written format.
const SCHEMA: u32 = 1;

/// The text of the document, with its newline.
pub fn json(exposure: &Exposure) -> String {
    let version = &exposure.version;
    let upgrade = exposure.upgrade.as_ref().map(|upgrade| {
        json!({
            "version": upgrade.version,
            "column": upgrade.column,
            "fixes": issues(&upgrade.fixes),
            "keeps": issues(&upgrade.keeps),
            "introduces": issues(&upgrade.introduces),
            "during": issues(&upgrade.during),
        })
    });
    let document = json!({
        "schema": SCHEMA,
        "version": version.version,
        "column": version.column,
        "issues": issues(&version.issues),
        "upgrade": upgrade,
    });
    format!("{document:#}\n")
}

fn issues(issues: &[Exposed]) -> Vec<Value> {
    let issue = |exposed: &Exposed| {
        let line = |(line, end): (&ReleaseLine, &End)| {
            let fix = end.fix.as_ref().map(ToString::to_string);
            (line.to_string(), json!({ "fixed_in": fix, "predicted": end.predicted }))
        };
        let pair =
            |pair: &Pair| json!({ "from": pair.from.to_string(), "to": pair.to.to_string() });
        let pairs: Vec<Value> = exposed.pairs.iter().map(pair).collect();
        let lines: Map<String, Value> = exposed.ends.iter().map(line).collect();
        json!({
            "area": exposed.area(),
            "case": exposed.case,
            "title": exposed.title,
            "claims": exposed.claims,
            "issue": exposed.issue,
            "basis": exposed.basis.name(),
            "lines": lines,
            "pairs": pairs,
        })
    };
    issues.iter().map(issue).collect()
}
