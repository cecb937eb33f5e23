//! A killed run that is resumed: a case that came to an end is not tried again.

use std::path::Path;

use report::RunReport;
use serde_json::{Value, json};

use crate::recorder;
use crate::run::{ARGO, CASES, RUN, Run};

/// Killed when every case had come to its end, and no report was written yet.
fn killed() -> Run {
    let run = Run::new();
    begun(&run);
    run
}

/// Takes the report of a run away, and says how it began.
pub(crate) fn begun(run: &Run) {
    std::fs::remove_file(run.path("run/run.json")).expect("remove");
    let sessions = json!([{ "run": RUN, "started": run.began() }]);
    let begun = json!({ "request": run.request(None), "provider": "native", "sessions": sessions });
    std::fs::write(run.path("run/manifest.json"), begun.to_string()).expect("write");
}

fn resume(run: &Run) -> String {
    run.run(&["run", "--resume", "run", "--cases", "cases", "--cache", "cache"])
}

fn report(run: &Run) -> RunReport {
    let text = std::fs::read_to_string(run.path("run/run.json")).expect("a report");
    RunReport::parse(&text).expect("a report")
}

#[test]
fn what_came_to_an_end_is_reported_and_not_tried_again() {
    let run = killed();
    let said = resume(&run);
    assert!(said.contains("2 cases ran in ") && said.ends_with("exit 0"), "{said}");
    let report = report(&run);
    assert_eq!(report.run, RUN);
    let cases: Vec<&str> = report.verdicts.iter().map(|j| j.verdict.case.as_str()).collect();
    assert_eq!(cases, CASES);
    let did: Vec<_> =
        report.sessions.iter().map(|p| (p.elapsed_ms.is_some(), p.histories.len())).collect();
    assert_eq!(did, [(false, 2), (true, 0)], "the first was killed, the second did nothing");
    // The installation is known from the record that was read back then.
    assert_eq!((report.kubernetes, report.argo.len()), (vec!["v1.34.4".into()], 1));
}

/// As in a run of `upgrade --from-objects`.
#[test]
fn a_run_that_made_its_cases_has_them_in_its_directory() {
    let run = killed();
    std::fs::rename(run.path("cases"), run.path("run/objects")).expect("move");
    std::fs::create_dir(run.path("cases")).expect("make");
    let said = resume(&run);
    assert!(said.contains("2 cases ran in ") && said.ends_with("exit 0"), "{said}");
}

#[test]
fn a_statement_about_it_holds() {
    let run = killed();
    resume(&run);
    assert!(run.certify().starts_with("PASSED: 2 verdicts"), "{}", run.certify());
    let said = run.verify(&[]);
    assert!(
        said.starts_with("the statement holds: PASSED, 2 verdicts on Argo 3.7.18, run r7f3 of "),
        "{said}"
    );
}

#[test]
fn a_run_is_resumed_again_and_again() {
    let run = killed();
    resume(&run);
    let once = report(&run);
    let said = resume(&run);
    assert!(said.ends_with("exit 0"), "{said}");
    let twice = report(&run);
    assert_eq!((&twice.verdicts, twice.sessions.len()), (&once.verdicts, 3));
    assert_eq!(twice.sessions[1].elapsed_ms, once.sessions[1].elapsed_ms);
    assert!(run.path("run/sessions").join(format!("1-{RUN}")).join(ARGO).is_dir());
}

fn weaker(run: &Run) {
    let path = run.path("cases").join(CASES[0]).join("case.yaml");
    let text = std::fs::read_to_string(&path).expect("a case");
    std::fs::write(&path, text.replace("within: 30s", "within: 300s")).expect("write");
}

fn removed(run: &Run) {
    std::fs::remove_dir_all(run.path("cases").join(CASES[1])).expect("remove");
}

fn of_another_run(run: &Run) {
    let path = run.history(CASES[0]);
    let text = std::fs::read_to_string(&path).expect("a history");
    std::fs::write(&path, text.replacen(RUN, "r8", 1)).expect("write");
}

fn altered(run: &Run) {
    let path = run.history(CASES[0]);
    let text = std::fs::read_to_string(&path).expect("a history");
    let lines = text.lines().enumerate().filter(|(number, _)| *number != 5);
    let rest: Vec<&str> = lines.map(|(_, line)| line).collect();
    let rest = rest.join("\n") + "\n";
    std::fs::write(&path, rest).expect("write");
}

fn weaker_beside(run: &Run) {
    let path = run.history(CASES[0]).with_file_name("case").join("case.yaml");
    let text = std::fs::read_to_string(&path).expect("a case");
    std::fs::write(&path, text.replace("within: 30s", "within: 300s")).expect("write");
}

