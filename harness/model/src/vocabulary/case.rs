//! The words of a case as a whole.

use super::claim::CLAIM;
use super::word::{Choice, Map, TEXTS, Value, Word, choices};
use crate::case::{Component, Level};
use crate::case_trouble::CaseTrouble;
use crate::fact::table::FACT;
use crate::step::table::STEP;

pub(crate) const LEVELS: [(&str, Level, &str); 3] = [
    ("core", Level::Core, "Every installation must pass."),
    ("extended", Level::Extended, "An installation that has the feature must pass."),
    ("provisional", Level::Provisional, "On trial: it is reported, and can be left out by level."),
];
static LEVEL_WORDS: [Choice; 3] = choices(&LEVELS);

pub(crate) const COMPONENTS: [(&str, Component, &str); 3] = [
    ("workflow-controller", Component::Controller, "The controller."),
    ("argoexec", Component::Executor, "The executor, which is in every pod."),
    ("argo", Component::Cli, "The command line."),
];
static COMPONENT_WORDS: [Choice; 3] = choices(&COMPONENTS);

pub(crate) const TROUBLES: [(&str, CaseTrouble, &str); 8] = [
    ("image-pull", CaseTrouble::ImagePull, "A node cannot get the image of a container."),
    ("scheduling", CaseTrouble::Scheduling, "No node takes a pod."),
    ("eviction", CaseTrouble::Eviction, "A node or the cluster gives up a pod."),
    ("quota", CaseTrouble::Quota, "A `ResourceQuota` refuses an object."),
    ("limit-range", CaseTrouble::LimitRange, "A `LimitRange` refuses a pod."),
    ("pod-security", CaseTrouble::PodSecurity, "Pod Security refuses a pod."),
    (
        "admission",
        CaseTrouble::Admission,
        "An admission webhook or policy refuses an object, or does not answer.",
    ),
    (
        "throttling",
        CaseTrouble::Throttling,
        "The API server or a client of it holds requests back.",
    ),
];
static TROUBLE_WORDS: [Choice; 8] = choices(&TROUBLES);

/// A case.
pub static CASE: Map = Map {
    what: "a case",
    one_of: &[],
    beside: &[
        Word::new(
            "title",
            Value::Text,
            "A step's output artifact is there when the workflow has succeeded",
            "What must be true, in a sentence; the case's title in every report.",
        )
        .required(),
        Word::new(
            "why",
            Value::Link,
            "https://github.com/argoproj/argo-workflows/issues/13161",
            "Where the problem is described.",
        )
        .required(),
        Word::new(
            "level",
            Value::Choice(&LEVEL_WORDS),
            "core",
            "How much of an installation's promise it is.",
        )
        .required(),
        Word::new(
            "component",
            Value::Choice(&COMPONENT_WORDS),
            "workflow-controller",
            "The component whose version decides where the case applies and is known to fail.",
        )
        .required(),
        Word::new(
            "applies",
            Value::Map(&APPLIES),
            "{ versions: '>=3.5.3', because: before it there is no such thing }",
            "The versions on which the case has a meaning; all unless given.",
        ),
        BROKEN,
        Word::new(
            "steps",
            Value::List(1, &Value::Map(&STEP)),
            "[{ submit: workflow.yaml }, { await: { phase: completed }, patience: 60s }]",
            "What is done, one after the other: `submit` once, and before it nothing but `apply`, `await` and `store-fault`.",
        )
        .required(),
        Word::new(
            "expects",
            Value::List(1, &Value::Choice(&TROUBLE_WORDS)),
            "[scheduling]",
            "The trouble of the environment that the case brings about. Other trouble of these kinds \
             makes the verdict unknown.",
        ),
        Word::new(
            "requires",
            Value::List(1, &Value::Map(&REQUIREMENT)),
            "[{ seen: { objects: some } }]",
            "What the history must show so that the claims mean anything; else the verdict is \
             unknown, never pass.",
        ),
        Word::new(
            "claims",
            Value::List(1, &Value::Map(&CLAIM)),
            "[{ id: succeeds, eventually: { phase: Succeeded }, within: 60s }]",
            "What must be true of the history.",
        )
        .required(),
        Word::new(
            "overlays",
            Value::List(1, &Value::Map(&OVERLAY)),
            "[{ versions: '<3.6.0', because: it has no lists, file: workflow.yaml, patch: { spec: {} } }]",
            "Differences of the objects between versions of the workflow controller.",
        ),
        Word::new(
            "variants",
            Value::List(1, &Value::Map(&VARIANT)),
            "[{ id: as-it-is }]",
            "The same steps and claims on workflows that differ in a few fields: a case of each.",
        ),
    ],
};

