//! Sample verdicts and cases.

use std::collections::BTreeMap;
use std::path::Path;

use model::history::{Part, Unobserved, Versions};
use model::parse::{self, CaseFiles};
use model::profile::Profile;
use model::verdict::{CaseVerdict, Declared, Doubt, Finding, KnownIssueNote, Outcome, Verdict};
use model::{Case, Untrusted};
use report::observed::Observed;
use report::run::{ArgoReport, Image, Untested};
use report::{CaseFile, Detection, Evidence, Judged, RunReport};

pub(crate) fn verdict(verdict: Verdict) -> CaseVerdict {
    CaseVerdict {
        case: "artifact-gc/failed-attempt".to_owned(),
        argo: "3.5.10".to_owned(),
        verdict,
        reason: Untrusted::default(),
        known_issue: None,
        findings: Vec::new(),
    }
}

pub(crate) fn finding(claim: &str, outcome: Outcome, reason: &str) -> Finding {
    Finding {
        claim: claim.to_owned(),
        words: format!("within 30s of step delete: the workflow does what {claim} says"),
        outcome,
        reason: reason.into(),
        events: vec![41, 57],
        decided_at: Some(42_049),
        symptoms: Vec::new(),
        unobserved: Vec::new(),
    }
}

pub(crate) fn note(fixed_in: Option<&str>) -> KnownIssueNote {
    KnownIssueNote {
        issue: "https://github.com/argoproj/argo-workflows/issues/13161".to_owned(),
        declared: Declared::Line {
            line: "3.5".to_owned(),
            releases: fixed_in.map_or(">=3.5.6".to_owned(), |fix| format!(">=3.5.6 <{fix}")),
            fixed_in: fixed_in.map(str::to_owned),
            fixed_elsewhere: vec!["3.7.2".to_owned()],
        },
        predicted: false,
        claims: vec!["finalizer-removed".to_owned()],
    }
}

pub(crate) fn judged(verdict: CaseVerdict) -> Judged {
    let history = Some("out/r1/artifact-gc/failed-attempt/history.jsonl".to_owned());
    Judged { verdict, started: None, elapsed_ms: 43_250, history }
}

pub(crate) fn case(id: &str, text: &str) -> Vec<Case> {
    let workflow = "\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
spec:
  entrypoint: main
  templates:
    - name: main
      steps: [[{ name: produce, template: produce }]]
";
    let files = [
        ("case.yaml".to_owned(), text.to_owned()),
        ("workflow.yaml".to_owned(), workflow.to_owned()),
    ];
    let directory = Path::new("cases").join(id);
    let input = CaseFiles { directory: &directory, id, files: &files };
    parse::cases(&input).expect("the sample is a case")
}

pub(crate) const CASE: &str = "\
title: A failed attempt's artifact | does not stop *garbage collection*
why: https://github.com/argoproj/argo-workflows/issues/13161
level: core
component: argoexec
broken:
  - { lines: { '3.5': '>=3.5.6 <3.5.11', '3.6': all }, claims: [finalizer-removed], rate: 7 of 15 runs, shows: { condition-present: ArtifactGCError } }
  - lines: { '3.7': all, '4.0': '<4.0.9' }
    claims: [finalizer-removed, never-orphaned]
    shows: { pods-left: some }
    issue: https://example.org/2
    predicted: true
steps:
  - submit: workflow.yaml
  - { await: { phase: completed }, patience: 60s }
  - delete: {}
  - { as: again, delete: {} }
requires:
  - seen: { task-result: incomplete }
  - { seen: { objects: some }, at: delete }
claims:
  - { id: finalizer-removed, eventually: { finalizer-absent: a/b_c }, within: 30s, since: delete }
  - { id: never-orphaned, never: { finalizer-absent: a/b_c }, within: 9s, while: { objects: some } }
";

pub(crate) const VARIANTS: &str = "\
title: Retry keeps what succeeded
why: https://example.org/3
level: extended
component: workflow-controller
steps:
  - submit: workflow.yaml
claims:
  - { id: done, eventually: { phase: completed }, within: 30s }
variants:
  - id: steps
    patch: { spec: { parallelism: 1 } }
  - id: dag
    title: Retry keeps what succeeded in a DAG
    broken: [{ lines: { '3.4': all, '3.5': '<3.5.9' }, claims: [done], shows: { phase: Error } }]
";

/// Text with markup or commands of every format.
pub(crate) const HOSTILE: &str =
    "<script>alert(1)</script> & \"'|`*_ ]]> %0A\n::error::x ##[debug]y\u{1b}[31m\u{0}";

fn of(case: &str, argo: &str, kind: Verdict, reason: &str) -> CaseVerdict {
    let (case, argo) = (case.to_owned(), argo.to_owned());
    CaseVerdict { case, argo, reason: reason.into(), ..verdict(kind) }
}

fn failed(argo: &str) -> Judged {
    let mut failed = of("artifact-gc/failed-attempt", argo, Verdict::Fail, "1 of 2 claims failed");
    failed.findings = vec![
        finding("finalizer-removed", Outcome::Pass, "it was"),
        finding("never-orphaned", Outcome::Fail, "at 3.0s: no finalizer, 2 objects"),
    ];
    judged(failed)
}

fn argo_report() -> ArgoReport {
    ArgoReport {
        versions: Versions::all("3.5.10"),
        source: "its Go module".into(),
        profile: Some(Profile::Fast),
        settings: BTreeMap::from([("DEFAULT_REQUEUE_TIME".to_owned(), "1s".into())]),
        images: vec![Image {
            component: "workflow-controller".to_owned(),
            name: "quay.io/argoproj/workflow-controller:v3.5.10".into(),
            digest: Some("sha256:12ab".into()),
        }],
        kubernetes: "v1.34.4".into(),
        controller: None,
    }
}

