//! Tests of merges and of their refusals.

use std::collections::BTreeMap;

use model::history::Versions;
use model::profile::Profile;
use model::stance::KnownIssues;
use model::verdict::Verdict;
use report::merge::merge;
use report::run::{ArgoReport, Image, Stage, Untested};
use report::{Build, Judged, RunReport, RunRequest, Shard};
use rstest::rstest;

use crate::samples;

const CASES: [&str; 3] = ["a/one", "a/two", "b/three"];

fn argo(version: &str) -> ArgoReport {
    let versions = Versions::of_name(version);
    let kubernetes = versions.kubernetes.clone().unwrap_or_else(|| "1.34.4".to_owned());
    ArgoReport {
        versions,
        source: "its Go module".into(),
        profile: Some(Profile::Fast),
        settings: BTreeMap::from([("DEFAULT_REQUEUE_TIME".to_owned(), "1s".into())]),
        images: vec![Image {
            component: "workflow-controller".to_owned(),
            name: format!("workflow-controller:v{version}").into(),
            digest: Some("sha256:12ab".into()),
        }],
        kubernetes: format!("v{kubernetes}").into(),
        controller: None,
    }
}

fn judged(case: &str, version: &str) -> Judged {
    let mut verdict = samples::verdict(Verdict::Pass);
    (verdict.case, verdict.argo) = (case.to_owned(), version.to_owned());
    let history = format!("{version}/cases/{}/history.jsonl", case.replace('/', "."));
    Judged { verdict, started: None, elapsed_ms: 20_000, history: Some(history) }
}

/// A run of these cases on a version, begun at this minute.
fn run(version: &str, minute: u32, shard: Option<(usize, usize)>, cases: &[&str]) -> RunReport {
    let shard = shard.map(|(number, of)| {
        let cases = cases.iter().map(|case| (*case).to_owned()).collect();
        Shard { number, of, cases }
    });
    let started = format!("2026-01-02T03:{minute:02}:00Z").parse().expect("a time");
    RunReport {
        run: format!("r{minute}"),
        started,
        elapsed_ms: 65_000,
        argo: vec![argo(version)],
        stages: vec![Stage { name: "cluster".to_owned(), began_ms: 5, elapsed_ms: 5_000 }],
        verdicts: cases.iter().map(|case| judged(case, version)).collect(),
        untested: Vec::new(),
        request: Some(RunRequest {
            program: Build { version: "0.1.0".to_owned(), ..Build::default() },
            argo: vec![version.to_owned()],
            sources: BTreeMap::new(),
            profiles: vec![Profile::Fast],
            known_issues: KnownIssues::Expect,
            cases: CASES.map(|id| (id.to_owned(), format!("of {id}"))).into(),
            shard,
            challenge: None,
            pods: model::PodSettings::default(),
            artifact_repository: None,
        }),
        ..samples::evidence().run
    }
}

/// Two shards of a version.
fn shards() -> Vec<(String, RunReport)> {
    let one = run("3.5.10", 4, Some((1, 2)), &["a/one", "b/three"]);
    let two = run("3.5.10", 5, Some((2, 2)), &["a/two"]);
    vec![("one".to_owned(), one), ("two".to_owned(), two)]
}

fn verdicts(run: &RunReport) -> Vec<(&str, &str)> {
    let verdicts = run.verdicts.iter().map(|judged| &judged.verdict);
    let mut all: Vec<_> = verdicts.map(|v| (v.argo.as_str(), v.case.as_str())).collect();
    all.sort_unstable();
    all
}

