//! The words of claims.

use super::word::{self, Choice, Map, Row, Value, Word, choices};
use crate::fact::COUNT;
use crate::fact::table::FACT;
use crate::history::Part;

/// The parts whose health a claim can leave out. Without watches or the harness nothing is seen.
pub(crate) const PARTS: [(&str, Part, &str); 4] = [
    ("api-server", Part::Api, "It does not answer, or answers with errors."),
    ("controller", Part::Controller, "The workflow controller is down, or another process."),
    ("node", Part::Node, "It is not Ready, or does not start the pods of the case."),
    ("object-store", Part::Store, "It does not answer. Not for a claim about objects."),
];
static PART_WORDS: [Choice; 4] = choices(&PARTS);

/// The words of modalities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Modal {
    Eventually,
    /// With or without `until`.
    Always,
    Never,
    Whenever,
    Happens,
}

/// The words of which a claim has exactly one.
pub(crate) const MODALITIES: &[Row<Modal>] = &[
    Row::new(
        Word::new(
            "eventually",
            Value::Map(&FACT),
            "{ phase: Succeeded }",
            "The fact holds at some moment of the window.",
        )
        .needs(&["within"]),
        Modal::Eventually,
    ),
    Row::new(
        Word::new(
            "always",
            Value::Map(&FACT),
            "{ finalizer-present: workflows.argoproj.io/artifact-gc }",
            "The fact holds at every moment of the window at which anything is known; with \
             `until`, up to the moment when that holds, which must come.",
        )
        .needs(&["within"]),
        Modal::Always,
    ),
    Row::new(
        Word::new(
            "never",
            Value::Map(&FACT),
            "{ condition-present: ArtifactGCError }",
            "The fact holds at no moment of the window.",
        )
        .needs(&["within"]),
        Modal::Never,
    ),
    Row::new(
        Word::new(
            "whenever",
            Value::Map(&FACT),
            "{ phase: Failed }",
            "Each time this fact becomes true, `leads-to` holds at that moment or soon after it.",
        )
        .needs(&["within", "leads-to"]),
        Modal::Whenever,
    ),
    Row::new(
        Word::new(
            "happens",
            Value::Map(&FACT),
            "{ phase: Running }",
            "The fact becomes true so many `times` in the window. Not for the store, which is \
             listed and not watched.",
        )
        .needs(&["within", "times"]),
        Modal::Happens,
    ),
];
static ONE_OF: [Word; word::count(&[MODALITIES])] = word::words(&[MODALITIES]);

/// A claim.
pub static CLAIM: Map = Map {
    what: "a claim",
    one_of: &ONE_OF,
    beside: &[
        Word::new(
            "id",
            Value::Name,
            "succeeds",
            "Unique in the case; known issues and reports name the claim by it.",
        )
        .required(),
        Word::new(
            "since",
            Value::Text,
            "submit",
            "The step whose end opens the window; `submit` unless given.",
        ),
        Word::new(
            "after",
            Value::Map(&FACT),
            "{ phase: completed }",
            "The window opens at the first moment from `since` on at which this holds.",
        ),
        Word::new(
            "within",
            Value::Duration,
            "30s",
            "Length of the window: Argo's promise, not our patience. At most 120 s where the last \
             step opens it; at least 3 s for `never`, `always` and `happens`.",
        ),
        Word::new(
            "for",
            Value::Duration,
            "5s",
            "From that moment on, for so long without a break.",
        )
        .with(&["eventually"])
        .excludes(&["before"]),
        Word::new(
            "until",
            Value::Map(&FACT),
            "{ workflow: deleting }",
            "What ends it, and must come within the window.",
        )
        .with(&["always"])
        .needs(&["within"]),
        Word::new(
            "leads-to",
            Value::Map(&FACT),
            "{ gc-pods-seen: some }",
            "What must follow, `within` of it.",
        )
        .with(&["whenever"]),
        Word::new("times", COUNT, "1", "How many times.").with(&["happens"]),
        Word::new(
            "while",
            Value::Map(&FACT),
            "{ objects: some }",
            "Only moments at which this holds count.",
        )
        .with(&["always", "never"]),
        Word::new(
            "before",
            Value::Map(&FACT),
            "{ workflow: deleting }",
            "The window closes just before the first moment in it at which this holds.",
        )
        .with(&["eventually", "always", "never", "happens"])
        .excludes(&["for"]),
        Word::new(
            "regardless",
            Value::Choice(&PART_WORDS),
            "node",
            "The part of the environment whose health does not count: the claim is decided \
             during its outage too.",
        ),
    ],
};
