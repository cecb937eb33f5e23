//! Two shards of a run, made one: every verb takes it like any other.

use std::path::{Path, PathBuf};

use report::{RunReport, Shard};
use serde_json::Value;

use crate::recorder;
use crate::run::{ARGO, CASES, Run, read_back};

/// Cuts the run in two; `run` is no more.
fn shards() -> Run {
    let run = Run::new();
    cut(&run, &CASES, &["one", "two"]);
    std::fs::remove_dir_all(run.path("run")).expect("remove");
    run
}

/// Makes shards of a run, each with one of its cases; its own report is no more.
pub(crate) fn cut(run: &Run, cases: &[&str], names: &[&str]) {
    for (number, (case, name)) in (1..).zip(cases.iter().zip(names)) {
        let from = run.history(case);
        let from = from.parent().expect("a directory");
        let to = run.path(name).join(run.argo()).join("cases").join(case.replace('/', "."));
        std::fs::create_dir_all(to.join("case")).expect("make");
        for file in files(from) {
            let relative = file.strip_prefix(from).expect("in it");
            std::fs::copy(&file, to.join(relative)).expect("copy");
        }
        let history = to.join("history.jsonl");
        let text = std::fs::read_to_string(&history).expect("a history");
        std::fs::write(&history, text.replacen("r7f3", &format!("r7f3-{number}"), 1))
            .expect("write");
        let path = run.path(name).join(run.argo()).join("installation.json");
        std::fs::write(path, read_back().to_string()).expect("write");
        recorder::attempts(&run.path(name), &format!("r7f3-{number}"), run.argo(), &[*case]);
        run.report(|report| {
            report.run = format!("r7f3-{number}");
            report.verdicts.retain(|judged| judged.verdict.case == *case);
            let (of, cases) = (names.len(), vec![(*case).to_owned()]);
            report.request = Some(run.request(Some(Shard { number, of, cases })));
        });
        std::fs::rename(run.path("run/run.json"), run.path(name).join("run.json")).expect("move");
    }
}

/// Every file below a directory.
fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

fn merged() -> Run {
    let run = shards();
    let said = run.run(&["merge", "two", "one", "--out", "run"]);
    assert!(said.contains("2 cases ran in ") && said.ends_with("exit 0"), "{said}");
    run
}

#[test]
fn its_histories_are_theirs_to_the_byte() {
    let run = merged();
    for (case, part) in CASES.into_iter().zip(["one", "two"]) {
        let (merged, from) = (run.history(case), run.path(part));
        let relative = merged.strip_prefix(run.path("run")).expect("in it").to_owned();
        let theirs = std::fs::read(from.join(relative)).expect("a history");
        assert_eq!(std::fs::read(merged).expect("a history"), theirs);
    }
    // Files that are not of a case are kept apart: both runs have them.
    let kept = run.path("run/sessions/2-r7f3-1").join(ARGO).join("installation.json");
    assert!(kept.exists(), "it is kept");
}

#[test]
fn a_statement_about_it_holds() {
    let run = merged();
    let said = run.certify();
    assert!(said.starts_with("PASSED: 2 verdicts, signed: "), "{said}");
    let said = run.verify(&[]);
    assert!(said.starts_with("the statement holds: PASSED, 2 verdicts on Argo 3.7.18"), "{said}");
}

#[test]
fn a_history_of_a_run_that_is_no_part_of_it_is_refused() {
    let run = merged();
    run.certify();
    run.forge(|s| s["predicate"]["conformance"]["sessions"][0]["run"] = "r9".into());
    let said = run.verify(&["--unsigned"]);
    assert!(said.contains("the history is of run r7f3-1") && said.ends_with("exit 1"), "{said}");
}

#[test]
fn a_case_that_is_tried_in_both_is_refused() {
    let run = shards();
    let text = std::fs::read_to_string(run.path("one/run.json")).expect("a report");
    std::fs::write(run.path("two/run.json"), &text).expect("write");
    let said = run.run(&["merge", "one", "two", "--out", "run"]);
    for reason in [
        "refused: two: 3.7.18/cases/artifact-gc.optional-artifact/history.jsonl: ",
        "refused: Argo 3.7.18: one and two are both shard 1/2",
        "refused: Argo 3.7.18: shard 2/2 is missing",
        "refused: artifact-gc/optional-artifact was tried on Argo 3.7.18 in one and in two",
    ] {
        assert!(said.contains(reason), "{reason}: {said}");
    }
    assert!(said.ends_with("exit 65") && !run.path("run").exists(), "{said}");
}

#[test]
fn a_case_that_was_made_weaker_is_refused() {
    let run = shards();
    let beside = run.path("one").join(ARGO).join("cases/artifact-gc.optional-artifact/case");
    let path = beside.join("case.yaml");
    let text = std::fs::read_to_string(&path).expect("a case");
    std::fs::write(&path, text.replace("within: 30s", "within: 300s")).expect("write");
    let said = run.run(&["merge", "one", "two", "--out", "run"]);
    assert!(said.contains("the case beside the history differs from the requested case"), "{said}");
}

#[test]
fn the_other_verbs_take_it_like_any_other() {
    let run = merged();
    let said = run.run(&["judge", "run", "--format", "json"]);
    let lines: Vec<Value> = said.lines().filter_map(|l| serde_json::from_str(l).ok()).collect();
    let judged: Vec<&str> = lines.iter().filter_map(|line| line["case"].as_str()).collect();
    assert_eq!(judged, CASES, "{said}");
    let said = run.run(&["report", "run", "--cases", "cases"]);
    assert!(said.contains("made of run r7f3-2 of ") && said.ends_with("exit 0"), "{said}");
    assert!(run.run(&["mutate", "run", "--cases", "cases"]).ends_with("exit 0"));
    let text = std::fs::read_to_string(run.path("run/run.json")).expect("a report");
    let report = RunReport::parse(&text).expect("a report");
    assert_eq!(report.request.expect("a request").shard, None);
}
