//! The meaning of each fact on a world in which nothing of the fact was seen.
//!
//! The list has a line for each word, so a new fact without a vacuity guard shows.

use model::history::{Change, EventKind, Header, Kind, Observation, Versions};
use model::vocabulary::FACT;
use model::{Event, Fact, World};
use serde_json::{Value as Json, json};

fn header() -> Header {
    let text = || "x".to_owned();
    Header {
        format: (model::history::MAJOR, model::history::MINOR),
        run: text(),
        case: text(),
        argo: Versions::all("x"),
        namespace: "ns".to_owned(),
        workflow: "wf".to_owned(),
        started: text(),
        steps: vec![],
        controller: None,
        requests: true,
        challenge: None,
    }
}

/// The world after a workflow in this state, with every kind watched and no object of another kind.
fn world(status: &Json) -> World {
    let object = json!({ "metadata": { "name": "wf", "uid": "1" }, "status": status });
    let seen = Observation { kind: Kind::Workflow, change: Change::Added, object };
    let watching = |kind| EventKind::Bookmark { kind, version: "1".to_owned(), asked_at: 0 };
    let listed = EventKind::Listed { asked_at: 0, keys: vec![], etags: vec![] };
    let mut world = World::new(&header());
    let events = Kind::ALL.map(watching).into_iter().chain([EventKind::Observed(seen), listed]);
    for (n, what) in (0..).zip(events) {
        world.apply(&Event { n, at: n, kind: what });
    }
    world
}

/// The fact of a word's example.
fn fact(word: &model::vocabulary::Word) -> Fact {
    let mut map = serde_json::Map::new();
    map.insert(word.name.to_owned(), super::example(word));
    let case = super::of_fact(&Json::Object(map)).case().expect("a case");
    case.claims.requires[0].fact.clone()
}

