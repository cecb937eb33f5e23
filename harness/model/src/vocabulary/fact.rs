//! The words of facts.

use super::{Choice, MOST, Map, REQUESTS, TEXTS, Value, Word, choices};
use crate::fact::{Count, NODE_PHASES, Presence, WORKFLOW_PHASES};

/// A fact.
pub static FACT: Map = Map {
    what: "a fact",
    one_of: &[
        Word::new(
            "phase",
            Value::Phases(&WORKFLOW_PHASES),
            "completed",
            "The workflow's `status.phase` is one of these.",
        ),
        Word::new(
            "nodes",
            Value::Choice(&FULFILLED_WORDS),
            "fulfilled",
            "The workflow has nodes, and each of them has a final phase.",
        ),
        Word::new(
            "node",
            Value::Map(&NODE),
            "{ name: work, phase: Succeeded }",
            "A node of the workflow exists and has these fields.",
        ),
        Word::new(
            "node-tree",
            TEXTS,
            "[root, work]",
            "The workflow's nodes are exactly these. Groups of steps do not count.",
        ),
        Word::new(
            "attempts",
            Value::Map(&ATTEMPTS),
            "{ of: work, exactly: 2 }",
            "The number of attempts of a node with a retry strategy is within the count.",
        ),
        Word::new(
            "starts",
            Value::List(2, &Value::Text),
            "[root, work]",
            "These nodes started in this order. Start times have whole seconds. The order of two \
             equal times is unknown.",
        ),
        Word::new(
            "output",
            Value::Map(&OUTPUT),
            "{ node: work, parameter: answer, value: 'yes' }",
            "A node has this output.",
        ),
        Word::new(
            "finalizer-present",
            Value::Text,
            "workflows.argoproj.io/artifact-gc",
            "The workflow's `metadata.finalizers` has this one.",
        ),
        Word::new(
            "finalizer-absent",
            Value::Text,
            "workflows.argoproj.io/artifact-gc",
            "The workflow's `metadata.finalizers` lacks this one, or the workflow is gone.",
        ),
        Word::new(
            "condition-present",
            Value::Text,
            "ArtifactGCError",
            "The workflow's `status.conditions` has this type with status True.",
        ),
        Word::new(
            "condition-absent",
            Value::Text,
            "ArtifactGCError",
            "The workflow's `status.conditions` lacks this type with status True.",
        ),
        Word::new(
            "objects",
            COUNT,
            "none",
            "The number of objects below the case's prefix in the object store is within the \
             count.",
        ),
        Word::new(
            "object-present",
            Value::Either(&[Value::Key, Value::Map(&OBJECT)]),
            "'*/main.log'",
            "An object with this key is below the case's prefix in the object store. `*` stands \
             for any text at either end.",
        ),
        Word::new(
            "object-absent",
            Value::Key,
            "'*/main.log'",
            "No object with this key is there. A claim counts the absence only after such an \
             object existed.",
        ),
        Word::new(
            "requests",
            Value::Map(&REQUESTS),
            "{ on: DeleteObject, ended: done, at-least: 1 }",
            "The number of ended requests for keys below the case's prefix is within the count.",
        ),
        Word::new(
            "requests-astray",
            COUNT,
            "some",
            "The number of ended requests of the case's pods for other keys is within the count. \
             Keys below the prefix of another case do not count.",
        ),
        Word::new(
            "read-after-deletion",
            Value::Key,
            "'*/result.tgz'",
            "A request for an object of this key came after its deletion, and before a new write.",
        ),
        Word::new(
            "workflow",
            Value::Choice(&PRESENCE_WORDS),
            "gone",
            "The state of the workflow object.",
        ),
        Word::new(
            "pods-seen",
            POD_COUNT,
            "{ of: work, at-least: 2 }",
            "The number of distinct pods that were seen so far is within the count. The pods are \
             those of the workflow, or of one of its nodes. Pods of artifact GC do not count.",
        ),
        Word::new(
            "pods-left",
            POD_COUNT,
            "none",
            "The number of present pods is within the count. The pods are those of the workflow, \
             or of one of its nodes. Pods of artifact GC do not count.",
        ),
        Word::new(
            "gc-pods-seen",
            COUNT,
            "some",
            "The number of distinct artifact GC pods that were seen so far is within the count.",
        ),
        Word::new(
            "gc-pods-left",
            COUNT,
            "none",
            "The number of present artifact GC pods is within the count.",
        ),
        Word::new(
            "gc-tasks-left",
            COUNT,
            "none",
            "The number of present artifact GC tasks is within the count.",
        ),
        Word::new(
            "pod",
            Value::Map(&POD),
            "{ node: work, phase: Running }",
            "The pod of a node is present and has this phase.",
        ),
        Word::new(
            "task-result",
            Value::Choice(&TASK_RESULT_WORDS),
            "incomplete",
            "Some task result of the workflow has this state, by its label \
             `workflows.argoproj.io/report-outputs-completed`. A task result without the label \
             makes the fact unknown.",
        ),
        Word::new(
            "cel",
            Value::Text,
            "workflow.status.progress == '1/1'",
            "The result of a CEL expression about one object: `workflow`, `other_workflow`, \
             `pod`, `task_result`, `gc_task` or `objects`. `node(\"name\")` is a node of the \
             workflow. A failed expression makes the fact unknown. Test an optional field with \
             `has(…)`.",
        ),
        Word::new(
            "all",
            Value::List(1, &Value::Map(&FACT)),
            "[{ nodes: fulfilled }, { objects: none }]",
            "All of these facts are true at the same moment.",
        ),
        Word::new(
            "any",
            Value::List(1, &Value::Map(&FACT)),
            "[{ phase: completed }, { workflow: gone }]",
            "At least one of these facts is true.",
        ),
    ],
    beside: &[],
};

