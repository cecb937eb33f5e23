//! A case that is tried until it passes: seen by the chain of attempts.

use rstest::rstest;
use serde_json::json;

use crate::merged;
use crate::recorder::{chain, entries};
use crate::run::{ARGO, CASES, RUN, Run};

/// Sets an attempt of the first case aside, in a directory with this name. The history is the
/// beginning of the one that counts.
fn set_aside(run: &Run, name: &str) {
    let place = run.path("run").join(ARGO).join("interrupted").join(name);
    std::fs::create_dir_all(&place).expect("a directory");
    let text = std::fs::read_to_string(run.history(CASES[0])).expect("a history");
    let half: String = text.split_inclusive('\n').take(40).collect();
    std::fs::write(place.join("history.jsonl"), half).expect("write");
    let path = run.path("run/attempts.jsonl");
    let again = json!({ "attempt": { "run": RUN, "argo": ARGO, "case": CASES[0] } });
    chain(&path, entries(&path).into_iter().chain([again]));
}

/// States that these attempts were set aside.
fn states(run: &Run, names: &[&str]) {
    run.report(|report| {
        let mut sessions = report.sessions();
        let histories = names.iter().map(|name| format!("{ARGO}/interrupted/{name}/history.jsonl"));
        sessions[0].interrupted = histories.collect();
        report.sessions = sessions;
    });
}

const ONCE: &str = "artifact-gc.optional-artifact~1";
const TWICE: &str = "artifact-gc.optional-artifact~2";

#[test]
fn one_attempt_that_broke_off_is_said() {
    let run = Run::new();
    set_aside(&run, ONCE);
    states(&run, &[ONCE]);
    run.certify();
    let said = run.verify(&[]);
    assert!(said.contains("; 3 attempts, 1 interrupted; ") && said.ends_with("exit 0"), "{said}");
    let said = run.verify(&["--allow-interrupted", "0"]);
    assert!(said.contains("1 interrupted attempt, maximum 0"), "{said}");
}

#[test]
fn two_attempts_that_broke_off_are_refused() {
    let run = Run::new();
    set_aside(&run, ONCE);
    set_aside(&run, TWICE);
    states(&run, &[ONCE, TWICE]);
    run.certify();
    let said = run.verify(&[]);
    let reason = "artifact-gc/optional-artifact on Argo 3.7.18: 2 interrupted attempts, maximum 1";
    assert!(said.contains(reason) && said.ends_with("exit 1"), "{said}");
    assert!(run.verify(&["--allow-interrupted", "2"]).ends_with("exit 0"));
}

#[test]
fn an_attempt_that_the_statement_hides_is_refused() {
    let run = Run::new();
    set_aside(&run, ONCE);
    run.certify();
    let said = run.verify(&[]);
    assert!(said.contains("the statement does not name this interrupted attempt"), "{said}");
}

fn removed_attempt(run: &Run) {
    set_aside(run, ONCE);
    std::fs::remove_dir_all(run.path("run").join(ARGO).join("interrupted")).expect("remove");
}

fn removed_chain(run: &Run) {
    std::fs::remove_file(run.path("run/attempts.jsonl")).expect("remove");
}

fn removed_line(run: &Run) {
    let path = run.path("run/attempts.jsonl");
    let text = std::fs::read_to_string(&path).expect("a chain");
    let lines = text.split_inclusive('\n').enumerate().filter(|(number, _)| *number != 1);
    std::fs::write(&path, lines.map(|(_, line)| line).collect::<String>()).expect("write");
}

fn altered_line(run: &Run) {
    let path = run.path("run/attempts.jsonl");
    let text = std::fs::read_to_string(&path).expect("a chain");
    std::fs::write(&path, text.replacen("optional-artifact", "retried-attempt", 1)).expect("write");
}

fn torn_line(run: &Run) {
    let path = run.path("run/attempts.jsonl");
    let text = std::fs::read_to_string(&path).expect("a chain");
    std::fs::write(&path, text.trim_end()).expect("write");
}

fn removed_last_line(run: &Run) {
    let path = run.path("run/attempts.jsonl");
    let mut lines = entries(&path);
    lines.pop();
    chain(&path, lines);
}

fn of_no_session(run: &Run) {
    let path = run.path("run/attempts.jsonl");
    let mut lines = entries(&path);
    lines[1]["attempt"]["run"] = json!("r9");
    chain(&path, lines);
}

