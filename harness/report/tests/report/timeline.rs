use model::history::{
    Action, Change, EndReason, Kind, Observation, Operation, Part, Request, StepOutcome,
};
use model::{Event, EventKind};
use report::timeline::{Group, Timeline};
use serde_json::{Value, json};

fn seen(kind: Kind, change: Change, object: Value) -> EventKind {
    EventKind::Observed(Observation { kind, change, object })
}

fn workflow(change: Change, phase: &str, finalizers: &[&str], nodes: &Value) -> EventKind {
    let object = json!({
        "metadata": { "name": "case", "finalizers": finalizers },
        "status": { "phase": phase, "nodes": nodes,
            "conditions": [{ "type": "PodRunning", "status": "False" }] },
    });
    seen(Kind::Workflow, change, object)
}

fn node(name: &str, phase: &str) -> Value {
    json!({ "displayName": name, "type": "Pod", "phase": phase, "startedAt": "2026-01-02T03:04:05Z" })
}

/// A timeline of events 1 s apart.
fn of(events: impl IntoIterator<Item = EventKind>) -> Timeline {
    let numbered = (1..).zip(events).map(|(n, what)| Event { n, at: n * 1000, kind: what });
    Timeline::of(&numbered.collect::<Vec<_>>())
}

/// The rows of a timeline, one a line: group, name and spans.
fn words(timeline: &Timeline) -> String {
    let rows = timeline.rows.iter().map(|row| {
        let spans: Vec<String> =
            row.spans.iter().map(|s| format!("{} {}-{}", s.word, s.from, s.to)).collect();
        format!("{:?} {}: {}\n", row.group, row.name, spans.join(", "))
    });
    rows.collect()
}

#[test]
fn what_is_the_same_is_one_span_and_what_is_gone_ends_it() {
    let pod = |change, phase: &str| {
        let meta = json!({ "name": "case-1", "uid": "u1",
            "annotations": { "workflows.argoproj.io/node-name": "case(0)" } });
        seen(Kind::Pod, change, json!({ "metadata": meta, "status": { "phase": phase } }))
    };
    let keys = |n: usize| (0..n).map(|k| k.to_string()).collect();
    let listed = |n| EventKind::Listed { asked_at: 0, keys: keys(n), etags: Vec::new() };
    let timeline = of([
        EventKind::StepBegun {
            step: "submit".into(),
            action: Action::Submit { workflow: json!({}) },
        },
        workflow(Change::Added, "", &[], &json!({})),
        EventKind::StepEnded { step: "submit".into(), outcome: StepOutcome::Done(String::new()) },
        workflow(
            Change::Modified,
            "Running",
            &["a/gc"],
            &json!({ "n1": node("case(0)", "Pending") }),
        ),
        pod(Change::Added, "Pending"),
        pod(Change::Modified, "Running"),
        listed(0),
        listed(2),
        listed(2),
        workflow(
            Change::Modified,
            "Running",
            &["a/gc"],
            &json!({ "n1": node("case(0)", "Failed") }),
        ),
        pod(Change::Deleted, "Running"),
        workflow(Change::Modified, "Failed", &[], &json!({ "n2": node("case(0)", "Running") })),
        workflow(Change::Deleted, "Failed", &[], &json!({})),
        listed(0),
        EventKind::Ended(EndReason::Decided),
    ]);
    assert_eq!(timeline.end, 15_000);
    insta::assert_snapshot!(words(&timeline), @"
Steps submit: submit the workflow 1000-3000
Workflow phase: not yet acted on 2000-4000, Running 4000-12000, Failed 12000-13000
Workflow finalizer a/gc: there 4000-12000
Nodes case(0) (Pod): Pending 4000-10000, Failed 10000-12000
Pods case(0): Pending 5000-6000, Running 6000-11000
Store objects: 2 objects 8000-14000
Nodes case(0) (Pod): Running 12000-13000
");
}

#[test]
fn trouble_and_gaps_are_drawn_and_a_healthy_environment_is_not() {
    let probed = |trouble: Option<&str>| EventKind::Probed {
        part: Part::Api,
        error: trouble.map(str::to_owned),
    };
    let timeline = of([
        probed(None),
        probed(Some("connection refused")),
        probed(Some("connection refused")),
        probed(None),
        EventKind::Gap { kind: Kind::Pod, reason: "too old resource version".into() },
        EventKind::StepBegun { step: "wait".into(), action: Action::Stop },
    ]);
    assert!(timeline.rows.iter().any(|row| row.group == Group::Environment));
    insta::assert_snapshot!(words(&timeline), @"
Environment API server: connection refused 2000-4000
Environment gap in the watch of Pod: too old resource version 5000-5000
Steps wait: argo stop 6000-6000
");
    assert_eq!(of([probed(None), probed(None)]).rows, []);
}

#[test]
fn a_request_says_which_pod_made_it_and_whose_fault_it_met() {
    let request = |asked, status, fault: Option<&str>| {
        EventKind::Requested(Request {
            from: "10.0.0.1".to_owned(),
            operation: Operation::DeleteObject,
            bucket: "b".to_owned(),
            key: "ns/a".to_owned(),
            asked_at: asked,
            status: Some(status),
            sent: 0,
            received: 0,
            broken: false,
            fault: fault.map(str::to_owned),
        })
    };
    let pod = json!({
        "metadata": { "name": "case-gc", "uid": "u1" },
        "status": { "phase": "Running", "podIP": "10.0.0.1" },
    });
    // The history has the pod's address only after the first request.
    let first = request(900, 503, Some("broken"));
    let timeline = of([first, seen(Kind::Pod, Change::Added, pod), request(2800, 204, None)]);
    insta::assert_snapshot!(words(&timeline), @"
Pods case-gc: Running 2000-3000
Store DeleteObject: ns/a: 503 by broken (case-gc) 900-1000, ns/a: 204 (case-gc) 2800-3000
");
}

/// Compressed nodes, as Argo writes them: the node `wf` of type `Pod` in phase `Error`.
const COMPRESSED: &str = "H4sIAAAAAAACA1XLPQ7CMAyG4atYngtS10iMrIgDdDG1C5Fo8+NEpap6d5pUDEz+nlfyivNwatHAipb3c7ABnGiUw0Vs1b9puf3FtPiqu+NC/yKtvsboYimjqNKzNu9YodsfOwSrMLj4sMwyGZBPL8LCELJLZCA0ECVk0SRsflPPvc+XFrftC9POHc+xAAAA";

#[test]
fn nodes_are_shown_wherever_the_status_has_them() {
    let state = |status: Value| {
        let object = json!({ "metadata": { "name": "case" }, "status": status });
        seen(Kind::Workflow, Change::Modified, object)
    };
    let timeline = of([
        state(json!({ "phase": "Running", "compressedNodes": COMPRESSED })),
        state(json!({ "phase": "Running", "offloadNodeStatusVersion": "fnv:1" })),
        state(json!({ "phase": "Failed", "compressedNodes": COMPRESSED })),
    ]);
    let nodes = words(&timeline);
    let nodes: Vec<&str> = nodes.lines().filter(|line| line.starts_with("Nodes")).collect();
    assert_eq!(nodes, ["Nodes wf (Pod): Error 1000-3000"]);
}
