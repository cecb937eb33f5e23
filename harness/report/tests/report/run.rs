use std::collections::BTreeMap;

use model::Untrusted;
use model::history::Versions;
use model::profile::Profile;
use model::stance::KnownIssues;
use model::verdict::{Outcome, Verdict};
use report::run::{ArgoReport, Image, RunError, Stage, Untested, what_ran};
use report::{Build, RunReport, RunRequest, Shard, json};
use rstest::rstest;

use crate::samples::{finding, judged, note, observed, verdict};

fn versions(controller: &str, executor: &str) -> Versions {
    Versions { executor: executor.to_owned(), ..Versions::all(controller) }
}

fn stage(name: &str, began_ms: u64, elapsed_ms: u64) -> Stage {
    Stage { name: name.to_owned(), began_ms, elapsed_ms }
}

fn image(component: &str, name: &str, digest: Option<&str>) -> Image {
    Image {
        component: component.to_owned(),
        name: name.into(),
        digest: digest.map(Untrusted::from),
    }
}

fn request() -> RunRequest {
    let cases = ["a/one", "a/two", "a/three"].map(|id| (id.to_owned(), "12ab".to_owned()));
    RunRequest {
        program: Build { version: "0.1.0".to_owned(), ..Build::default() },
        argo: vec!["3.5.10".to_owned(), "3.4.0".to_owned()],
        sources: BTreeMap::new(),
        profiles: vec![Profile::Fast],
        known_issues: KnownIssues::Expect,
        cases: cases.into(),
        shard: Some(Shard { number: 2, of: 3, cases: vec!["a/two".to_owned()] }),
        challenge: None,
        pods: model::PodSettings::default(),
        artifact_repository: None,
    }
}

fn report() -> RunReport {
    let mut known = verdict(Verdict::KnownIssue);
    known.findings = vec![finding("finalizer-removed", Outcome::Fail, "it had the finalizer")];
    known.known_issue = Some(note(None));
    let fast = BTreeMap::from([("DEFAULT_REQUEUE_TIME".to_owned(), "1s".into())]);
    RunReport {
        format: (report::run::MAJOR, report::run::MINOR),
        run: "r7f3".to_owned(),
        started: "2026-01-02T03:04:05Z".parse().expect("a time"),
        elapsed_ms: 95_000,
        provider: model::Provider::Native,
        kubernetes: vec!["1.34.2".into()],
        argo: vec![
            ArgoReport {
                versions: versions("3.5.10", "3.5.10"),
                source: "module".into(),
                profile: Some(Profile::Fast),
                settings: fast,
                images: vec![
                    image("argoexec", "argoexec:v3.5.10", Some("sha256:12ab")),
                    image("workflow-controller", "workflow-controller:v3.5.10", None),
                ],
                kubernetes: "1.34.2".into(),
                controller: None,
            },
            ArgoReport {
                versions: Versions {
                    kubernetes: Some("1.34.2".to_owned()),
                    ..versions("3.5.10", "3.5.11")
                },
                source: "release".into(),
                profile: None,
                settings: BTreeMap::new(),
                images: Vec::new(),
                kubernetes: "1.34.2".into(),
                controller: None,
            },
        ],
        stages: vec![stage("build programs", 0, 61_040), stage("cluster", 61_040, 8_200)],
        verdicts: vec![judged(known)],
        observed: vec![observed()],
        request: Some(request()),
        sessions: Vec::new(),
        programs: Vec::new(),
        checks: Vec::new(),
        untested: vec![Untested { argo: "3.4.0".to_owned(), reason: "it cannot be had".into() }],
    }
}

#[test]
fn what_a_run_ran_on() {
    insta::assert_snapshot!(what_ran(&report()), @"
run r7f3 of 2026-01-02T03:04:05Z
  Kubernetes 1.34.2, by provider native
  Argo 3.5.10, from module, profile fast
    DEFAULT_REQUEUE_TIME=1s
    argoexec: argoexec:v3.5.10 (sha256:12ab)
    workflow-controller: workflow-controller:v3.5.10 (digest not known)
  Argo workflow-controller 3.5.10, argoexec 3.5.11, argo 3.5.10, from release, on Kubernetes 1.34.2
  shard 2/3: 1 of 3 cases
  build programs     61.0s  from 0.0s
  cluster             8.2s  from 61.0s
  Argo 3.5.10: 61 requests in 60.0s: 60 get /readyz, 1 watch pods
    verdict after the deciding event: median 0.2 ms, slowest 1.9 ms
  Argo 3.4.0 was not tested: it cannot be had
  1 case in 95.0s
");
}

#[test]
fn a_report_reads_back() {
    let text = report().to_json();
    assert!(text.ends_with("}\n"));
    let read = RunReport::parse(&text).expect("it reads back");
    assert_eq!(read, report());
    assert_eq!(json(&read.verdicts[0]), json(&report().verdicts[0]));
}

#[test]
fn another_minor_version_is_read_and_its_fields_ignored() {
    let minor = format!("1,\n    {}", report::run::MINOR);
    let text = report().to_json().replace(&minor, "1,\n    7");
    let text = text.replacen('{', "{\n  \"mood\": \"fine\",", 1);
    let read = RunReport::parse(&text).expect("a minor version adds fields");
    assert_eq!(read.format, (1, 7));
}

#[test]
fn another_provider_is_refused() {
    let text = report().to_json();
    let other = text.replace("\"provider\": \"native\"", "\"provider\": \"cloud\"");
    assert_ne!(other, text);
    assert!(matches!(RunReport::parse(&other), Err(RunError::Shape(_))));
}

#[rstest]
#[case::another_major(
    r#"{"format":[2,1]}"#,
    "format 2.1 is not readable here (this program reads 1.x)"
)]
#[case::no_format(r#"{"run":"r1"}"#, "this is not the report of a run")]
#[case::no_json("run", "this is not the report of a run")]
#[case::no_run(r#"{"format":[1,0]}"#, "this is not the report of a run")]
fn what_is_no_report_is_refused(#[case] text: &str, #[case] message: &str) {
    let error: RunError = RunReport::parse(text).expect_err("no report");
    assert_eq!(error.to_string(), message);
}
