//! One line of JSON for each verdict and each untested installation, for programs.
//!
//! The key `schema` has the version of the format, [`SCHEMA`]. A new key keeps the version. A
//! removed key or another meaning raises the version. The keys have this order:
//!
//! | key | value |
//! |---|---|
//! | `schema` | 1 |
//! | `case` | id of the case: `area/id`, or `area/id@variant` |
//! | `argo` | version of Argo; where components differ, the name of the installation: `3.5.12+cli.3.5.10` |
//! | `verdict` | `pass`, `fail`, `unknown`, `known-issue`, `fixed` or `not-applicable` |
//! | `reason` | the reason, in a sentence |
//! | `failed_claims` | ids of the claims that failed, in the order of the case |
//! | `known_issue` | `null`, or an object: see below |
//! | `claims` | an object for each claim: see below |
//! | `seconds` | duration of the case |
//! | `history` | path of the history from the run directory, or `null` without a history |
//!
//! | key of `known_issue` | value |
//! |---|---|
//! | `issue` | link |
//! | `line` | release line of the version; not for a pair |
//! | `releases` | range of the affected releases of the line; not for a pair |
//! | `fixed_in` | first release of the line with the fix, or `null` for an open issue; not for a pair |
//! | `fixed_elsewhere` | first release with the fix of each other line; not for a pair |
//! | `from` | range of the affected executors; for a pair |
//! | `to` | range of the affected workflow controllers; for a pair |
//! | `predicted` | whether no run has measured the issue |
//! | `claims` | ids of the claims that the issue declares |
//!
//! | key of a claim | value |
//! |---|---|
//! | `id` | id of the claim |
//! | `outcome` | `pass`, `fail`, `unknown` or `not-reached` |
//! | `doubt` | key of a `model::verdict::Doubt` for an unknown claim, else `null` |
//! | `reason` | the reason, in words |
//! | `events` | numbers of the events behind the outcome |
//! | `unobserved` | the parts that the run did not observe in full, each with `part` and `reason` |
//!
//! The line of an untested installation has the verdict `untested` and the cause in `reason`. The
//! keys `case`, `known_issue`, `seconds` and `history` are `null`.
//!
//! ```
//! use model::verdict::{CaseVerdict, Declared, Finding, KnownIssueNote, Outcome, Verdict};
//!
//! let verdict = CaseVerdict {
//!     case: "retry/keeps-outputs".to_owned(),
//!     argo: "3.5.10".to_owned(),
//!     verdict: Verdict::KnownIssue,
//!     reason: "known issue, fixed in 3.5.11: https://example.org/1".into(),
//!     known_issue: Some(KnownIssueNote {
//!         issue: "https://example.org/1".to_owned(),
//!         declared: Declared::Line {
//!             line: "3.5".to_owned(),
//!             releases: ">=3.5.6 <3.5.11".to_owned(),
//!             fixed_in: Some("3.5.11".to_owned()),
//!             fixed_elsewhere: vec!["3.7.2".to_owned()],
//!         },
//!         predicted: false,
//!         claims: vec!["completes".to_owned()],
//!     }),
//!     findings: vec![Finding {
//!         claim: "completes".to_owned(),
//!         words: "within 30s of step retry: the workflow is completed".to_owned(),
//!         outcome: Outcome::Fail,
//!         reason: "the workflow's phase was Running for 30s".into(),
//!         events: vec![41, 57],
//!         decided_at: Some(42_000),
//!         symptoms: Vec::new(),
//!         unobserved: Vec::new(),
//!     }],
//! };
//! let history = Some("retry/keeps-outputs/3.5.10/history.jsonl".to_owned());
//! let judged = report::Judged { verdict, started: None, elapsed_ms: 43_250, history };
//! let line = report::json(&judged);
//! assert_eq!(
//!     line,
//!     concat!(
//!         r#"{"schema":1,"case":"retry/keeps-outputs","argo":"3.5.10","verdict":"known-issue","#,
//!         r#""reason":"known issue, fixed in 3.5.11: https://example.org/1","#,
//!         r#""failed_claims":["completes"],"#,
//!         r#""known_issue":{"issue":"https://example.org/1","line":"3.5","#,
//!         r#""releases":">=3.5.6 <3.5.11","fixed_in":"3.5.11","fixed_elsewhere":["3.7.2"],"#,
//!         r#""predicted":false,"claims":["completes"]},"#,
//!         r#""claims":[{"id":"completes","outcome":"fail","doubt":null,"#,
//!         r#""reason":"the workflow's phase was Running for 30s","events":[41,57],"#,
//!         r#""unobserved":[]}],"#,
//!         r#""seconds":43.25,"history":"retry/keeps-outputs/3.5.10/history.jsonl"}"#,
//!         "\n",
//!     )
//! );
//! ```

use std::time::Duration;

use model::verdict::{Doubt, Finding};
use serde_json::{Value, json};

use crate::evidence::Evidence;
use crate::judged::Judged;
use crate::run::Untested;

/// Version of the written format.
pub const SCHEMA: u32 = 1;

/// The lines of the verdicts, then of the untested installations.
pub fn lines(evidence: &Evidence) -> String {
    let untested = evidence.run.untested.iter().map(json_untested);
    evidence.run.verdicts.iter().map(json).chain(untested).collect()
}

/// The line of a verdict, with its newline. The module documentation has the keys.
pub fn json(judged: &Judged) -> String {
    let verdict = &judged.verdict;
    let line = json!({
        "schema": SCHEMA,
        "case": verdict.case,
        "argo": verdict.argo,
        "verdict": verdict.verdict.name(),
        "reason": verdict.reason,
        "failed_claims": verdict.failed_claims(),
        "known_issue": verdict.known_issue,
        "claims": verdict.findings.iter().map(claim).collect::<Vec<_>>(),
        "seconds": Duration::from_millis(judged.elapsed_ms).as_secs_f64(),
        "history": judged.history,
    });
    without_commands(&format!("{line}\n"))
}

/// The line of an untested installation, with its newline. The module documentation has the keys.
pub fn json_untested(untested: &Untested) -> String {
    let line = json!({
        "schema": SCHEMA,
        "case": null,
        "argo": untested.argo,
        "verdict": "untested",
        "reason": untested.reason,
        "failed_claims": [],
        "known_issue": null,
        "claims": [],
        "seconds": null,
        "history": null,
    });
    without_commands(&format!("{line}\n"))
}

/// The text of JSON without `##[`, which is a command for GitHub. The sequence stands in a string.
pub(super) fn without_commands(text: &str) -> String {
    text.replace("##[", r"\u0023#[")
}

fn claim(finding: &Finding) -> Value {
    json!({
        "id": finding.claim,
        "outcome": finding.outcome.name(),
        "doubt": finding.outcome.doubt().map(Doubt::name),
        "reason": finding.reason,
        "events": finding.events,
        "unobserved": finding.unobserved,
    })
}
