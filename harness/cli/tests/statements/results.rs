//! The result and the exit code of a run, in each verb, and the build that a statement names.

use model::stance::KnownIssues;
use rstest::rstest;
use serde_json::{Value, json};

use crate::run::{CASES, Run};

/// Gives the first case a claim that does not hold, declared to fail or not.
pub(crate) fn failing(run: &Run, declared: bool) {
    let beside = run.history(CASES[0]).with_file_name("case");
    for directory in [run.path("cases").join(CASES[0]), beside] {
        let path = directory.join("case.yaml");
        let text = std::fs::read_to_string(&path).expect("a case");
        let claim = "  - id: ends-badly\n    never: { phase: Succeeded }\n    since: submit\n";
        let claim = format!("{}\n{claim}    within: 9s\n", text.trim_end());
        let known = "broken:\n  - { lines: { '3.7': all }, claims: [ends-badly], shows: { phase: Succeeded } }\n";
        let text = if declared { claim.replacen("broken:\n", known, 1) } else { claim };
        std::fs::write(&path, text).expect("write");
    }
}

fn expecting(run: &Run) {
    run.report(|report| {
        report.request.as_mut().expect("a request").known_issues = KnownIssues::Expect;
    });
}

fn passed(run: &Run) {
    run.report(|_| {});
}

fn failed(run: &Run) {
    failing(run, false);
    passed(run);
}

fn known_and_accepted(run: &Run) {
    failing(run, true);
    expecting(run);
}

fn known_and_not_accepted(run: &Run) {
    failing(run, true);
    passed(run);
}

const NAME: &str = "artifact-gc/optional-artifact on Argo 3.7.18";

#[rstest]
#[case::passed(passed, "PASSED", "", 0)]
#[case::failed(failed, "FAILED", "failed: NAME", 1)]
#[case::known(known_and_accepted, "WARNED", "warned: NAME: failed as a declared known issue", 2)]
#[case::not_accepted(known_and_not_accepted, "FAILED", "failed: NAME", 1)]
fn certify_and_verify_agree(
    #[case] make: fn(&Run),
    #[case] result: &str,
    #[case] listed: &str,
    #[case] code: u8,
) {
    let run = Run::new();
    make(&run);
    let (listed, code) = (listed.replace("NAME", NAME), format!("exit {code}"));
    let said = run.certify();
    assert!(said.starts_with(result) && said.contains(&listed), "{said}");
    assert!(said.ends_with(&code), "{said}");
    let said = run.verify(&[]);
    assert!(
        said.starts_with(&format!("the statement holds: {result}, ")) && said.contains(&listed),
        "{said}"
    );
    assert!(said.ends_with(&code), "{said}");
}

#[rstest]
#[case::failed(failed, "fail", 1)]
#[case::known(known_and_accepted, "expect", 2)]
#[case::passed(passed, "fail", 0)]
fn judge_agrees_with_them(#[case] make: fn(&Run), #[case] stance: &str, #[case] code: u8) {
    let run = Run::new();
    make(&run);
    let said = run.run(&["judge", "run", "--known-issues", stance]);
    assert!(said.ends_with(&format!("exit {code}")), "{said}");
}

/// A report for which every history is judged again.
pub(crate) const AGAIN: [&str; 14] = [
    "report",
    "run",
    "--format",
    "conformance",
    "--organization",
    "o",
    "--project",
    "p",
    "--url",
    "u",
    "--implementation-version",
    "1",
    "--contact",
    "c",
];

/// Cuts the header of a history.
fn unread(run: &Run, case: &str) {
    std::fs::write(run.history(case), "{\"form").expect("write");
}

/// Takes the case away that was copied beside a history.
fn without_case(run: &Run, case: &str) {
    let beside = run.history(case).with_file_name("case");
    std::fs::remove_dir_all(beside).expect("it was there");
}