static KNOWN: Value = Value::Map(&KNOWN_ISSUE);

const BROKEN: Word = Word::new(
    "broken",
    Value::List(0, &KNOWN),
    "[{ lines: { '3.5': '<3.5.8' }, claims: [succeeds], shows: { phase: Error } }]",
    "The releases on which it is known to fail.",
);

pub(crate) static APPLIES: Map = Map {
    what: "where a case applies",
    one_of: &[],
    beside: &[
        Word::new("versions", Value::Versions, "'>=3.5.3'", "The versions.").required(),
        Word::new("because", Value::Text, "it came with 3.5.3", "Why not on the others.")
            .required(),
    ],
};

pub(crate) static KNOWN_ISSUE: Map = Map {
    what: "a known issue",
    one_of: &[],
    beside: &[
        Word::new(
            "lines",
            Value::Lines,
            "{ '3.5': '>=3.5.6 <3.5.11', '3.6': all }",
            "The affected releases of each release line: `all`, `<V`, `>=V` or `>=V <V`. A line \
             that is not named is not affected. A line without an upper bound is open.",
        )
        .required(),
        Word::new(
            "claims",
            TEXTS,
            "[succeeds]",
            "Ids of the claims that fail there: exactly these, for one of them that passes is \
             news too.",
        )
        .required(),
        Word::new(
            "shows",
            Value::Map(&FACT),
            "{ node: { name: work, phase: Pending } }",
            "The symptom: the fact at the moment at which one of these claims fails. A failure \
             without the symptom is not the known one.",
        )
        .required(),
        Word::new(
            "issue",
            Value::Link,
            "https://github.com/argoproj/argo-workflows/issues/14778",
            "Where it is described; the case's `why` unless given.",
        ),
        Word::new(
            "rate",
            Value::Text,
            "7 of 15 runs",
            "How often it shows, where it is a race of Argo's own.",
        ),
        Word::new(
            "predicted",
            Value::True,
            "true",
            "No run has measured the issue on these lines.",
        ),
    ],
};

pub(crate) static OVERLAY: Map = Map {
    what: "an overlay",
    one_of: &[],
    beside: &[
        Word::new(
            "versions",
            Value::Versions,
            "'<3.6.0'",
            "The versions of the workflow controller, whichever component decides.",
        )
        .required(),
        Word::new(
            "because",
            Value::Text,
            "lists of locks came with 3.6.0",
            "The difference between these versions and the others.",
        )
        .required(),
        Word::new(
            "file",
            Value::Text,
            "workflow.yaml",
            "The file of a `submit` or `apply` step. The patch changes each of its objects.",
        )
        .required(),
        Word::new(
            "patch",
            Value::Fields,
            "{ spec: { templates: [{ name: work, synchronization: { mutexes: null } }] } }",
            "The change, as a JSON merge patch. List items with a `name` are merged by name.",
        )
        .required(),
    ],
};

pub(crate) static REQUIREMENT: Map = Map {
    what: "a requirement",
    one_of: &[],
    beside: &[
        Word::new("seen", Value::Map(&FACT), "{ objects: some }", "The fact, at some moment.")
            .required(),
        Word::new("at", Value::Text, "submit", "Only at the moment when this step began."),
    ],
};

pub(crate) static VARIANT: Map = Map {
    what: "a variant",
    one_of: &[],
    beside: &[
        Word::new("id", Value::Name, "pod-gc", "Its name, behind `@` in the id of its case.")
            .required(),
        Word::new("title", Value::Text, "With pods removed", "Its title; the case's unless given."),
        Word::new(
            "patch",
            Value::Fields,
            "{ spec: { podGC: { strategy: OnPodCompletion } } }",
            "The change of the workflow, as a JSON merge patch. List items with a `name` are merged by name.",
        ),
        Word {
            about: "The releases on which it is known to fail; as the case unless given.",
            ..BROKEN
        },
    ],
};