pub(crate) fn observed() -> Observed {
    Observed {
        argo: "3.5.10".to_owned(),
        elapsed_ms: 60_000,
        requests: [("get /readyz".to_owned(), 60), ("watch pods".to_owned(), 1)].into(),
        verdict_us: vec![180, 240, 1_930],
    }
}

/// A run with each verdict, and a failure on two versions.
pub(crate) fn evidence() -> Evidence {
    let case_id = "artifact-gc/failed-attempt";
    let mut unknown = of("retry/keeps@dag", "3.5.10", Verdict::Unknown, "done is not decided");
    unknown.findings =
        vec![finding("done", Outcome::Unknown(Doubt::Gap), "a gap in the watch of pods")];
    let known_words = "known issue, fixed in 3.5.11: https://example.org/1";
    let mut known = of("retry/keeps@steps", "3.5.10", Verdict::KnownIssue, known_words);
    known.known_issue = Some(note(Some("3.5.11")));
    known.findings = vec![finding("done", Outcome::Fail, "it was Running for 30s")];
    let mut none = judged(of("retry/keeps@dag", "3.4.0", Verdict::NotApplicable, "not before 3.5"));
    (none.history, none.elapsed_ms) = (None, 0);
    let fixed = of("retry/keeps@steps", "3.10.0", Verdict::Fixed, "declared to fail, and passes");
    let passed = of(case_id, "3.10.0", Verdict::Pass, "all 2 claims hold");
    let verdicts = vec![failed("3.5.10"), failed("3.5.8"), judged(unknown), judged(known), none];
    let verdicts = verdicts.into_iter().chain([judged(fixed), judged(passed)]).collect();
    Evidence {
        run: RunReport {
            format: (report::run::MAJOR, report::run::MINOR),
            run: "r7f3".to_owned(),
            started: "2026-01-02T03:04:05Z".parse().expect("a time"),
            elapsed_ms: 95_000,
            provider: model::Provider::Native,
            kubernetes: vec!["v1.34.4".into()],
            argo: vec![argo_report()],
            stages: Vec::new(),
            verdicts,
            observed: vec![observed()],
            request: None,
            sessions: Vec::new(),
            programs: Vec::new(),
            checks: Vec::new(),
            untested: vec![Untested {
                argo: "4.0.1".to_owned(),
                reason: "it cannot be had as a Go module".into(),
            }],
        },
        cases: case(case_id, CASE)
            .into_iter()
            .chain(case("retry/keeps", VARIANTS))
            .map(|case| (case.id.clone(), case))
            .collect(),
        files: BTreeMap::from([(
            case_id.to_owned(),
            CaseFile { path: format!("cases/{case_id}/case.yaml"), text: CASE.to_owned() },
        )]),
        timelines: BTreeMap::new(),
        detection: Some(Detection {
            claims: 4,
            killed: 3,
            surviving: vec!["retry/keeps@dag: done".to_owned()],
            untried: vec!["retry/keeps@steps".to_owned()],
        }),
    }
}

/// A run with [`HOSTILE`] as every foreign text.
pub(crate) fn hostile() -> Evidence {
    let mut evidence = evidence();
    evidence.run.verdicts.truncate(1);
    let judged = &mut evidence.run.verdicts[0];
    for text in [&mut judged.verdict.case, &mut judged.verdict.argo] {
        *text += HOSTILE;
    }
    judged.verdict.reason = format!("{}{HOSTILE}", judged.verdict.reason.raw()).into();
    let mut bad = finding("never-orphaned", Outcome::Fail, HOSTILE);
    bad.claim += HOSTILE;
    bad.words += HOSTILE;
    bad.unobserved = vec![Unobserved { part: Part::Node, reason: HOSTILE.to_owned() }];
    judged.verdict.findings = vec![bad];
    judged.history = Some(HOSTILE.to_owned());
    let surviving = HOSTILE.to_owned();
    evidence.detection = Some(Detection { surviving: vec![surviving], ..Detection::default() });
    HOSTILE.clone_into(&mut evidence.run.run);
    evidence.run.kubernetes = vec![HOSTILE.into()];
    evidence.run.argo[0].kubernetes = HOSTILE.into();
    evidence.run.untested[0].reason = HOSTILE.into();
    evidence.run.argo[0].images[0].name = HOSTILE.into();
    evidence
}

/// Name of an installation whose components are of three releases.
pub(crate) const SKEW: &str = "3.5.8+executor.3.4.17.cli.3.5.10";

/// A run on one installation of three releases: a failure, and a known issue of a pair.
pub(crate) fn skewed() -> Evidence {
    let mut evidence = evidence();
    evidence.run.argo[0].versions = Versions::of_name(SKEW);
    let (from, to) = ("<=3.5.1".to_owned(), ">=3.5.3 <3.5.11".to_owned());
    let note = KnownIssueNote { declared: Declared::Pair { from, to }, ..note(None) };
    let mut known = of("retry/keeps@steps", SKEW, Verdict::KnownIssue, &note.to_string());
    known.known_issue = Some(note);
    known.findings = vec![finding("done", Outcome::Fail, "it was Running for 30s")];
    evidence.run.verdicts = vec![failed(SKEW), judged(known)];
    evidence.run.untested.clear();
    evidence
}

/// A run without a verdict.
pub(crate) fn empty() -> Evidence {
    let mut evidence = evidence();
    evidence.run.verdicts.clear();
    evidence.run.untested.clear();
    evidence
}