pub(crate) const FULFILLED: [(&str, (), &str); 1] =
    [("fulfilled", (), "Each node has a final phase.")];
static FULFILLED_WORDS: [Choice; 1] = choices(&FULFILLED);

pub(crate) const PRESENCES: [(&str, Presence, &str); 3] = [
    ("present", Presence::Present, "The object was seen and is not deleted."),
    ("deleting", Presence::Deleting, "The object has a `deletionTimestamp` and still exists."),
    ("gone", Presence::Gone, "The deletion of the object was seen."),
];
static PRESENCE_WORDS: [Choice; 3] = choices(&PRESENCES);

pub(crate) const TASK_RESULTS: [(&str, bool, &str); 2] = [
    ("complete", true, "All outputs are reported."),
    ("incomplete", false, "Some outputs are not reported yet."),
];
static TASK_RESULT_WORDS: [Choice; 2] = choices(&TASK_RESULTS);

pub(crate) const COUNTS: [(&str, Count, &str); 2] =
    [("none", Count::Exactly(0), "0."), ("some", Count::AtLeast(1), "1 or more.")];
static COUNT_WORDS: [Choice; 2] = choices(&COUNTS);

/// A count: a number, a word, or a bound.
pub(super) const COUNT: Value =
    Value::Either(&[Value::Number(0, MOST), Value::Choice(&COUNT_WORDS), Value::Map(&BOUND)]);
const POD_COUNT: Value =
    Value::Either(&[Value::Number(0, MOST), Value::Choice(&COUNT_WORDS), Value::Map(&PODS)]);

pub(super) static BOUNDS: [Word; 3] = [
    Word::new("at-least", Value::Number(1, MOST), "2", "The smallest number."),
    Word::new("at-most", Value::Number(0, MOST), "1", "The largest number."),
    Word::new("exactly", Value::Number(0, MOST), "1", "The only number."),
];

pub(crate) static BOUND: Map = Map { what: "a count", one_of: &BOUNDS, beside: &[] };

pub(crate) static PODS: Map = Map {
    what: "a count of pods",
    one_of: &BOUNDS,
    beside: &[Word::new(
        "of",
        Value::Text,
        "work",
        "Display name of the node of the pods. Default: every node.",
    )],
};

pub(crate) static ATTEMPTS: Map = Map {
    what: "a count of attempts",
    one_of: &BOUNDS,
    beside: &[Word::new("of", Value::Text, "work", "Display name of the node.").required()],
};

pub(crate) static NODE: Map = Map {
    what: "a node",
    one_of: &[],
    beside: &[
        Word::new(
            "name",
            Value::Text,
            "work",
            "Display name of a step, a task or a container of a set. `name(0)` is an attempt. \
             `name.hooks.other` and `name.onExit` are hooks of a step. `root`, `onExit` and \
             `hooks.other` belong to the workflow. A path selects one of several nodes with the \
             same name: `other.work`. Without a path the fact is unknown, and `lint` refuses the \
             case.",
        )
        .required(),
        Word::new(
            "phase",
            Value::Phases(&NODE_PHASES),
            "Succeeded",
            "The node has one of these phases.",
        ),
        Word::new("message", Value::Text, "exit code 1", "Part of the node's message."),
        Word::new(
            "started-as-at",
            Value::Text,
            "submit",
            "The node's `startedAt` has not changed since the start of this step.",
        ),
    ],
};

pub(crate) static OUTPUT: Map = Map {
    what: "an output",
    one_of: &[
        Word::new("parameter", Value::Text, "answer", "The output is the parameter of this name."),
        Word::new("artifact", Value::Text, "result", "The output is the artifact of this name."),
    ],
    beside: &[
        Word::new("node", Value::Text, "work", "Display name of the node.").required(),
        Word::new("value", Value::Text, "'yes'", "Value of the parameter. Default: any.")
            .with(&["parameter"]),
    ],
};

pub(crate) static OBJECT: Map = Map {
    what: "an object",
    one_of: &[],
    beside: &[
        Word::new("key", Value::Key, "'*/main.log'", "Key of the object below the case's prefix.")
            .required(),
        Word::new(
            "etag",
            Value::Text,
            "5eb63bbbe01eeed093cb22bb8f5acdc3",
            "ETag of the object. An object that was written in one piece has the MD5 of its \
             content in hex.",
        ),
    ],
};

pub(crate) const POD_PHASES: [(&str, &str, &str); 4] = [
    ("Pending", "Pending", "Some container has not started."),
    ("Running", "Running", "The pod runs."),
    ("Succeeded", "Succeeded", "Every container has succeeded."),
    ("Failed", "Failed", "A container has failed."),
];
static POD_PHASE_WORDS: [Choice; 4] = choices(&POD_PHASES);

pub(crate) static POD: Map = Map {
    what: "a pod",
    one_of: &[],
    beside: &[
        Word::new("node", Value::Text, "work", "Display name of the node of the pod.").required(),
        Word::new("phase", Value::Choice(&POD_PHASE_WORDS), "Running", "The pod's `status.phase`.")
            .required(),
    ],
};
