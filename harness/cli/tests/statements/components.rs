//! A run on components of different versions, and what is stated of it.

use provision::argo_source::ArgoSource;
use provision::git::Git;
use provision::go::run::Unguarded;
use report::RunReport;
use serde_json::{Value, json};

use crate::checkout::{self, checkout, commit, repository};
use crate::results::AGAIN;
use crate::run::{ARGO, CASES, Run};
use crate::{merged, resumed};

const NAME: &str = "3.7.18+cli.3.5.10";

/// On an `argo` program of another version, which decides for the second case.
fn run() -> Run {
    let mut run = Run::new();
    run.rename(NAME, &json!({ "controller": ARGO, "executor": ARGO, "cli": "3.5.10" }));
    run.report(|_| {});
    run
}

/// An executor and a program of a newer release than the workflow controller.
const SKEW: &str = "3.7.17+executor.3.7.18.cli.3.7.18";

fn skewed() -> Run {
    let mut run = Run::new();
    run.rename(SKEW, &json!({ "controller": "3.7.17", "executor": ARGO, "cli": ARGO }));
    run.report(|_| {});
    run
}

fn verify(run: &Run, version: &str) -> String {
    let args = ["verify", "statement.json", "run", "--cases", "cases", "--key", "key.pub"];
    run.run(&[&args[..], &["--argo", version]].concat())
}

#[test]
fn it_is_called_by_all_of_them() {
    let run = run();
    assert!(run.certify().starts_with("PASSED: 2 verdicts"), "{}", run.certify());
    let said = verify(&run, NAME);
    let holds = format!("the statement holds: PASSED, 2 verdicts on Argo {NAME}, run r7f3 of ");
    assert!(said.starts_with(&holds), "{said}");
}

