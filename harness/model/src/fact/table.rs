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
            "A node of the workflow exists and is so.",
        ),
        Word::new(
            "node-tree",
            TEXTS,
            "[root, work]",
            "The workflow's nodes are exactly these; groups of steps are not counted.",
        ),
        Word::new(
            "attempts",
            Value::Map(&ATTEMPTS),
            "{ of: work, exactly: 2 }",
            "So many attempts were made of a node that has a retry strategy.",
        ),
        Word::new(
            "starts",
            Value::List(2, &Value::Text),
            "[root, work]",
            "These nodes started one after the other. Start times have whole seconds: of two that \
             are the same the order is unknown.",
        ),
        Word::new(
            "output",
            Value::Map(&OUTPUT),
            "{ node: work, parameter: answer, value: 'yes' }",
            "A node has such an output.",
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
            "It has it not, or the workflow is gone.",
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
            "The workflow's `status.conditions` has not this type with status True.",
        ),
        Word::new(
            "objects",
            COUNT,
            "none",
            "So many objects lie in the store under the case's prefix.",
        ),
        Word::new(
            "object-present",
            Value::Either(&[Value::Key, Value::Map(&OBJECT)]),
            "'*/main.log'",
            "An object lies in the store under the case's prefix: its key below the prefix, in \
             which `*` stands for anything at either end.",
        ),
        Word::new(
            "object-absent",
            Value::Key,
            "'*/main.log'",
            "No such object lies there. A claim counts it only after one did.",
        ),
        Word::new(
            "requests",
            Value::Map(&REQUESTS),
            "{ on: DeleteObject, ended: done, at-least: 1 }",
            "So many requests to the store, for keys below the case's prefix, have ended so far.",
        ),
        Word::new(
            "requests-astray",
            COUNT,
            "some",
            "So many requests of the case's pods to the store, for keys that are not below its \
             prefix nor below that of another case, have ended so far.",
        ),
        Word::new(
            "read-after-deletion",
            Value::Key,
            "'*/result.tgz'",
            "An object of such a key was asked for after it had been deleted, and not been \
             written since.",
        ),
        Word::new(
            "workflow",
            Value::Choice(&PRESENCE_WORDS),
            "gone",
            "Whether the workflow object is there.",
        ),
        Word::new(
            "pods-seen",
            POD_COUNT,
            "{ of: work, at-least: 2 }",
            "So many distinct pods of the workflow, or of one of its nodes, were seen so far; \
             those of artifact GC are not counted.",
        ),
        Word::new(
            "pods-left",
            POD_COUNT,
            "none",
            "So many pods of the workflow, or of one of its nodes, are there now; those of \
             artifact GC are not counted.",
        ),
        Word::new(
            "gc-pods-seen",
            COUNT,
            "some",
            "So many distinct artifact GC pods were seen so far.",
        ),
        Word::new("gc-pods-left", COUNT, "none", "So many artifact GC pods are there now."),
        Word::new("gc-tasks-left", COUNT, "none", "So many artifact GC tasks are there now."),
        Word::new(
            "pod",
            Value::Map(&POD),
            "{ node: work, phase: Running }",
            "The pod of a node is there now, in this phase.",
        ),
        Word::new(
            "task-result",
            Value::Choice(&TASK_RESULT_WORDS),
            "incomplete",
            "Some task result of the workflow is so, by its label \
             `workflows.argoproj.io/report-outputs-completed`. Unknown if one has no label.",
        ),
        Word::new(
            "cel",
            Value::Text,
            "workflow.status.progress == '1/1'",
            "The result of an expression in CEL about one object: `workflow`, `other_workflow`, \
             `pod`, `task_result`, `gc_task` or `objects`. `node(\"name\")` is a node of the workflow. \
             An expression that fails is unknown: ask by `has(…)` for a field that can be missing.",
        ),
        Word::new(
            "all",
            Value::List(1, &Value::Map(&FACT)),
            "[{ nodes: fulfilled }, { objects: none }]",
            "All of these facts at once.",
        ),
        Word::new(
            "any",
            Value::List(1, &Value::Map(&FACT)),
            "[{ phase: completed }, { workflow: gone }]",
            "At least one of these facts.",
        ),
    ],
    beside: &[],
};

pub(crate) const FULFILLED: [(&str, (), &str); 1] = [("fulfilled", (), "In a final phase.")];
static FULFILLED_WORDS: [Choice; 1] = choices(&FULFILLED);

pub(crate) const PRESENCES: [(&str, Presence, &str); 3] = [
    ("present", Presence::Present, "Seen, and not deleted."),
    ("deleting", Presence::Deleting, "It has a `deletionTimestamp` and is still there."),
    ("gone", Presence::Gone, "Its deletion was seen."),
];
static PRESENCE_WORDS: [Choice; 3] = choices(&PRESENCES);

pub(crate) const TASK_RESULTS: [(&str, bool, &str); 2] =
    [("complete", true, "All outputs are reported."), ("incomplete", false, "Not yet.")];
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
    Word::new("at-least", Value::Number(1, MOST), "2", "So many or more."),
    Word::new("at-most", Value::Number(0, MOST), "1", "So many or fewer."),
    Word::new("exactly", Value::Number(0, MOST), "1", "Exactly so many."),
];

pub(crate) static BOUND: Map = Map { what: "a count", one_of: &BOUNDS, beside: &[] };

pub(crate) static PODS: Map = Map {
    what: "a count of pods",
    one_of: &BOUNDS,
    beside: &[Word::new(
        "of",
        Value::Text,
        "work",
        "Display name of the node that they run; every node unless given.",
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
            "Display name: that of a step, task or container of a set, `name(0)` for an attempt, \
             `name.hooks.other` and `name.onExit` for hooks of a step; `root`, `onExit` and \
             `hooks.other` for the workflow's own. Where several nodes have the name, a path \
             selects one: `other.work`. Without it the fact is unknown, and `lint` refuses it.",
        )
        .required(),
        Word::new("phase", Value::Phases(&NODE_PHASES), "Succeeded", "One of these phases."),
        Word::new("message", Value::Text, "exit code 1", "Part of its message."),
        Word::new(
            "started-as-at",
            Value::Text,
            "submit",
            "Its `startedAt` is what it was when the step of this name began.",
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
        Word::new("value", Value::Text, "'yes'", "The parameter's value; any unless given.")
            .with(&["parameter"]),
    ],
};

pub(crate) static OBJECT: Map = Map {
    what: "an object",
    one_of: &[],
    beside: &[
        Word::new("key", Value::Key, "'*/main.log'", "Its key below the case's prefix.").required(),
        Word::new(
            "etag",
            Value::Text,
            "5eb63bbbe01eeed093cb22bb8f5acdc3",
            "Its ETag: for what was put in one piece, the MD5 of its content in hex.",
        ),
    ],
};

pub(crate) const POD_PHASES: [(&str, &str, &str); 4] = [
    ("Pending", "Pending", "Not every container has been started."),
    ("Running", "Running", "It runs."),
    ("Succeeded", "Succeeded", "Every container has ended well."),
    ("Failed", "Failed", "A container has ended badly."),
];
static POD_PHASE_WORDS: [Choice; 4] = choices(&POD_PHASES);

pub(crate) static POD: Map = Map {
    what: "a pod",
    one_of: &[],
    beside: &[
        Word::new("node", Value::Text, "work", "Display name of the node that it runs.").required(),
        Word::new("phase", Value::Choice(&POD_PHASE_WORDS), "Running", "Its `status.phase`.")
            .required(),
    ],
};
