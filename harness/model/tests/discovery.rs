//! Reading a directory of cases, whatever lies in it.

use std::path::Path;

use model::discover::cases;
use model::step::StepKind;
use serde_json::json;

fn put(root: &Path, name: &str, bytes: &[u8]) {
    let path = root.join(name);
    std::fs::create_dir_all(path.parent().expect("a parent")).expect("make a directory");
    std::fs::write(path, bytes).expect("write a file");
}

/// The messages about a directory, with its own path taken out.
fn said(root: &Path) -> String {
    let found = cases(root);
    let lines: Vec<String> = found.diagnostics.iter().map(ToString::to_string).collect();
    lines.join("\n").replace(&root.display().to_string(), "ROOT")
}

#[test]
fn bytes_that_are_not_utf_8_are_pointed_at() {
    let root = tempfile::tempdir().expect("a directory");
    put(root.path(), "a/b/case.yaml", b"title: x\nwhy: \xff\n");
    assert_eq!(said(root.path()), "ROOT/a/b/case.yaml:2:6: is not UTF-8 from here on");
}

#[test]
fn a_file_of_ten_megabytes_is_not_read() {
    let root = tempfile::tempdir().expect("a directory");
    put(root.path(), "a/b/case.yaml", &vec![b' '; 10_000_000]);
    assert_eq!(said(root.path()), "ROOT/a/b/case.yaml: has 10000000 bytes, more than 262144");
}

#[test]
fn a_directory_whose_name_is_no_id_is_told() {
    let root = tempfile::tempdir().expect("a directory");
    put(root.path(), "a/My Case/case.yaml", b"");
    assert_eq!(
        said(root.path()),
        "ROOT/a/My Case: `a/My Case` is not an id: use lower-case words joined by `-`"
    );
}

#[test]
fn a_directory_that_is_not_there_is_told() {
    let root = tempfile::tempdir().expect("a directory");
    let found = cases(&root.path().join("nowhere"));
    assert!(found.cases.is_empty());
    assert_eq!(found.diagnostics.len(), 1, "{:?}", found.diagnostics);
}

#[test]
fn nesting_without_end_is_told_and_does_not_overflow() {
    let root = tempfile::tempdir().expect("a directory");
    let deep = format!("title: {}{}\n", "[".repeat(50_000), "]".repeat(50_000));
    put(root.path(), "a/b/case.yaml", deep.as_bytes());
    assert!(said(root.path()).contains("not readable as YAML"), "{}", said(root.path()));
}

#[test]
fn every_case_of_the_project_can_be_read() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases");
    let found = cases(&root);
    assert_eq!(found.diagnostics, []);
    assert!(found.cases.len() >= 10, "{} cases", found.cases.len());
}

#[test]
fn a_template_is_memoized_wherever_it_stands() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases");
    let mut found = cases(&root).cases.into_iter();
    let mut case = found.find(|c| c.id == "templates/inline-in-loop").expect("there is this case");
    assert!(!case.memoizes());
    let mut named = case.clone();
    named.plan.workflow["spec"]["templates"][0]["memoize"] = json!({ "key": "k" });
    assert!(named.memoizes(), "in the workflow");
    for step in &mut case.plan.steps {
        let StepKind::Apply { objects, .. } = &mut step.act else { continue };
        let call = &mut objects[0]["spec"]["templates"][1];
        call["steps"][0][0]["inline"]["memoize"] = json!({ "key": "k" });
    }
    assert!(case.memoizes(), "inline, in what is applied");
}
