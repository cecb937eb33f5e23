use std::path::PathBuf;

use model::parse::CaseFiles;
use rstest::rstest;
use serde_json::json;

use super::*;

const KEPT: &str = "artifact-gc/optional-artifact";

/// A case of the project with its kept history, line by line.
fn kept() -> (Case, Vec<String>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let cases = model::discover::cases(&root.join("cases")).cases;
    let case = cases.into_iter().find(|case| case.id == KEPT).expect("the case");
    let path = root.join("ci/histories").join(format!("{}.jsonl", KEPT.replace('/', ".")));
    let text = std::fs::read_to_string(path).expect("a history");
    (case, text.lines().map(|line| format!("{line}\n")).collect())
}

fn read(case: &Case, text: &str) -> Option<Attempt> {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("history.jsonl");
    std::fs::write(&path, text).expect("write");
    Attempt::read(case, directory.path(), Path::new("history.jsonl")).expect("it is a history")
}

fn half(lines: &[String]) -> String {
    lines[..lines.len() / 2].concat()
}

/// The first half, ended so.
fn ended(lines: &[String], reason: EndReason) -> String {
    let n = lines.len() / 2;
    let what = EventKind::Ended(reason);
    half(lines) + &format!("{}\n", json!({ "n": n, "at": 90_000, "kind": what }))
}

fn observed(lines: &[String]) -> String {
    ended(lines, EndReason::Observed { longest: 120_000 })
}

fn no_space(lines: &[String]) -> String {
    ended(lines, EndReason::HarnessError("no space".to_owned()))
}

#[rstest]
#[case::to_its_end(|lines: &[String]| lines.concat(), true)]
#[case::killed_when_all_was_decided(|lines: &[String]| lines[..lines.len() - 1].concat(), true)]
#[case::killed_in_the_middle(half, false)]
#[case::killed_in_a_line(|lines: &[String]| half(lines) + &lines[lines.len() / 2][..20], false)]
#[case::killed_at_once(|lines: &[String]| lines[0].clone(), false)]
#[case::stopped(|lines: &[String]| ended(lines, EndReason::Stopped), false)]
#[case::ended_undecided(observed, true)]
#[case::in_trouble(no_space, true)]
fn what_came_to_an_end_is_not_tried_again(
    #[case] cut: fn(&[String]) -> String,
    #[case] is_over: bool,
) {
    let (case, lines) = kept();
    let attempt = read(&case, &cut(&lines)).expect("it has a first line");
    assert_eq!(attempt.is_over(), is_over, "{:?}", attempt.verdict);
}

#[test]
fn a_history_without_a_whole_line_is_none() {
    let (case, lines) = kept();
    assert!(read(&case, "").is_none());
    assert!(read(&case, &lines[0][..30]).is_none());
}

/// A case that fails at once when the workflow does, known or not.
fn failing(broken: &str) -> Case {
    let text = format!(
        "title: It does not fail\nwhy: https://example.org/1\nlevel: core\n\
         component: workflow-controller\n{broken}\
         steps:\n  - submit: workflow.yaml\n\
         claims:\n\
         \x20 - {{ id: sound, never: {{ phase: Failed }}, within: 30s }}\n\
         \x20 - {{ id: done, eventually: {{ phase: Succeeded }}, within: 30s }}\n"
    );
    let workflow = "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec:\n  entrypoint: main\n  \
                    templates:\n    - { name: main, suspend: {} }\n";
    let files = [("case.yaml".to_owned(), text), ("workflow.yaml".to_owned(), workflow.to_owned())];
    let directory = PathBuf::from("cases/a/one");
    let input = CaseFiles { directory: &directory, id: "a/one", files: &files };
    model::parse::cases(&input).expect("a case").remove(0)
}

/// Its history up to the failure, where it breaks off.
fn interrupted() -> String {
    let workflow = |version: &str, phase: &str| {
        json!({ "apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow",
            "metadata": { "name": "one", "namespace": "a-one-0", "uid": "u", "resourceVersion": version },
            "status": { "phase": phase } })
    };
    let seen = |change: &str, object| json!({ "observed": { "kind": "workflow", "change": change, "object": object } });
    let healthy = ["api", "watches", "controller", "node", "store", "harness"]
        .map(|part| json!({ "probed": { "part": part, "error": null } }));
    let begun = [
        json!({ "step_begun": { "step": "submit", "action": { "submit": { "workflow": {} } } } }),
        seen("added", workflow("1", "Running")),
        json!({ "step_ended": { "step": "submit", "outcome": { "done": "" } } }),
        seen("modified", workflow("2", "Failed")),
    ];
    let events = healthy.iter().cloned().chain(begun).chain(healthy.iter().cloned());
    let header = json!({ "format": [1, 0], "run": "r1", "case": "a/one",
        "argo": { "controller": "3.7.18", "executor": "3.7.18", "cli": "3.7.18" },
        "namespace": "a-one-0", "workflow": "one", "started": "2026-01-02T03:04:05Z",
        "steps": ["submit"], "controller": null, "requests": false });
    let lines = events.enumerate();
    let lines = lines.map(|(i, what)| json!({ "n": i + 1, "at": 100 * i, "kind": what }));
    std::iter::once(header).chain(lines).map(|line| line.to_string() + "\n").collect()
}

#[test]
fn a_failure_that_is_not_declared_is_not_tried_again() {
    let attempt = read(&failing(""), &interrupted()).expect("a history");
    assert_eq!(attempt.expecting.verdict, Verdict::Fail);
    assert!(attempt.is_over());
}

#[test]
fn a_declared_failure_is_tried_again_and_not_taken_back() {
    let case = failing(
        "broken:\n  - { lines: { '3.7': all }, claims: [sound], shows: { phase: Failed } }\n",
    );
    let attempt = read(&case, &interrupted()).expect("a history");
    assert_eq!(
        (attempt.verdict.verdict, attempt.expecting.verdict),
        (Verdict::Fail, Verdict::Unknown)
    );
    assert!(!attempt.is_over());
    assert_eq!(attempt.taken_back(&["sound", "done"]), [""; 0]);
    assert_eq!(attempt.taken_back(&["done"]), ["sound"]);
}
