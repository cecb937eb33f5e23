//! Every kind of claim and fact: read from a case file, and said in words.

use std::path::Path;

use model::parse::{CaseFiles, cases};

const WORKFLOW: &str = "
kind: Workflow
spec:
  onExit: work
  templates:
    - name: main
      steps:
        - - name: produce
            template: work
        - - name: consume
            template: work
    - name: work
      container: { image: argo-conformance/shell:1, command: [sh] }
";

const HEAD: &str = "
title: A rule
why: https://example.com/1
level: core
component: argo
steps:
  - submit: workflow.yaml
  - await: { phase: completed }
    as: done
    patience: 60s
  - retry: {}
claims:
";

/// The claim in words, or its errors.
fn said(claim: &str) -> String {
    let files = [
        ("case.yaml".to_owned(), format!("{HEAD}  - id: c\n    {claim}\n")),
        ("workflow.yaml".to_owned(), WORKFLOW.to_owned()),
    ];
    let input = CaseFiles { directory: Path::new("cases/a/b"), id: "a/b", files: &files };
    match cases(&input) {
        Ok(cases) => cases[0].claims.claims[0].to_string(),
        Err(diagnostics) => {
            let lines: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
            lines.join("\n")
        }
    }
}

/// Each claim with what is said of it.
fn all(claims: &[&str]) -> String {
    let said = claims.iter().map(|claim| format!("{claim}\n  {}\n", said(claim)));
    said.collect()
}

#[test]
fn modalities() {
    insta::assert_snapshot!(all(&[
        "eventually: { phase: Failed }\n    within: 30s",
        "eventually: { phase: Failed }\n    within: 30s\n    for: 5s",
        "eventually: { phase: Failed }\n    within: 30s\n    before: { workflow: gone }",
        "eventually: { phase: Failed }\n    within: 30s\n    since: done\n    after: { objects: some }",
        "always: { phase: Failed }\n    within: 30s\n    while: { objects: some }",
        "always: { phase: Failed }\n    until: { workflow: gone }\n    within: 30s",
        "never: { phase: Failed }\n    within: 30s\n    before: { workflow: gone }",
        "whenever: { phase: Failed }\n    leads-to: { workflow: gone }\n    within: 30s",
        "happens: { phase: Failed }\n    within: 30s\n    times: 1",
        "happens: { phase: Failed }\n    times: { at-most: 2 }\n    within: 30s",
        "eventually: { phase: Failed }\n    within: 30s\n    regardless: api-server",
        "never: { phase: Failed }\n    within: 30s\n    regardless: controller",
        "always: { phase: Failed }\n    within: 30s\n    while: { objects: some }\n    regardless: node",
        "eventually: { requests: { on: PutObject, at-least: 1 } }\n    within: 30s\n    regardless: object-store",
    ]));
}

#[test]
fn facts() {
    let facts = [
        "node: { name: produce }",
        "node: { name: root, phase: Succeeded, message: oh, started-as-at: retry }",
        "node-tree: [root, produce, consume, onExit]",
        "attempts: { of: produce, exactly: 2 }",
        "starts: [produce, consume]",
        "output: { node: produce, parameter: p, value: '1' }",
        "output: { node: produce, artifact: a }",
        "objects: { exactly: 3 }",
        "object-present: a/b.txt",
        "object-present: { key: '*.txt', etag: 900150983cd24fb0d6963f7d28e17f72 }",
        "object-absent: 'a*'",
        "requests: { on: DeleteObject, key: '*.txt', ended: done, at-least: 1 }",
        "requests: { on: GetObject, ended: failed, at-most: 2 }",
        "requests: { on: PutObject, exactly: 1 }",
        "requests-astray: some",
        "read-after-deletion: '*'",
        "pods-left: none",
        "pods-left: { of: produce, at-most: 1 }",
        "gc-pods-seen: some",
        "gc-pods-left: none",
        "gc-tasks-left: none",
        "task-result: incomplete",
        "cel: 'workflow.status.progress == \"1/1\"'",
        "all: [{ phase: Failed }, { nodes: fulfilled }]",
        "any: [{ phase: Failed }, { workflow: deleting }]",
    ];
    let claims: Vec<String> =
        facts.map(|fact| format!("always: {{ {fact} }}\n    within: 30s")).to_vec();
    let claims: Vec<&str> = claims.iter().map(String::as_str).collect();
    insta::assert_snapshot!(all(&claims));
}