/// An alteration of a run, and the reason for which the run is refused.
type Altered = (fn(&Run), &'static str);

const CHAINS: [Altered; 7] = [
    (
        removed_attempt,
        "artifact-gc/optional-artifact was tried on Argo 3.7.18 2 times, and 1 of the attempts are present",
    ),
    (removed_chain, "attempts.jsonl is missing"),
    (removed_line, "attempts.jsonl: line 2 was altered, or a line before it was removed"),
    (altered_line, "attempts.jsonl: line 3 was altered, or a line before it was removed"),
    (torn_line, "attempts.jsonl: line 3 is incomplete"),
    (
        removed_last_line,
        "3.7.18/exit-handler.manual-retry has a history, and attempts.jsonl has no attempt of it",
    ),
    (of_no_session, "attempts.jsonl: run r9 has no start in the chain"),
];

#[rstest]
fn a_chain_that_was_altered_is_refused(#[values(0, 1, 2, 3, 4, 5, 6)] number: usize) {
    let (alter, reason) = CHAINS[number];
    let run = Run::new();
    alter(&run);
    run.certify();
    let said = run.verify(&[]);
    assert!(said.contains(&format!("refused: {reason}")) && said.ends_with("exit 1"), "{said}");
}

/// A run whose chain or attempts were altered is not resumed.
#[rstest]
fn a_run_without_an_attempt_is_not_resumed(#[values(0, 1, 2, 3, 4, 5, 6)] number: usize) {
    let (alter, reason) = CHAINS[number];
    let run = Run::new();
    crate::resumed::begun(&run);
    alter(&run);
    let said = run.run(&["run", "--resume", "run", "--cases", "cases", "--cache", "cache"]);
    assert!(said.contains(&format!("refused: {reason}")), "{said}");
    assert!(said.ends_with("hint: Begin a new run.\nexit 65"), "{said}");
}

#[rstest]
fn a_shard_without_an_attempt_is_not_merged(#[values(1, 2)] number: usize) {
    let (_, reason) = CHAINS[number];
    let run = Run::new();
    merged::cut(&run, &CASES, &["one", "two"]);
    let chain = run.path("one/attempts.jsonl");
    if number == 1 {
        std::fs::remove_file(chain).expect("remove");
    } else {
        let text = std::fs::read_to_string(&chain).expect("a chain");
        std::fs::write(&chain, text.lines().last().expect("lines")).expect("write");
    }
    let said = run.run(&["merge", "one", "two", "--out", "whole"]);
    let reason = if number == 1 { reason } else { "attempts.jsonl: line 1 is incomplete" };
    assert!(said.contains(&format!("refused: one: {reason}")), "{said}");
    assert!(said.ends_with("exit 65"), "{said}");
}

/// Parts of two runs, or one part that was repeated for a month.
#[test]
fn parts_that_began_on_different_days_are_refused() {
    let run = Run::new();
    merged::cut(&run, &CASES, &["one", "two"]);
    std::fs::remove_dir_all(run.path("run")).expect("remove");
    assert!(run.run(&["merge", "one", "two", "--out", "run"]).ends_with("exit 0"));
    run.certify();
    let said = run.verify(&[]);
    assert!(
        said.contains("; 2 sessions that began within 0 s; 2 attempts, 0 interrupted; "),
        "{said}"
    );
    run.forge(|statement| {
        let conformance = &mut statement["predicate"]["conformance"];
        conformance["sessions"][1]["started"] = json!("2026-01-02T03:04:05Z");
    });
    let said = run.verify(&["--unsigned"]);
    assert!(said.contains("more than 24 h later") && said.ends_with("exit 1"), "{said}");
}

/// Two runs that failed in different cases, spliced.
#[test]
fn a_part_that_no_chain_names_is_refused() {
    let run = Run::new();
    run.certify();
    run.forge(|statement| {
        let sessions =
            statement["predicate"]["conformance"]["sessions"].as_array_mut().expect("sessions");
        let mut other = sessions[0].clone();
        other["run"] = json!("r8");
        sessions.push(other);
    });
    let said = run.verify(&["--unsigned"]);
    assert!(said.contains("no chain of attempts has the start of run r8"), "{said}");
}

/// A session of another build would be judged as one of this.
#[test]
fn a_run_of_another_build_is_not_resumed() {
    let run = Run::new();
    crate::resumed::begun(&run);
    let path = run.path("run/manifest.json");
    let text = std::fs::read_to_string(&path).expect("how it began");
    let mut begun: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    begun["request"]["program"]["executable"] = json!("ffff");
    std::fs::write(&path, begun.to_string()).expect("write");
    let said = run.run(&["run", "--resume", "run", "--cases", "cases", "--cache", "cache"]);
    assert!(said.contains("refused: another build began the run: "), "{said}");
    assert!(said.ends_with("exit 65"), "{said}");
}