#[rstest]
#[case::the_others_pass(passed, 1, &["1 passed"], 65)]
#[case::another_fails(failed, 1, &["1 FAILED"], 1)]
#[case::none_is_left(passed, 2, &[], 65)]
fn judge_goes_on_after_a_history_that_cannot_be_read(
    #[case] make: fn(&Run),
    #[case] unreadable: usize,
    #[case] verdicts: &[&str],
    #[case] code: u8,
) {
    let run = Run::new();
    make(&run);
    for case in CASES.iter().rev().take(unreadable) {
        unread(&run, case);
    }
    let said = run.run(&["judge", "run"]);
    for case in CASES.iter().rev().take(unreadable) {
        let error = format!("error: failed to judge 3.7.18/cases/{}", case.replace('/', "."));
        assert!(said.contains(&error), "{said}");
    }
    assert!(verdicts.iter().all(|verdict| said.contains(verdict)), "{said}");
    assert!(said.ends_with(&format!("exit {code}")), "{said}");
}

#[rstest]
#[case::certify(&["certify", "run"], unread)]
#[case::certify_without_cases(&["certify", "run"], without_case)]
#[case::report(&["report", "run", "--format", "html"], unread)]
#[case::report_judged_again(&AGAIN, unread)]
#[case::report_without_cases(&["report", "run", "--format", "json"], without_case)]
#[case::mutate(&["mutate", "run"], unread)]
#[case::merge(&["merge", "run", "--out", "merged"], unread)]
fn each_file_that_is_wrong_is_named(#[case] args: &[&str], #[case] damage: fn(&Run, &str)) {
    let run = Run::new();
    for case in CASES {
        damage(&run, case);
    }
    let said = run.run(args);
    let lines =
        said.lines().filter(|line| line.starts_with("error: ") || line.starts_with("refused: "));
    let lines: Vec<&str> = lines.collect();
    for case in CASES {
        let (id, name) = (case, case.replace('/', "."));
        let names = |line: &&str| line.contains(id) || line.contains(&name);
        assert!(lines.iter().any(names), "{case}: {said}");
    }
    assert!(said.ends_with("exit 65"), "{said}");
}

#[test]
fn the_line_says_on_what_the_result_rests() {
    let run = Run::new();
    run.certify();
    let said = run.verify(&[]);
    for piece in [
        ": 2 passed; ",
        "; provider native; ",
        "; Kubernetes v1.34.4; ",
        "; profile fast; ",
        "; recorded and judged by build 0.1.0 commit ",
        " sha256:",
        "; 1 session; ",
        "; 2 attempts, 0 interrupted; ",
        "; no challenge; ",
    ] {
        assert!(said.contains(piece), "{piece}: {said}");
    }
}

/// The build that judged, in the statement.
fn build(run: &Run) -> Value {
    let mut build = Value::Null;
    run.forge(|statement| {
        build = statement["predicate"]["conformance"]["judged_by"].clone();
    });
    build
}

#[test]
fn a_build_is_known_by_its_digest() {
    let run = Run::new();
    run.certify();
    let executable = std::fs::read(env!("CARGO_BIN_EXE_argo-conformance")).expect("the program");
    let executable = crate::run::sha256(&executable);
    assert_eq!(build(&run)["executable"], json!(executable));
    let said = run.verify(&["--unsigned", "--require-build", &executable]);
    assert!(said.ends_with("exit 0"), "{said}");
    let said = run.verify(&["--unsigned", "--require-build", &"f".repeat(64)]);
    for did in ["recorded", "judged"] {
        assert!(said.contains(&format!("refused: another build {did} the run: 0.1.0 ")), "{said}");
    }
    assert!(said.ends_with("exit 1"), "{said}");
}

#[rstest]
#[case::clean(false, true)]
#[case::dirty(true, false)]
fn a_commit_is_a_build_where_nothing_was_changed(#[case] dirty: bool, #[case] holds: bool) {
    let run = Run::new();
    run.certify();
    let commit = "0123456789abcdef0123456789abcdef01234567";
    run.forge(|statement| {
        for of in ["recorded_by", "judged_by"] {
            let build = &mut statement["predicate"]["conformance"][of];
            (build["commit"], build["dirty"]) = (json!(commit), json!(dirty));
        }
    });
    let said = run.verify(&["--unsigned", "--require-build", commit]);
    assert_eq!(said.ends_with("exit 0"), holds, "{said}");
}
