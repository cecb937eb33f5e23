//! The words of a case as a whole.

use super::claim::CLAIM;
use super::known::KNOWN_ISSUE;
use super::word::{Choice, Map, Value, Word, choices};
use crate::case::{Component, Level};
use crate::case_trouble::CaseTrouble;
use crate::fact::table::FACT;
use crate::step::table::STEP;

pub(crate) const LEVELS: [(&str, Level, &str); 3] = [
    ("core", Level::Core, "Every installation must pass the case."),
    ("extended", Level::Extended, "An installation with the feature must pass the case."),
    ("provisional", Level::Provisional, "The case is on trial. `--level` can leave it out."),
];
static LEVEL_WORDS: [Choice; 3] = choices(&LEVELS);

pub(crate) const COMPONENTS: [(&str, Component, &str); 3] = [
    ("workflow-controller", Component::Controller, "The workflow controller."),
    ("argoexec", Component::Executor, "The executor in every pod of a workflow."),
    ("argo", Component::Cli, "The program `argo`."),
];
static COMPONENT_WORDS: [Choice; 3] = choices(&COMPONENTS);

pub(crate) const TROUBLES: [(&str, CaseTrouble, &str); 12] = [
    ("image-pull", CaseTrouble::ImagePull, "A node cannot pull the image of a container."),
    ("scheduling", CaseTrouble::Scheduling, "No node takes a pod."),
    ("eviction", CaseTrouble::Eviction, "A node or the cluster evicts a pod."),
    ("quota", CaseTrouble::Quota, "A `ResourceQuota` refuses an object."),
    ("limit-range", CaseTrouble::LimitRange, "A `LimitRange` refuses a pod."),
    ("pod-security", CaseTrouble::PodSecurity, "Pod Security refuses a pod."),
    (
        "admission",
        CaseTrouble::Admission,
        "An admission webhook, policy or plugin refuses an object, or does not answer.",
    ),
    ("rights", CaseTrouble::Rights, "The API server forbids the controller or a pod an action."),
    (
        "executor-wait",
        CaseTrouble::ExecutorWait,
        "The executor of a pod gets no answer of the API server or the object store.",
    ),
    (
        "throttling",
        CaseTrouble::Throttling,
        "The API server or one of its clients delays requests.",
    ),
    (
        "parallelism",
        CaseTrouble::Parallelism,
        "The settings of the controller make a workflow wait for other workflows.",
    ),
    (
        "object-store",
        CaseTrouble::ObjectStore,
        "A pod cannot reach the object store, or the object store has an error of its own.",
    ),
];
static TROUBLE_WORDS: [Choice; 12] = choices(&TROUBLES);

/// A case.
pub static CASE: Map = Map {
    what: "a case",
    one_of: &[],
    beside: &[
        Word::new(
            "title",
            Value::Text,
            "A step's output artifact is there when the workflow has succeeded",
            "The sentence that must be true. Every report shows it.",
        )
        .required(),
        Word::new(
            "why",
            Value::Link,
            "https://github.com/argoproj/argo-workflows/issues/13161",
            "A link to a description of the problem.",
        )
        .required(),
        Word::new(
            "level",
            Value::Choice(&LEVEL_WORDS),
            "core",
            "The installations that must pass the case.",
        )
        .required(),
        Word::new(
            "component",
            Value::Choice(&COMPONENT_WORDS),
            "workflow-controller",
            "The component whose version decides on `applies` and `broken`.",
        )
        .required(),
        Word::new(
            "applies",
            Value::Map(&APPLIES),
            "{ versions: '>=3.5.3', reason: before it there is no such thing }",
            "The versions on which the case has a meaning. Default: all.",
        ),
        BROKEN,
        Word::new(
            "steps",
            Value::List(1, &Value::Map(&STEP)),
            "[{ submit: workflow.yaml }, { await: { phase: completed }, patience: 60s }]",
            "The actions of the case, in order. `submit` or `restore` stands once. Only `apply`, \
             `await` and `store-fault` can stand before it.",
        )
        .required(),
        Word::new(
            "expects",
            Value::List(1, &Value::Choice(&TROUBLE_WORDS)),
            "[scheduling]",
            "The trouble of the environment that the case causes. Other kinds of trouble make \
             the verdict unknown.",
        ),
        Word::new(
            "requires",
            Value::List(1, &Value::Map(&REQUIREMENT)),
            "[{ seen: { objects: some } }]",
            "The facts that the history must show before claims count. Without them the verdict \
             is unknown.",
        ),
        Word::new(
            "claims",
            Value::List(1, &Value::Map(&CLAIM)),
            "[{ id: succeeds, eventually: { phase: Succeeded }, within: 60s }]",
            "The claims that must hold in the history.",
        )
        .required(),
        Word::new(
            "overlays",
            Value::List(1, &Value::Map(&OVERLAY)),
            "[{ versions: '<3.6.0', reason: it has no lists, file: workflow.yaml, patch: { spec: {} } }]",
            "Differences of the objects between versions of the workflow controller.",
        ),
        Word::new(
            "variants",
            Value::List(1, &Value::Map(&VARIANT)),
            "[{ id: as-it-is }]",
            "Cases with the same steps and claims. Their workflows differ in a few fields.",
        ),
    ],
};

static KNOWN: Value = Value::Map(&KNOWN_ISSUE);

const BROKEN: Word = Word::new(
    "broken",
    Value::List(0, &KNOWN),
    "[{ lines: { '3.5': '<3.5.8' }, claims: [succeeds], shows: { phase: Error } }]",
    "The releases on which the case is known to fail.",
);

pub(crate) static APPLIES: Map = Map {
    what: "a restriction to versions",
    one_of: &[],
    beside: &[
        Word::new("versions", Value::Versions, "'>=3.5.3'", "The versions.").required(),
        Word::new(
            "reason",
            Value::Text,
            "it came with 3.5.3",
            "The reason why the case has no meaning on the others.",
        )
        .required(),
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
            "The versions of the workflow controller. The case's `component` does not matter.",
        )
        .required(),
        Word::new(
            "reason",
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
        Word::new(
            "seen",
            Value::Map(&FACT),
            "{ objects: some }",
            "A fact that is true at some moment.",
        )
        .required(),
        Word::new(
            "at",
            Value::Text,
            "submit",
            "The step whose start is the only moment that counts.",
        ),
    ],
};

pub(crate) static VARIANT: Map = Map {
    what: "a variant",
    one_of: &[],
    beside: &[
        Word::new(
            "id",
            Value::Name,
            "pod-gc",
            "The name, which follows `@` in the id of the case.",
        )
        .required(),
        Word::new(
            "title",
            Value::Text,
            "With pods removed",
            "The title. Default: the case's title.",
        ),
        Word::new(
            "patch",
            Value::Fields,
            "{ spec: { podGC: { strategy: OnPodCompletion } } }",
            "The change of the workflow, as a JSON merge patch. List items with a `name` are merged by name.",
        ),
        Word {
            about: "The releases on which the variant is known to fail. Default: those of the case.",
            ..BROKEN
        },
    ],
};