#[test]
fn shards_of_a_pair_are_merged_certified_verified_and_reported() {
    let run = skewed();
    merged::cut(&run, &CASES, &["one", "two"]);
    std::fs::remove_dir_all(run.path("run")).expect("remove");
    let said = run.run(&["merge", "one", "two", "--out", "run"]);
    assert!(said.contains("2 cases ran in ") && said.ends_with("exit 0"), "{said}");
    assert!(run.certify().starts_with("PASSED: 2 verdicts"), "{}", run.certify());
    let said = verify(&run, SKEW);
    let holds = format!("the statement holds: PASSED, 2 verdicts on Argo {SKEW}, ");
    assert!(said.starts_with(&holds), "{said}");
    let said = run.run(&["judge", "run", "--format", "json"]);
    assert!(
        said.lines().take(2).all(|line| line.contains(&format!("\"argo\":\"{SKEW}\""))),
        "{said}"
    );
    let said = run.run(&[&AGAIN[..], &["--cases", "cases"]].concat());
    for line in [r#"workflowController: "3.7.17""#, r#"argoexec: "3.7.18""#, r#"argo: "3.7.18""#] {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert!(said.contains(&format!("argo-conformance run --argo {SKEW}")), "{said}");
}

#[test]
fn a_pair_whose_pods_ran_another_executor_is_refused() {
    let mut run = Run::new();
    let name = "3.7.18+executor.3.5.10";
    run.rename(name, &json!({ "controller": ARGO, "executor": "3.5.10", "cli": ARGO }));
    run.report(|_| {});
    run.certify();
    let said = verify(&run, name);
    let refused =
        "the pods ran quay.io/argoproj/argoexec:v3.7.18, and the header of the history has 3.5.10";
    assert!(said.contains(refused) && said.ends_with("exit 1"), "{said}");
}

#[test]
fn a_pair_is_resumed() {
    let run = skewed();
    interrupted(&run, SKEW, "its Go module", &json!({}));
    let said = resume(&run);
    assert!(said.contains("2 cases ran in ") && said.ends_with("exit 0"), "{said}");
    let text = std::fs::read_to_string(run.path("run/run.json")).expect("a report");
    let report = RunReport::parse(&text).expect("a report");
    assert_eq!(report.argo[0].versions.name(), SKEW);
    assert!(report.verdicts.iter().all(|judged| judged.verdict.argo == SKEW));
}

#[test]
fn it_is_no_release() {
    let run = run();
    run.certify();
    insta::assert_snapshot!(verify(&run, ARGO), @r"
    refused: the statement does not contain Argo 3.7.18, but 3.7.18+cli.3.5.10
    exit 1
    ");
    run.forge(|statement| {
        for verdict in 0..CASES.len() {
            statement["predicate"]["conformance"]["verdicts"][verdict]["argo"] = json!(ARGO);
        }
    });
    let said = verify(&run, ARGO);
    assert!(said.contains(&format!("the history is of Argo {NAME}")), "{said}");
    assert!(said.ends_with("exit 1"), "{said}");
}

/// The version of the case's component says what is expected of it.
#[test]
fn what_is_expected_is_that_of_the_component() {
    let said = run().run(&["judge", "run", "--known-issues", "expect"]);
    let line = |case: &str| said.lines().find(|line| line.contains(case)).unwrap_or_default();
    assert!(line(CASES[0]).starts_with("pass "), "{said}");
    assert!(line(CASES[1]).starts_with("fixed! "), "{said}");
}

/// Breaks the run off, as one of this installation, which came from there.
fn interrupted(run: &Run, name: &str, source: &str, given: &Value) {
    resumed::begun(run);
    let path = run.path("run/manifest.json");
    let text = std::fs::read_to_string(&path).expect("how it began");
    let mut begun: Value = serde_json::from_str(&text).expect("JSON");
    begun["request"]["argo"] = json!([name]);
    begun["request"]["sources"] = given.clone();
    std::fs::write(&path, begun.to_string()).expect("write");
    let path = run.path("run").join(name).join("installation.json");
    let text = std::fs::read_to_string(&path).expect("what was read back");
    let mut read_back: Value = serde_json::from_str(&text).expect("JSON");
    read_back["source"] = json!(source);
    std::fs::write(&path, read_back.to_string()).expect("write");
}

fn resume(run: &Run) -> String {
    run.run(&["run", "--resume", "run", "--cases", "cases", "--cache", "cache"])
}

#[test]
fn it_is_resumed() {
    let run = run();
    interrupted(&run, NAME, "its Go module", &json!({}));
    let said = resume(&run);
    assert!(said.contains("2 cases ran in ") && said.ends_with("exit 0"), "{said}");
    let text = std::fs::read_to_string(run.path("run/run.json")).expect("a report");
    let report = RunReport::parse(&text).expect("a report");
    assert_eq!(report.argo[0].versions.name(), NAME);
    assert!(report.verdicts.iter().all(|judged| judged.verdict.argo == NAME));
}

#[test]
fn a_revision_that_moved_is_not_resumed() {
    let mut run = Run::new();
    let dir = run.path("repository");
    repository(&dir, &["v3.7.18"]);
    let text = format!("{}@main=3.7.18", dir.display());
    let git = Git::find(&Unguarded, &std::env::vars_os().collect()).expect("git");
    let source = ArgoSource::git(&text, &git, None).expect("a commit");
    let version = source.version();
    let of_it = json!({ "controller": version, "executor": version, "cli": version });
    run.rename(version, &of_it);
    let given = json!({ version: source.commit().expect("a commit").asked });
    interrupted(&run, version, &source.words(), &given);
    commit(&dir, "later");
    let said = resume(&run);
    let refused = format!("refused: Argo {version} is now 3.7.18+git.");
    assert!(said.starts_with(&refused) && said.ends_with("exit 65"), "{said}");
    assert!(said.contains(", because a checkout or a revision changed"), "{said}");
    checkout::git(&dir, &["reset", "--quiet", "--hard", "HEAD~1"]);
    let said = resume(&run);
    assert!(said.contains("2 cases ran in ") && said.ends_with("exit 0"), "{said}");
    let said = run.certify();
    assert!(said.starts_with("PASSED: 2 verdicts"), "{said}");
    run.forge(|statement| {
        let argo = &statement["predicate"]["conformance"]["argo"][0];
        let commit = &source.commit().expect("a commit").commit;
        assert_eq!(argo["source"], format!("git commit {commit}"), "it names the whole commit");
    });
}

#[test]
fn a_checkout_that_changed_is_not_resumed() {
    let mut run = Run::new();
    let dir = run.path("checkout");
    checkout(&dir);
    let source = ArgoSource::checkout(&format!("{}=3.7.18", dir.display())).expect("a checkout");
    let version = source.version();
    let of_it = json!({ "controller": version, "executor": version, "cli": version });
    run.rename(version, &of_it);
    let given = json!({ version: format!("{}=3.7.18", dir.display()) });
    interrupted(&run, version, &source.words(), &given);
    std::fs::write(dir.join("cmd/argo/main.go"), "package main\n").expect("write");
    let said = resume(&run);
    let refused = format!("refused: Argo {version} is now 3.7.18+tree.");
    assert!(said.starts_with(&refused) && said.ends_with("exit 65"), "{said}");
    std::fs::remove_file(dir.join("cmd/argo/main.go")).expect("remove");
    let said = resume(&run);
    assert!(said.contains("2 cases ran in ") && said.ends_with("exit 0"), "{said}");
    let said = run.certify();
    assert!(said.starts_with("PASSED: 2 verdicts"), "{said}");
    let said = verify(&run, version);
    assert!(
        said.starts_with(&format!("the statement holds: PASSED, 2 verdicts on Argo {version}")),
        "{said}"
    );
    assert!(verify(&run, ARGO).starts_with("refused: the statement does not contain Argo 3.7.18"));
    run.forge(|statement| {
        let argo = &statement["predicate"]["conformance"]["argo"][0];
        assert_eq!(argo["source"], source.words(), "it says of what sources it is");
    });
}