#[test]
fn what_is_wrong_with_a_claim() {
    insta::assert_snapshot!(all(&[
        "eventually: { phase: Failed }\n    within: 30s\n    until: { workflow: gone }",
        "never: { phase: Failed }",
        "never: { phase: Failed }\n    since: submit\n    before: { workflow: gone }",
        "always: { phase: Failed }\n    since: done",
        "never: { phase: Failed }\n    within: 2s",
        "always: { phase: Failed }\n    within: 2900ms",
        "happens: { phase: Failed }\n    times: 1\n    within: 1s",
        "never: { phase: Failed }\n    within: 30s\n    for: 5s",
        "always: { phase: Failed }\n    until: { workflow: gone }",
        "whenever: { phase: Failed }\n    within: 30s",
        "whenever: { phase: Failed }\n    leads-to: { workflow: gone }",
        "happens: { phase: Failed }",
        "happens: { objects: some }\n    times: 1\n    within: 30s",
        "happens: { phase: Failed }\n    times: often\n    within: 30s",
        "happens: { phase: Failed }\n    times: 1\n    while: { objects: some }\n    within: 30s",
        "eventually: { phase: Failed }\n    within: 30s\n    for: 5s\n    before: { workflow: gone }",
        "always: { starts: [produce] }\n    within: 30s",
        "always: { starts: [produce, consum] }\n    within: 30s",
        "always: { node-tree: [root, produse] }\n    within: 30s",
        "always: { attempts: { of: produce } }\n    within: 30s",
        "always: { output: { node: produce } }\n    within: 30s",
        "always: { output: { node: produce, artifact: a, value: '1' } }\n    within: 30s",
        "always: { object-present: 'a*b' }\n    within: 30s",
        "always: { gc-tasks-left: lots }\n    within: 30s",
        "always: { requests: { at-least: 1 } }\n    within: 30s",
        "always: { requests: { on: DeleteObjct, ended: badly, at-least: 1 } }\n    within: 30s",
        "always: { read-after-deletion: 'a*b' }\n    within: 30s",
        "never: { phase: Failed }\n    within: 30s\n    regardless: watches",
        "never: { phase: Failed }\n    within: 30s\n    regardless: [node, controller]",
        "never: { phase: Failed }\n    within: 30s\n    regardless: object-store",
        "never: { objects: some }\n    within: 30s\n    regardless: object-store",
    ]));
}

#[test]
fn what_is_wrong_with_an_expression() {
    insta::assert_snapshot!(all(&[
        "always: { cel: 'workflow.status.phase ==' }\n    within: 30s",
        "always:\n      cel: workflow.status.phase = 'Failed'\n    within: 30s",
        "always:\n      cel: |\n        workflow.status.phase == 'Failed'\n          && workflow.status.(\n    within: 30s",
        "always: { cel: 'workfow.status.phase == \"Failed\"' }\n    within: 30s",
        "always: { cel: 'workflow.status.phase.startWith(\"F\")' }\n    within: 30s",
        "always: { cel: 'workflow.status.phase == \"F\" && pod.status.phase == \"F\"' }\n    within: 30s",
        "always: { cel: '1 == 1' }\n    within: 30s",
        "always: { cel: 'workflow.status.nodes.exists(n, m == 1)' }\n    within: 30s",
        "always: { cel: '((((((((((((((((workflow))))))))))))))))' }\n    within: 30s",
        "always: { cel: [1] }\n    within: 30s",
        "always: { cel: '' }\n    within: 30s",
    ]));
}
