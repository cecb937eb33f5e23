//! A site is made of what its histories say.

use std::collections::BTreeMap;

use crate::results::failing;
use crate::run::{ARGO, CASES, Run};

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
    let judged = run.run(&["judge", "run", "--known-issues", "expect"]);
    let line = judged.lines().find(|line| line.contains(CASES[0])).expect("a line");
    assert!(line.starts_with("FAIL") && judged.contains("ends-badly FAILED"), "{judged}");
    assert!(judged.ends_with("exit 1"), "{judged}");
}

#[test]
fn the_order_of_the_arguments_changes_no_byte() {
    let run = Run::new();
    let said = run.certify();
    assert!(said.contains("statement.json"), "{said}");
    for (given, output) in [(["run", "statement.json"], "one"), (["statement.json", "run"], "two")]
    {
        let said = site(&run, &given, output);
        assert!(said.ends_with("exit 0"), "{said}");
    }
    let (one, two) = (files(&run, "one"), files(&run, "two"));
    assert!(one == two && one.len() > 100);
    assert!(one["statements/r7f3.html"].contains("which was judged again"));
}

#[test]
fn every_problem_is_named_at_once() {
    let run = Run::new();
    std::fs::create_dir(run.path("empty")).expect("a directory");
    std::fs::create_dir(run.path("used")).expect("a directory");
    std::fs::write(run.path("used/index.html"), "mine").expect("write");
    let said = site(&run, &["run", "./run", "empty", "run/run.json", "missing"], "used");
    insta::assert_snapshot!(said);
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
