//! The words of claims.

use super::word::{self, Choice, Map, Row, Value, Word, choices};
use crate::fact::COUNT;
use crate::fact::table::FACT;
use crate::history::Part;

/// The parts whose health a claim can leave out. Without watches or the harness nothing is seen.
pub(crate) const PARTS: [(&str, Part, &str); 4] = [
    ("api-server", Part::Api, "The API server does not answer, or answers with errors."),
    (
        "controller",
        Part::Controller,
        "The workflow controller is down, or another process has replaced it.",
    ),
    ("node", Part::Node, "A node is not Ready, or does not start the pods of the case."),
    (
        "object-store",
        Part::Store,
        "The object store does not answer. A claim about objects cannot leave it out.",
    ),
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
            "The fact is true at some moment of the window.",
        )
        .needs(&["within"]),
        Modal::Eventually,
    ),
    Row::new(
        Word::new(
            "always",
            Value::Map(&FACT),
            "{ finalizer-present: workflows.argoproj.io/artifact-gc }",
            "The fact is true at every known moment of the window. With `until`, the window ends \
             when that fact becomes true.",
        )
        .needs(&["within"]),
        Modal::Always,
    ),
    Row::new(
        Word::new(
            "never",
            Value::Map(&FACT),
            "{ condition-present: ArtifactGCError }",
            "The fact is true at no moment of the window.",
        )
        .needs(&["within"]),
        Modal::Never,
    ),
    Row::new(
        Word::new(
            "whenever",
            Value::Map(&FACT),
            "{ phase: Failed }",
            "Each time this fact becomes true, `leads-to` is true then or within the window.",
        )
        .needs(&["within", "leads-to"]),
        Modal::Whenever,
    ),
    Row::new(
        Word::new(
            "happens",
            Value::Map(&FACT),
            "{ phase: Running }",
            "The number of times that the fact becomes true in the window is within `times`. \
             Facts about stored objects are excluded, because nothing watches them.",
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
            "The name of the claim in known issues and reports, unique in the case.",
        )
        .required(),
        Word::new(
            "since",
            Value::Text,
            "submit",
            "The step whose end opens the window. Default: submit.",
        ),
        Word::new(
            "after",
            Value::Map(&FACT),
            "{ phase: completed }",
            "A fact. The window opens at its first true moment from `since` on.",
        ),
        Word::new(
            "within",
            Value::Duration,
            "30s",
            "Length of the window, which is a promise of Argo. Maximum: 120 s if the last step \
             opens the window. Minimum: 3 s for `never`, `always` and `happens`.",
        ),
        Word::new(
            "for",
            Value::Duration,
            "5s",
            "Time for which the fact must stay true without a break.",
        )
        .with(&["eventually"])
        .excludes(&["before"]),
        Word::new(
            "until",
            Value::Map(&FACT),
            "{ workflow: deleting }",
            "The fact that ends `always`, and must become true within the window.",
        )
        .with(&["always"])
        .needs(&["within"]),
        Word::new(
            "leads-to",
            Value::Map(&FACT),
            "{ gc-pods-seen: some }",
            "The fact that must follow, `within` this time.",
        )
        .with(&["whenever"]),
        Word::new("times", COUNT, "1", "The number of times.").with(&["happens"]),
        Word::new(
            "while",
            Value::Map(&FACT),
            "{ objects: some }",
            "Only moments at which this fact is true count.",
        )
        .with(&["always", "never"]),
        Word::new(
            "before",
            Value::Map(&FACT),
            "{ workflow: deleting }",
            "A fact. The window closes just before its first true moment.",
        )
        .with(&["eventually", "always", "never", "happens"])
        .excludes(&["for"]),
        Word::new(
            "regardless",
            Value::Choice(&PART_WORDS),
            "node",
            "The part of the environment whose health does not count. The judge decides the \
             claim during an outage of this part too.",
        ),
    ],
};
