//! A first case of one's own.

use crate::harness::Harness;

/// The output of a command, which must succeed.
fn result(harness: &Harness, args: &[&str]) -> String {
    let output = harness.command(args).output().expect("it runs");
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8_lossy(&output.stdout);
    text.replace(&harness.path("").display().to_string(), "DIR/")
}

#[test]
fn a_first_case_is_written_once_and_is_well_formed() {
    let harness = Harness::new();
    let cases = harness.path("cases").display().to_string();
    let init = ["init", "storage/artifact-written", "--cases", &cases];
    insta::assert_snapshot!(result(&harness, &init), @r"
    wrote DIR/cases/storage/artifact-written/case.yaml and workflow.yaml
    wrote DIR/cases/schema.json, with which editors complete and check case files
    check       argo-conformance lint DIR/cases
    describe    argo-conformance explain --cases DIR/cases --case storage/artifact-written
    run         argo-conformance run --cases DIR/cases --case storage/artifact-written --out /tmp/storage-artifact-written
    mutate      argo-conformance mutate /tmp/storage-artifact-written --cases DIR/cases
    ");
    insta::assert_snapshot!(result(&harness, &["lint", &cases]), @"
1 case in DIR/cases is well-formed
");
    let case = "storage/artifact-written";
    insta::assert_snapshot!(
        result(&harness, &["explain", "--cases", &cases, "--case", case]), @"
storage/artifact-written
  A step's output artifact is there when the workflow has succeeded

  why    https://argo-workflows.readthedocs.io/
  level  provisional
  which  the version of argoexec decides

steps
  submit     submit the workflow
  completed  wait up to 60s until the workflow is completed
  delete     argo delete

means something only if its history shows
  seen  at some moment: node root is Succeeded

claims
  succeeds          within 60s of step submit: the workflow's phase is Succeeded
  written           within 10s of step completed: at least 1 objects lie under the case's prefix
  deletion-returns  within 10s of step delete: the workflow object is gone
");
    insta::assert_snapshot!(harness.says(&init), @r"
    error: failed to write DIR/cases/storage/artifact-written/case.yaml: the file exists
    hint: Choose another id.
    exit 64
    ");
}

#[test]
fn a_first_case_leads_an_editor_to_the_schema() {
    let harness = Harness::new();
    let cases = harness.path("cases").display().to_string();
    let own = "what is there already stays";
    for (id, schema) in [("storage/written", None), ("a/b/c", Some(own))] {
        if let Some(text) = schema {
            std::fs::write(harness.path("cases/schema.json"), text).expect("write");
        }
        let _said = result(&harness, &["init", id, "--cases", &cases]);
        let directory = harness.path("cases").join(id);
        let case = std::fs::read_to_string(directory.join("case.yaml")).expect("a case");
        let first = case.lines().next().expect("a line");
        let path = first.strip_prefix("# yaml-language-server: $schema=").expect("a schema");
        let found = std::fs::read_to_string(directory.join(path)).expect("it is there");
        let printed = harness.command(&["schema"]).output().expect("it runs").stdout;
        let printed = String::from_utf8(printed).expect("text");
        assert_eq!(found, schema.map_or(printed, str::to_owned));
    }
}

#[test]
fn what_is_no_first_case() {
    let harness = Harness::new();
    let cases = harness.path("cases").display().to_string();
    insta::assert_snapshot!(harness.says(&["init", "My Case", "--cases", &cases]), @r"
    error: invalid id: `My Case`
    hint: Use lower-case words joined by `-`, for example `area/what-goes-wrong`.
    exit 64
    ");
    insta::assert_snapshot!(harness.says(&["lint", &cases]), @"
DIR/cases: cannot be read: No such file or directory (os error 2)
  hint: name the directory that your cases are in, or `cases` of this program's repository
error: 1 problem in case files
exit 65
");
    let directory = harness.path("cases").join("a/b");
    std::fs::create_dir_all(&directory).expect("a directory");
    std::fs::write(directory.join("case.yaml"), "titel: x\n").expect("write");
    insta::assert_snapshot!(harness.says(&["lint", &cases]), @"
DIR/cases/a/b/case.yaml:1:1: a case needs `title`
DIR/cases/a/b/case.yaml:1:1: a case needs `why`
DIR/cases/a/b/case.yaml:1:1: a case needs `level`
DIR/cases/a/b/case.yaml:1:1: a case needs `component`
DIR/cases/a/b/case.yaml:1:1: a case needs `steps`
DIR/cases/a/b/case.yaml:1:1: a case needs `claims`
DIR/cases/a/b/case.yaml:1:1: no field of a case is called `titel`
  hint: did you mean `title`?
error: 7 problems in case files
exit 65
");
}