#[test]
fn shards_make_the_run_that_was_not_cut() {
    let whole = run("3.5.10", 4, None, &CASES);
    let merged = merge(&shards()).expect("they are one");
    assert_eq!(verdicts(&merged), verdicts(&whole));
    assert_eq!((&merged.request, &merged.argo), (&whole.request, &whole.argo));
    // The merged run lasts from the first beginning to the last end.
    assert_eq!((merged.started, merged.elapsed_ms), (whole.started, 125_000));
    insta::assert_snapshot!(report::run::what_ran(&merged), @"
run r4-merged of 2026-01-02T03:04:00Z
  Kubernetes v1.34.4, by provider native
  Argo 3.5.10, from its Go module, profile fast
    DEFAULT_REQUEUE_TIME=1s
    workflow-controller: workflow-controller:v3.5.10 (sha256:12ab)
  shard 1/2: cluster      5.0s  from 0.0s
  shard 2/2: cluster      5.0s  from 60.0s
  Argo 3.5.10: 61 requests in 60.0s: 60 get /readyz, 1 watch pods
    verdict after the deciding event: median 0.2 ms, slowest 1.9 ms
  Argo 3.5.10: 61 requests in 60.0s: 60 get /readyz, 1 watch pods
    verdict after the deciding event: median 0.2 ms, slowest 1.9 ms
  made of run r4 of 2026-01-02T03:04:00Z, shard 1/2: 2 histories in 65.0s
  made of run r5 of 2026-01-02T03:05:00Z, shard 2/2: 1 history in 65.0s
  3 cases in 125.0s
");
}

#[test]
fn the_order_in_which_they_are_named_does_not_matter() {
    let mut runs = shards();
    runs.push(("three".to_owned(), run("3.7.18", 1, None, &CASES)));
    let merged = merge(&runs).expect("they are one");
    for _ in 0..runs.len() {
        runs.rotate_left(1);
        assert_eq!(merge(&runs).expect("they are one"), merged);
    }
    assert_eq!(merged.request.expect("a request").argo, ["3.5.10", "3.7.18"]);
}

#[test]
fn the_same_version_with_other_settings_is_another_column() {
    let name = "3.5.10+settings.defaults";
    let mut other = run(name, 9, None, &CASES);
    request(&mut other).profiles = vec![Profile::Defaults];
    let mut runs = shards();
    runs.push(("other".to_owned(), other));
    let merged = merge(&runs).expect("they are one").request.expect("a request");
    assert_eq!(merged.argo, ["3.5.10", name]);
    assert_eq!(merged.profiles, [Profile::Fast, Profile::Defaults]);
}

#[test]
fn the_same_version_on_another_kubernetes_is_another_column() {
    let name = "3.5.10+kubernetes.1.33.7";
    let mut runs = shards();
    runs.push(("other".to_owned(), run(name, 9, None, &CASES)));
    let merged = merge(&runs).expect("they are one");
    assert_eq!(merged.kubernetes, ["v1.34.4", "v1.33.7"]);
    assert_eq!(merged.request.expect("a request").argo, ["3.5.10", name]);
}

#[test]
fn merged_runs_are_merged_like_others() {
    let once = merge(&shards()).expect("they are one");
    let later = run("3.7.18", 9, None, &CASES);
    let runs = [("older".to_owned(), once), ("newer".to_owned(), later)];
    let merged = merge(&runs).expect("they are one");
    let sessions: Vec<_> =
        merged.sessions.iter().map(|p| (p.run.as_str(), p.shard.as_deref())).collect();
    assert_eq!(sessions, [("r4", Some("1/2")), ("r5", Some("2/2")), ("r9", None)]);
}

/// An empty shard starts no cluster, so its report has no version of Kubernetes.
#[test]
fn a_shard_without_a_case_is_needed_too() {
    let mut runs = shards();
    for (number, (_, run)) in runs.iter_mut().enumerate() {
        let request = run.request.as_mut().expect("a request");
        let cases = run.verdicts.iter().map(|judged| judged.verdict.case.clone()).collect();
        request.shard = Some(Shard { number: number + 1, of: 3, cases });
    }
    let refusals = merge(&runs).expect_err("it is missing");
    assert_eq!(refusals, ["Argo 3.5.10: shard 3/3 is missing"]);
    let mut empty = run("3.5.10", 4, Some((3, 3)), &[]);
    (empty.argo, empty.kubernetes) = (Vec::new(), Vec::new());
    runs.push(("empty".to_owned(), empty));
    let merged = merge(&runs).expect("they are one");
    assert_eq!(verdicts(&merged).len(), 3);
    assert_eq!(merged.kubernetes, ["v1.34.4"]);
}

#[test]
fn what_was_not_tested_stays_untested() {
    let mut runs = shards();
    runs[1].1.verdicts.clear();
    let reason = "the run was stopped before it".into();
    runs[1].1.untested = vec![Untested { argo: "3.5.10".to_owned(), reason }];
    let merged = merge(&runs).expect("they are one");
    let untested: Vec<&str> = merged.untested.iter().map(|u| u.reason.raw()).collect();
    assert_eq!(untested, ["shard 2/2: the run was stopped before it"]);
    assert_eq!(verdicts(&merged).len(), 2);
}

type Runs = Vec<(String, RunReport)>;

fn request(run: &mut RunReport) -> &mut RunRequest {
    run.request.as_mut().expect("a request")
}

fn another_digest(runs: &mut Runs) {
    runs[1].1.argo[0].images[0].digest = Some("sha256:34cd".into());
}

fn another_setting(runs: &mut Runs) {
    runs[1].1.argo[0].settings.clear();
}

fn another_text(runs: &mut Runs) {
    request(&mut runs[1].1).cases.insert("a/two".to_owned(), "of something else".to_owned());
}

fn another_selection(runs: &mut Runs) {
    request(&mut runs[1].1).cases.insert("c/four".to_owned(), "of c/four".to_owned());
}

fn another_partition(runs: &mut Runs) {
    let request = request(&mut runs[1].1);
    request.shard.as_mut().expect("a shard").of = 3;
}

fn the_same_shard(runs: &mut Runs) {
    runs[1] = ("again".to_owned(), runs[0].1.clone());
}

fn tried_in_both(runs: &mut Runs) {
    let other = run("3.5.10", 6, None, &CASES);
    *runs = vec![("first".to_owned(), other.clone()), ("second".to_owned(), other)];
}

fn missing(runs: &mut Runs) {
    runs.remove(0);
}

fn cut_by_another_program(runs: &mut Runs) {
    let two = run("3.5.10", 5, Some((2, 2)), &["a/one"]);
    runs[1].1 = two;
}

fn lost(runs: &mut Runs) {
    runs[0].1.verdicts.remove(0);
}

fn another_cluster(runs: &mut Runs) {
    runs[1].1.argo[0].kubernetes = "v1.33.1".into();
}

fn another_stance(runs: &mut Runs) {
    request(&mut runs[1].1).known_issues = KnownIssues::Fail;
}

fn a_day_later(runs: &mut Runs) {
    runs[1].1.started = "2026-01-03T03:04:01Z".parse().expect("a time");
}

fn another_challenge(runs: &mut Runs) {
    request(&mut runs[1].1).challenge = Some("0123456789abcdef".to_owned());
}

fn another_build(runs: &mut Runs) {
    request(&mut runs[1].1).program.dirty = true;
}

fn of_an_older_format(runs: &mut Runs) {
    (runs[1].1.format, runs[1].1.request) = ((1, 2), None);
}

#[rstest]
#[case::another_digest(
    another_digest,
    "Argo 3.5.10, in one and in two: image of workflow-controller: workflow-controller:v3.5.10 (sha256:12ab), and workflow-controller:v3.5.10 (sha256:34cd)"
)]
#[case::another_setting(
    another_setting,
    "Argo 3.5.10, in one and in two: DEFAULT_REQUEUE_TIME: 1s, and none"
)]
#[case::another_text(another_text, "a/two is not the same case in one and in two")]
#[case::another_selection(another_selection, "selected in two and not in one: c/four")]
#[case::another_partition(another_partition, "Argo 3.5.10: one is shard 1/2, and two is shard 2/3")]
#[case::the_same_shard(the_same_shard, "Argo 3.5.10: one and again are both shard 1/2")]
#[case::tried_in_both(tried_in_both, "a/one was tried on Argo 3.5.10 in first and in second")]
#[case::asked_for_in_both(tried_in_both, "Argo 3.5.10 was asked for in first and second")]
#[case::missing(missing, "Argo 3.5.10: shard 1/2 is missing")]
#[case::in_two(cut_by_another_program, "Argo 3.5.10: a/one is in one and in two")]
#[case::in_none(cut_by_another_program, "Argo 3.5.10: a/two is in no shard")]
#[case::lost(lost, "one has no verdict of a/one on Argo 3.5.10")]
#[case::another_cluster(another_cluster, "Kubernetes: v1.33.1 in two; v1.34.4 in one")]
#[case::another_cluster_of_the_same_argo(
    another_cluster,
    "Argo 3.5.10, in one and in two: Kubernetes: v1.34.4, and v1.33.1"
)]
#[case::another_stance(another_stance, "a known issue counted as: expect in one; fail in two")]
#[case::a_day_later(
    a_day_later,
    "a session of one began at 2026-01-02T03:04:00Z, and one of two at 2026-01-03T03:04:01Z: more than 24 h later"
)]
#[case::another_challenge(another_challenge, "the challenge: 0123456789abcdef in two; none in one")]
#[case::another_build(
    another_build,
    "the program: 0.1.0 commit unknown sha256: in one; 0.1.0 commit unknown, dirty sha256: in two"
)]
#[case::older(of_an_older_format, "two: a run of format 1.2 does not say what was asked for")]
fn what_is_not_one_run_is_refused(#[case] alter: fn(&mut Runs), #[case] reason: &str) {
    let mut runs = shards();
    assert!(merge(&runs).is_ok(), "they are one before");
    alter(&mut runs);
    let refusals = merge(&runs).expect_err("it is refused");
    assert!(refusals.iter().any(|refusal| refusal == reason), "{refusals:#?}");
}

#[test]
fn every_reason_is_said_at_once() {
    let mut runs = shards();
    for alter in [another_digest, another_text, lost, another_cluster] {
        alter(&mut runs);
    }
    assert_eq!(merge(&runs).expect_err("it is refused").len(), 5);
}