fn on_nothing(run: &Run) {
    let path = run.path("run").join(ARGO).join("installation.json");
    std::fs::remove_file(path).expect("remove");
}

#[rstest::rstest]
#[case::weaker(weaker, "case artifact-gc/optional-artifact has changed since the run began")]
#[case::removed(removed, "case exit-handler/manual-retry no longer exists")]
#[case::of_another_run(
    of_another_run,
    "artifact-gc/optional-artifact on Argo 3.7.18: the history is of run r8"
)]
#[case::altered(
    altered,
    "artifact-gc/optional-artifact on Argo 3.7.18: line 6 has event 6, expected 5"
)]
#[case::weaker_beside(
    weaker_beside,
    "artifact-gc/optional-artifact on Argo 3.7.18: the case beside the history differs"
)]
#[case::on_nothing(
    on_nothing,
    "exit-handler/manual-retry on Argo 3.7.18: the record of the installation is missing"
)]
fn what_is_not_the_same_run_is_not_resumed(#[case] alter: fn(&Run), #[case] reason: &str) {
    let run = killed();
    alter(&run);
    let said = resume(&run);
    assert!(said.contains(&format!("refused: {reason}")), "{said}");
    assert!(said.ends_with("hint: Begin a new run.\nexit 65"), "{said}");
    assert!(!run.path("run/sessions").exists() && !run.path("run/run.json").exists());
}

#[test]
fn nobody_runs_where_another_one_runs() {
    let run = killed();
    let lock = std::fs::File::create(run.path("run/lock")).expect("make");
    lock.lock().expect("lock");
    let said = resume(&run);
    assert_eq!(
        said,
        "error: failed to lock run: another run uses it\nhint: Wait for the end of that run.\nexit 64"
    );
    drop(lock);
    assert!(resume(&run).ends_with("exit 0"));
}

#[test]
fn what_is_no_run_directory_is_not_resumed() {
    let run = Run::new();
    let said = resume(&run);
    assert!(said.starts_with("error: failed to read run/manifest.json: "), "{said}");
    assert!(said.ends_with("exit 64"), "{said}");
}

#[test]
fn a_run_is_resumed_on_what_it_began_with() {
    let run = killed();
    let path = run.path("run/manifest.json");
    let text = std::fs::read_to_string(&path).expect("it is there");
    let mut begun: Value = serde_json::from_str(&text).expect("JSON");
    begun["provider"] = json!("kind");
    std::fs::write(&path, begun.to_string()).expect("write");
    resume(&run);
    assert_eq!(report(&run).provider, model::Provider::Kind);
}

#[test]
fn a_run_is_resumed_as_it_was_asked_for() {
    let said = killed().run(&["run", "--resume", "run", "--argo", "3.5.2"]);
    assert!(said.contains("'--resume <DIR>' cannot be used with '--argo <VERSION>'"), "{said}");
    assert!(said.ends_with("exit 64"), "{said}");
}

/// Sets a copy of a history aside, as that of an interrupted attempt, and states so.
fn aside(run: &Run, alter: fn(String) -> String) {
    let name = "interrupted/artifact-gc.optional-artifact~1/history.jsonl";
    let place = Path::new(ARGO).join(name);
    let path = run.path("run").join(&place);
    std::fs::create_dir_all(path.parent().expect("a directory")).expect("make");
    let text = std::fs::read_to_string(run.history(CASES[0])).expect("a history");
    std::fs::write(path, alter(text)).expect("write");
    let chain = run.path("run/attempts.jsonl");
    let again = json!({ "attempt": { "run": RUN, "argo": ARGO, "case": CASES[0] } });
    recorder::chain(&chain, recorder::entries(&chain).into_iter().chain([again]));
    run.certify();
    run.forge(|s| {
        let sessions = &mut s["predicate"]["conformance"]["sessions"];
        sessions[0]["interrupted"] = Value::from(vec![place.display().to_string()]);
    });
}

#[test]
fn a_try_that_broke_off_is_no_other_try() {
    let run = killed();
    resume(&run);
    run.certify();
    aside(&run, |text| text.split_inclusive('\n').take(40).collect());
    let said = run.verify(&["--unsigned"]);
    assert!(said.starts_with("the statement holds"), "{said}");
}

#[test]
fn a_case_that_was_set_aside_after_its_end_was_tried_twice() {
    let run = killed();
    resume(&run);
    run.certify();
    aside(&run, |text| text);
    let said = run.verify(&["--unsigned"]);
    let reason = "artifact-gc/optional-artifact was tried before on Argo 3.7.18 to the end: ";
    assert!(said.contains(reason) && said.ends_with("exit 1"), "{said}");
}
