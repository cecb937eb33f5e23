//! A site is made of what its histories say.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::{Value, json};

use crate::results::failing;
use crate::run::{ARGO, CASES, RUN, Run};

/// The command with these arguments before its output.
fn site(run: &Run, given: &[&str], output: &str) -> String {
    run.run(&[&["site"], given, &["--output", output, "--cases", "cases"]].concat())
}

/// Every file of a site by path.
fn files(run: &Run, output: &str) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut directories = vec![run.path(output)];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(&directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                directories.push(path);
                continue;
            }
            let name = path.strip_prefix(run.path(output)).expect("in it").display().to_string();
            files.insert(name, std::fs::read_to_string(&path).expect("text"));
        }
    }
    files
}

/// The report of the run says that the case passed.
#[test]
fn a_red_cell_is_judged_the_same_by_judge() {
    let run = Run::new();
    failing(&run, false);
    run.report(|_| {});
    let said = site(&run, &["run"], "public");
    assert!(said.ends_with("exit 0"), "{said}");
    let files = files(&run, "public");
    let page = "cases/artifact-gc__optional-artifact.html";
    let link = format!("<td class=\"fail\"><a href=\"{page}#on-{ARGO}\">");
    assert_eq!(files["index.html"].matches(&link).count(), 1);
    let row = files[page].split("<tr").find(|row| row.contains(&format!("id=\"on-{ARGO}\"")));
    let row = row.expect("the row of the version");
    assert!(row.contains("FAIL") && row.contains("ends-badly"), "{row}");
    assert!(row.contains("judged again from its history"), "{row}");
    let changed = format!("{} on Argo {ARGO}: reported pass, judged FAIL", CASES[0]);
    assert!(files["runs/r7f3.html"].contains(&changed));
    let again = run.run(&["judge", "run", "--known-issues", "expect"]);
    let verdict = again.lines().find(|text| text.contains(CASES[0])).expect("a line");
    assert!(verdict.starts_with("FAIL") && again.contains("ends-badly FAILED"), "{again}");
    assert!(again.ends_with("exit 1"), "{again}");
}

/// Copies the run directory to one of a later run with this id.
fn later(run: &Run, id: &str) {
    let done = Command::new("cp").arg("-R").args([run.path("run"), run.path("later")]).status();
    assert!(done.expect("cp is there").success());
    let path = run.path("later/run.json");
    let text = std::fs::read_to_string(&path).expect("a report");
    let mut report: Value = serde_json::from_str(&text).expect("JSON");
    report["run"] = json!(id);
    report["started"] = json!("2126-01-02T03:04:05Z");
    std::fs::write(path, report.to_string()).expect("write");
}

#[test]
fn the_order_of_the_arguments_changes_no_byte() {
    let run = Run::new();
    later(&run, "r9aa");
    let said = run.certify();
    assert!(said.contains("statement.json"), "{said}");
    let one = site(&run, &["run", "later", "statement.json"], "one");
    let two = site(&run, &["statement.json", "later", "run"], "two");
    assert!(one.ends_with("exit 0") && two.ends_with("exit 0"), "{one}\n{two}");
    let (one, two) = (files(&run, "one"), files(&run, "two"));
    assert!(one == two && one.len() > 100);
    assert!(one["statements/r7f3.html"].contains("which was judged again"));
    assert!(one.contains_key("differences/3.7.18_.r7f3_.r9aa.html"));
}

#[test]
fn every_problem_is_named_at_once() {
    let run = Run::new();
    std::fs::create_dir(run.path("empty")).expect("a directory");
    std::fs::create_dir(run.path("used")).expect("a directory");
    std::fs::write(run.path("used/index.html"), "mine").expect("write");
    later(&run, RUN);
    let said = site(&run, &["run", "later", "empty", "run/run.json", "missing"], "used");
    insta::assert_snapshot!(said, @r"
    error: invalid --output: used is not empty
    hint: Name a new directory by --output, or remove that one.
    error: failed to read empty/run.json: No such file or directory (os error 2)
    hint: A run that was killed has none: resume it with `argo-conformance run --resume`, or print its verdicts with `judge`.
    error: invalid argument: run/run.json: it is neither a run directory nor a statement: missing field `payloadType` at line 87 column 1
    hint: Name a run directory, or a file that `certify` wrote.
    error: invalid argument: missing: No such file or directory (os error 2)
    hint: Name a run directory, or a file that `certify` wrote.
    error: invalid arguments: run and later are both run r7f3
    hint: Name each run once.
    exit 65
    ");
    assert_eq!(std::fs::read_dir(run.path("used")).expect("it is there").count(), 1);
}

#[test]
fn a_history_that_cannot_be_judged_is_named() {
    let run = Run::new();
    std::fs::write(run.history(CASES[0]), "{}\n").expect("write");
    std::fs::remove_file(run.history(CASES[1])).expect("remove");
    let said = site(&run, &["run"], "public");
    assert!(said.contains(&format!("failed to judge {}", CASES[0])), "{said}");
    assert!(said.contains(&format!("failed to judge {}", CASES[1])), "{said}");
    assert!(said.ends_with("exit 65") && !run.path("public").exists(), "{said}");
}
