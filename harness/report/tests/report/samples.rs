//! Verdicts and cases to report on.

use std::path::Path;

use model::Case;
use model::parse::{self, CaseFiles};
use model::verdict::{CaseVerdict, Finding, KnownIssueNote, Outcome, Verdict};
use report::Judged;

pub(crate) fn verdict(verdict: Verdict) -> CaseVerdict {
    CaseVerdict {
        case: "artifact-gc/failed-attempt".to_owned(),
        argo: "3.5.10".to_owned(),
        verdict,
        reason: String::new(),
        known_issue: None,
        findings: Vec::new(),
    }
}

pub(crate) fn finding(claim: &str, outcome: Outcome, because: &str) -> Finding {
    Finding {
        claim: claim.to_owned(),
        words: format!("within 30s of step delete: the workflow does what {claim} says"),
        outcome,
        doubt: (outcome == Outcome::Unknown).then_some(model::verdict::Doubt::Gap),
        because: because.to_owned(),
        events: vec![41, 57],
        decided_at: Some(42_049),
    }
}

pub(crate) fn note(fixed_in: Option<&str>) -> KnownIssueNote {
    KnownIssueNote {
        issue: "https://github.com/argoproj/argo-workflows/issues/13161".to_owned(),
        versions: ">=3.5.6, <3.5.11".to_owned(),
        fixed_in: fixed_in.map(str::to_owned),
        claims: vec!["finalizer-removed".to_owned()],
    }
}

pub(crate) fn judged(verdict: CaseVerdict) -> Judged {
    let history = Some("out/r1/artifact-gc/failed-attempt/history.jsonl".to_owned());
    Judged { verdict, elapsed_ms: 43_250, history }
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
  - { versions: '>=3.5.6, <3.5.11', claims: [finalizer-removed], rate: 7 of 15 runs }
  - { versions: '>=3.7.0', claims: [finalizer-removed, never-orphaned], issue: https://example.org/2 }
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
  - { id: never-orphaned, never: { finalizer-absent: a/b_c }, while: { objects: some } }
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
    broken: [{ versions: '<3.6.0', claims: [done] }]
";
