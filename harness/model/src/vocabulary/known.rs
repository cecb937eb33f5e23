//! The words of known issues.

use super::word::{self, Choice, Map, Row, TEXTS, Value, Word, choices};
use crate::fact::table::FACT;
use crate::profile::Profile;

/// The words for what a known issue affects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extension {
    Lines,
    Pairs,
}

pub(crate) const SETTINGS: [(&str, Profile, &str); 4] = [
    ("fast", Profile::Fast, "Argo's settings with shorter waits of the controller."),
    ("no-leader-election", Profile::NoLeaderElection, "`fast` without leader election."),
    ("ha", Profile::Ha, "`fast` with two replicas of the controller, which elect a leader."),
    ("defaults", Profile::Defaults, "Argo's settings."),
];
static SETTING_WORDS: [Choice; 4] = choices(&SETTINGS);

static PAIR_VALUE: Value = Value::Map(&PAIR);

/// The words of which a known issue has exactly one.
pub(crate) const EXTENTS: &[Row<Extension>] = &[
    Row::new(
        Word::new(
            "lines",
            Value::Lines,
            "{ '3.5': '>=3.5.6 <3.5.11', '3.6': all }",
            "The affected releases of each release line: `all`, `<V`, `>=V` or `>=V <V`. A line \
             without an entry is not affected. A line without an upper bound is open.",
        ),
        Extension::Lines,
    ),
    Row::new(
        Word::new(
            "pairs",
            Value::List(1, &PAIR_VALUE),
            "[{ from: '<=3.5.1', to: '>=3.5.3 <3.5.11' }]",
            "The affected pairs of executor and workflow controller. Components of one release \
             are no pair.",
        ),
        Extension::Pairs,
    ),
];
static ONE_OF: [Word; word::count(&[EXTENTS])] = word::words(&[EXTENTS]);

pub(crate) static KNOWN_ISSUE: Map = Map {
    what: "a known issue",
    one_of: &ONE_OF,
    beside: &[
        Word::new(
            "claims",
            TEXTS,
            "[succeeds]",
            "Ids of the claims that fail there. Each of them must fail, and no other claim.",
        )
        .required(),
        Word::new(
            "shows",
            Value::Map(&FACT),
            "{ node: { name: work, phase: Pending } }",
            "The symptom: a fact that is true when one of these claims fails. A failure without \
             the symptom is no known issue.",
        )
        .required(),
        Word::new(
            "issue",
            Value::Link,
            "https://github.com/argoproj/argo-workflows/issues/14778",
            "A link to a description of the issue. Default: the case's `why`.",
        ),
        Word::new(
            "rate",
            Value::Text,
            "7 of 15 runs",
            "The frequency of the failure, if it is a race in Argo.",
        ),
        Word::new(
            "predicted",
            Value::True,
            "true",
            "No run has measured the issue on these lines or pairs.",
        ),
        Word::new(
            "settings",
            Value::Choice(&SETTING_WORDS),
            "no-leader-election",
            "The settings of the controller that have the issue. Default: all.",
        ),
    ],
};

pub(crate) static PAIR: Map = Map {
    what: "a pair",
    one_of: &[],
    beside: &[
        Word::new(
            "from",
            Value::Releases,
            "'<=3.5.1'",
            "The affected releases of the executor: `all`, `<V`, `<=V`, `>=V`, `>=V <V` or \
             `>=V <=V`.",
        )
        .required(),
        Word::new(
            "to",
            Value::Releases,
            "'>=3.5.3 <3.5.11'",
            "The affected releases of the workflow controller, in the same forms.",
        )
        .required(),
    ],
};
