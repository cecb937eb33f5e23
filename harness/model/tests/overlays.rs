//! Overlays: the plan of a case on release lines that differ, and mistakes in overlays.

use std::path::Path;

use model::case::Case;
use model::parse::{CaseFiles, cases};
use model::step::StepKind;
use rstest::rstest;
use semver::Version;

const WORKFLOW: &str = "
apiVersion: argoproj.io/v1alpha1
kind: Workflow
spec:
  entrypoint: work
  templates:
    - name: work
      synchronization: { mutexes: [{ name: lock }] }
      container: { image: argo-conformance/shell:1, command: [sh] }
";

const CRON: &str = "
apiVersion: argoproj.io/v1alpha1
kind: CronWorkflow
spec: { schedules: ['@every 5s'] }
";

const CASE: &str = "
title: A rule
why: https://example.com/1
level: core
component: argo
steps:
  - apply: cron.yaml
  - submit: workflow.yaml
overlays:
  - versions: '<3.6.0'
    reason: lists came with 3.6.0
    file: workflow.yaml
    patch: { spec: { templates: [{ name: work, synchronization: { mutexes: null, mutex: { name: lock } } }] } }
  - versions: '<3.6.0'
    reason: lists came with 3.6.0
    file: cron.yaml
    patch: { spec: { schedules: null, schedule: '@every 5s' } }
claims:
  - id: ends
    eventually: { phase: Succeeded }
    within: 30s
";

fn read(case: &str) -> Result<Vec<Case>, String> {
    let files = [("case.yaml", case), ("workflow.yaml", WORKFLOW), ("cron.yaml", CRON)];
    let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let input = CaseFiles { directory: Path::new("cases/a/b"), id: "a/b", files: &files };
    cases(&input).map_err(|diagnostics| {
        diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    })
}

#[rstest]
#[case::before(Some("3.5.12"), true)]
#[case::before_as_a_pre_release(Some("3.5.13-rc1+git.1b4f"), true)]
#[case::first_with_lists(Some("3.6.0"), false)]
#[case::pre_release_counts_as_its_release(Some("3.6.0-rc1"), false)]
#[case::after(Some("4.0.5"), false)]
#[case::not_known(None, false)]
fn an_overlay_changes_the_plan_of_its_versions(
    #[case] controller: Option<&str>,
    #[case] changed: bool,
) {
    let case = read(CASE).expect("a good case").remove(0);
    let controller = controller.map(|text| text.parse::<Version>().expect("a version"));
    let plan = case.plan_on(controller.as_ref());
    let lock = &plan.workflow["spec"]["templates"][0]["synchronization"];
    assert_eq!(lock["mutex"].is_object(), changed, "{lock}");
    assert_eq!(lock["mutexes"].is_array(), !changed, "{lock}");
    let image = &plan.workflow["spec"]["templates"][0]["container"]["image"];
    assert_eq!(image, "argo-conformance/shell:1", "the rest of the template stays");
    let StepKind::Apply { objects, .. } = &plan.steps[0].act else {
        panic!("the first step applies")
    };
    assert_eq!(objects[0]["spec"]["schedule"].is_string(), changed, "{}", objects[0]);
    assert_eq!(objects[0]["spec"]["schedules"].is_array(), !changed, "{}", objects[0]);
}

#[test]
fn mistakes_are_told_at_once() {
    let case = CASE
        .replacen("'<3.6.0'", "'three'", 1)
        .replacen("file: workflow.yaml", "file: worklfow.yaml", 1)
        .replacen(
            "    reason: lists came with 3.6.0\n    file: cron.yaml",
            "    file: cron.yaml",
            1,
        )
        .replacen("{ spec: { schedules: null, schedule: '@every 5s' } }", "{}", 1);
    insta::assert_snapshot!(read(&case).expect_err("it has four mistakes"));
}

#[test]
fn an_overlay_that_changes_nodes_is_refused() {
    let patch =
        "{ spec: { templates: [{ name: work, steps: [[{ name: more, template: work }]] }] } }";
    let old = CASE.lines().find(|line| line.contains("name: work, sync")).expect("a patch");
    let case = CASE.replacen(old.trim_start().trim_start_matches("patch: "), patch, 1);
    insta::assert_snapshot!(read(&case).expect_err("it is refused"));
}
