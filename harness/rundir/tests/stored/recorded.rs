//! A run directory with one recorded case for each history.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use model::Case;
use model::history::{
    Action, Change, EndReason, Event, EventKind, Header, History, Kind, MAJOR, MINOR, Observation,
    StepOutcome, Versions,
};
use model::verdict::{CaseVerdict, Verdict};
use report::{Judged, RunReport};
use rundir::stored::{self, StoredCases};
use serde_json::{Value, json};

/// The time at which the workflows are stored, 30 min after their end.
pub(crate) const NOW: &str = "2026-11-30T08:30:00Z";

const CASE: &str = "
title: A rule
why: https://example.org/1
level: core
component: argo
steps: [{ submit: workflow.yaml }]
claims: [{ id: ends, eventually: { phase: Succeeded }, within: 30s }]
";

const WORKFLOW: &str = "
kind: Workflow
spec:
  entrypoint: main
  templates:
    - { name: main, suspend: {} }
    - name: files
      container: { image: argo-conformance/shell:1, command: [sh] }
      outputs: { artifacts: [] }
";

/// A recorded run.
pub(crate) struct Recorded {
    directory: tempfile::TempDir,
    judged: Vec<Judged>,
}

impl Recorded {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        Self { directory, judged: Vec::new() }
    }

    /// The run of one case `area/one` on 3.5.12, which passed.
    pub(crate) fn of(events: Vec<EventKind>) -> Self {
        Self::new().add("area/one", "3.5.12", Verdict::Pass, events)
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Adds the history of a case.
    pub(crate) fn add(
        mut self,
        id: &str,
        argo: &str,
        verdict: Verdict,
        events: Vec<EventKind>,
    ) -> Self {
        let place = format!("{argo}/cases/{}", id.replace('/', "."));
        let case = self.path().join(&place).join("case");
        fs::create_dir_all(&case).expect("a directory");
        fs::write(case.join("case.yaml"), CASE).expect("write");
        fs::write(case.join("workflow.yaml"), WORKFLOW).expect("write");
        let history = format!("{place}/history.jsonl");
        fs::write(self.path().join(&history), whole(id, argo, events).to_text()).expect("write");
        let verdict = CaseVerdict {
            case: id.to_owned(),
            argo: argo.to_owned(),
            verdict,
            reason: "".into(),
            known_issue: None,
            findings: Vec::new(),
        };
        self.judged.push(Judged { verdict, started: None, elapsed_ms: 0, history: Some(history) });
        let report = json!({ "format": [report::run::MAJOR, report::run::MINOR], "run": "r1",
            "started": NOW, "elapsed_ms": 1, "provider": "native", "kubernetes": [], "argo": [],
            "stages": [], "verdicts": self.judged, "untested": [], "observed": [] });
        fs::write(self.path().join("run.json"), report.to_string()).expect("write");
        RunReport::parse(&report.to_string()).expect("a report");
        self
    }

    /// The cases about its workflows of 3.5.12.
    pub(crate) fn stored(&self) -> StoredCases {
        let now: Timestamp = NOW.parse().expect("a time");
        let of = Versions::all("3.5.12");
        stored::cases(self.path(), &of, |_: &Case| true, now).expect("cases")
    }

    /// The only case about its workflow.
    pub(crate) fn only(&self) -> Case {
        let StoredCases { mut cases, left_out } = self.stored();
        assert_eq!((cases.len(), &left_out), (1, &Vec::new()));
        cases.remove(0)
    }
}

fn whole(id: &str, argo: &str, events: Vec<EventKind>) -> History {
    let header = Header {
        format: (MAJOR, MINOR),
        run: "r1".to_owned(),
        case: id.to_owned(),
        argo: Versions::of_name(argo),
        namespace: "area-one-3".to_owned(),
        workflow: model::case::workflow_name(id),
        started: "2026-11-30T07:59:00Z".to_owned(),
        steps: vec!["submit".to_owned()],
        controller: None,
        requests: false,
        challenge: None,
    };
    let numbered = (1..).zip(events).map(|(n, kind)| Event { n, at: n * 100, kind });
    History { header, events: numbered.collect(), torn: false }
}

/// A workflow with more or other fields. `null` removes a field.
pub(crate) fn workflow(more: &Value) -> Value {
    let mut object = json!({
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {
            "name": "one", "namespace": "area-one-3", "uid": "u1", "resourceVersion": "7",
            "generation": 4, "creationTimestamp": "2026-11-30T07:59:30Z", "managedFields": [],
            "labels": { "argo-conformance/run": "r1", "workflows.argoproj.io/completed": "true" },
            "finalizers": ["workflows.argoproj.io/artifact-gc"],
        },
        "spec": { "entrypoint": "main", "templates": [{ "name": "main", "suspend": {} }] },
        "status": {
            "phase": "Failed", "finishedAt": "2026-11-30T08:00:00Z",
            "artifactRepositoryRef": { "default": true },
            "message": "no key \"area-one-3/a\" is there",
            "nodes": { "one": { "id": "one", "name": "one", "displayName": "one",
                "type": "Suspend", "templateName": "main", "phase": "Failed" } },
        },
    });
    merge(&mut object, more);
    object
}

fn merge(value: &mut Value, more: &Value) {
    let (Some(fields), Some(more)) = (value.as_object_mut(), more.as_object()) else {
        *value = more.clone();
        return;
    };
    for (name, more) in more {
        if more.is_null() {
            fields.remove(name);
        } else {
            merge(fields.entry(name).or_insert(Value::Null), more);
        }
    }
}

/// The workflow while it waits for `resume`, and after its end.
pub(crate) fn suspended(more: &Value) -> Value {
    let mut object = workflow(&json!({ "metadata": { "finalizers": [] }, "status": {
        "phase": "Running", "finishedAt": null, "message": null,
        "nodes": { "one": { "phase": "Running" } } } }));
    merge(&mut object, more);
    object
}

pub(crate) fn succeeded() -> Value {
    suspended(&json!({ "status": { "phase": "Succeeded", "finishedAt": "2026-11-30T08:00:00Z",
        "nodes": { "one": { "phase": "Succeeded" } } } }))
}

pub(crate) fn seen(kind: Kind, object: Value) -> EventKind {
    EventKind::Observed(Observation { kind, change: Change::Modified, object })
}

pub(crate) fn pod(uid: &str) -> EventKind {
    seen(
        Kind::Pod,
        json!({ "metadata": { "name": uid, "uid": uid,
            "labels": { "workflows.argoproj.io/workflow": "one" },
            "annotations": { "workflows.argoproj.io/node-name": "one.other" } } }),
    )
}

pub(crate) fn begun(step: &str, action: Action) -> EventKind {
    EventKind::StepBegun { step: step.to_owned(), action }
}

pub(crate) fn done(step: &str) -> EventKind {
    EventKind::StepEnded { step: step.to_owned(), outcome: StepOutcome::Done(String::new()) }
}

/// The events of a workflow that ended in this state.
pub(crate) fn ended_as(object: Value) -> Vec<EventKind> {
    vec![seen(Kind::Workflow, object), EventKind::Ended(EndReason::Decided)]
}

/// The events of a workflow that was resumed in this state, needed one pod more, and succeeded.
pub(crate) fn resumed_in(object: Value) -> Vec<EventKind> {
    vec![
        pod("before"),
        seen(Kind::Workflow, object),
        begun("resume", Action::Resume),
        pod("after"),
        seen(Kind::Workflow, succeeded()),
        EventKind::Ended(EndReason::Decided),
    ]
}