/// A line for each word of facts.
fn lines(of: impl Fn(&Fact) -> String) -> String {
    let lines = FACT.one_of.iter().map(|word| format!("{}: {}", word.name, of(&fact(word))));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn every_fact_says_why_it_speaks_of_nothing() {
    let status = json!({ "phase": "Running", "nodes": { "wf": {
        "id": "wf", "name": "wf", "displayName": "wf", "type": "Steps", "phase": "Running" } } });
    let world = world(&status);
    let line = |fact: &Fact| {
        let (nothing, absent) = (world.matched_nothing(fact), world.absent_from_the_start(fact));
        format!("{:?}, {nothing:?}, {absent:?}", world.holds(fact))
    };
    insta::assert_snapshot!(lines(line), @r#"
    phase: False, None, None
    finalizer-present: False, None, None
    finalizer-absent: True, None, Some(Nothing("the workflow never had the finalizer workflows.argoproj.io/artifact-gc"))
    condition-present: False, None, None
    condition-absent: True, None, None
    workflow: False, None, None
    nodes: False, None, None
    node: Unknown, Some(NoNode("node work never existed; there are: root")), None
    node-tree: False, None, None
    attempts: False, Some(NoNode("node work never existed; there are: root")), None
    starts: Unknown, Some(NoNode("node work never existed; there are: root")), None
    output: Unknown, Some(NoNode("node work never existed; there are: root")), None
    objects: True, None, Some(Nothing("no object ever lay under the case's prefix"))
    object-present: False, None, None
    object-absent: True, None, Some(Nothing("no object */main.log ever lay under the case's prefix"))
    requests: False, Some(Nothing("no request to the store for a key below the case's prefix was ever seen")), None
    requests-astray: False, Some(Nothing("no request to the store for a key below the case's prefix was ever seen")), None
    read-after-deletion: False, Some(Nothing("no request to the store for a key below the case's prefix was ever seen")), None
    pods-seen: False, Some(Nothing("no pod of node work was ever seen")), None
    pods-left: True, Some(Nothing("no pod of the workflow was ever seen")), None
    gc-pods-seen: False, None, None
    gc-pods-left: True, None, Some(Nothing("there never was an artifact GC pod"))
    pod: False, Some(Nothing("no pod of node work was ever seen")), None
    task-result: False, Some(Nothing("no task result was ever seen")), None
    gc-tasks-left: True, None, Some(Nothing("there never was an artifact GC task"))
    cel: Unknown, None, None
    all: False, None, Some(Nothing("no object ever lay under the case's prefix"))
    any: False, None, None
    "#);
}

#[test]
fn every_fact_says_why_it_is_untold() {
    let world = world(&json!({}));
    let line = |fact: &Fact| format!("{:?}, {:?}", world.holds(fact), world.untold(fact));
    insta::assert_snapshot!(lines(line), @r#"
    phase: False, None
    finalizer-present: Unknown, None
    finalizer-absent: Unknown, Some(NotActed("the workflow lacks the finalizer workflows.argoproj.io/artifact-gc, but the controller had not acted on the workflow yet"))
    condition-present: Unknown, None
    condition-absent: Unknown, Some(NotActed("the workflow lacks the condition ArtifactGCError, but the controller had not acted on the workflow yet"))
    workflow: False, None
    nodes: False, None
    node: Unknown, Some(NoNode("node work never existed; there are: no nodes"))
    node-tree: Unknown, None
    attempts: Unknown, Some(NoNode("node work never existed; there are: no nodes"))
    starts: Unknown, Some(NoNode("node root never existed; there are: no nodes"))
    output: Unknown, Some(NoNode("node work never existed; there are: no nodes"))
    objects: Unknown, Some(NotActed("no objects lie under the case's prefix, but the controller had not acted on the workflow yet"))
    object-present: Unknown, Some(NotActed("the object */main.log lies under the case's prefix, but the controller had not acted on the workflow yet"))
    object-absent: Unknown, Some(NotActed("the object */main.log does not lie under the case's prefix, but the controller had not acted on the workflow yet"))
    requests: False, Some(Nothing("no request to the store for a key below the case's prefix was ever seen"))
    requests-astray: False, Some(Nothing("no request to the store for a key below the case's prefix was ever seen"))
    read-after-deletion: False, Some(Nothing("no request to the store for a key below the case's prefix was ever seen"))
    pods-seen: False, Some(Nothing("no pod of node work was ever seen"))
    pods-left: True, Some(Nothing("no pod of the workflow was ever seen"))
    gc-pods-seen: False, None
    gc-pods-left: True, None
    pod: False, Some(Nothing("no pod of node work was ever seen"))
    task-result: False, Some(Nothing("no task result was ever seen"))
    gc-tasks-left: True, None
    cel: Unknown, None
    all: False, Some(NotActed("no objects lie under the case's prefix, but the controller had not acted on the workflow yet"))
    any: False, None
    "#);
}

#[test]
fn every_fact_describes_the_world() {
    let world = world(&json!({ "phase": "Running" }));
    let line = |fact: &Fact| format!("{fact}; {}", world.describe(fact));
    insta::assert_snapshot!(lines(line), @r#"
    phase: the workflow is completed; phase Running; no nodes
    finalizer-present: the workflow has the finalizer workflows.argoproj.io/artifact-gc; the workflow object is there, phase Running, finalizers [], conditions []
    finalizer-absent: the workflow lacks the finalizer workflows.argoproj.io/artifact-gc; the workflow object is there, phase Running, finalizers [], conditions []
    condition-present: the workflow has the condition ArtifactGCError; the workflow object is there, phase Running, finalizers [], conditions []
    condition-absent: the workflow lacks the condition ArtifactGCError; the workflow object is there, phase Running, finalizers [], conditions []
    workflow: the workflow object is gone; the workflow object is there, phase Running, finalizers [], conditions []
    nodes: every node has a final phase; no nodes
    node: node work is Succeeded; no node work; there are: no nodes
    node-tree: the nodes are exactly root, work; the nodes are no nodes
    attempts: exactly 2 attempts of node work were made; 0 attempts of node work: 
    starts: the nodes start in order: root, work; node root started never, node work started never
    output: node work has the output parameter answer with the value "yes"; no node work; there are: no nodes
    objects: no objects lie under the case's prefix; no objects
    object-present: the object */main.log lies under the case's prefix; no objects
    object-absent: the object */main.log does not lie under the case's prefix; no objects
    requests: at least 1 DeleteObject of * were done; no DeleteObject was asked for
    requests-astray: at least 1 requests were for keys outside the case's prefix; no request of the case's pods went elsewhere
    read-after-deletion: */result.tgz was read after it had been deleted; nothing was asked of the store
    pods-seen: at least 2 pods of node work were seen; no pods were seen
    pods-left: no pods of the workflow are left; no pods were seen
    gc-pods-seen: at least 1 artifact GC pods were seen; no pods were seen
    gc-pods-left: no artifact GC pods are left; no pods were seen
    pod: the pod of node work is Running; no pods were seen
    task-result: a task result is incomplete; no task results
    gc-tasks-left: no artifact GC tasks are left; artifact GC tasks: []
    cel: `workflow.status.progress == '1/1'`; phase Running; no nodes
    all: every node has a final phase and no objects lie under the case's prefix; no nodes; no objects
    any: the workflow is completed or the workflow object is gone; phase Running; no nodes; the workflow object is there, phase Running, finalizers [], conditions []
    "#);
}

#[test]
fn every_fact_has_its_kinds() {
    let line = |fact: &Fact| format!("{:?}, absence: {}", fact.kinds(), fact.is_absence());
    insta::assert_snapshot!(lines(line), @r"
    phase: [Workflow], absence: false
    finalizer-present: [Workflow], absence: false
    finalizer-absent: [Workflow], absence: true
    condition-present: [Workflow], absence: false
    condition-absent: [Workflow], absence: true
    workflow: [Workflow], absence: false
    nodes: [Workflow], absence: false
    node: [Workflow], absence: false
    node-tree: [Workflow], absence: false
    attempts: [Workflow], absence: true
    starts: [Workflow], absence: false
    output: [Workflow], absence: false
    objects: [], absence: true
    object-present: [], absence: false
    object-absent: [], absence: true
    requests: [], absence: false
    requests-astray: [Pod], absence: false
    read-after-deletion: [], absence: false
    pods-seen: [Pod], absence: false
    pods-left: [Pod], absence: true
    gc-pods-seen: [Pod], absence: false
    gc-pods-left: [Pod], absence: true
    pod: [Pod], absence: false
    task-result: [TaskResult], absence: false
    gc-tasks-left: [GcTask], absence: true
    cel: [Workflow], absence: false
    all: [Workflow], absence: false
    any: [Workflow, Workflow], absence: false
    ");
}
