//! Facts about requests to the object store.

use std::fmt;

use super::Fact;
use super::count::{BOUND_WORDS, COUNT, Count, bound, count};
use super::reader::ReadFact;
use crate::history::{Kind, Operation};
use crate::parse::fields::{Fields, Reader};
use crate::vocabulary::store::{ANY_KEY, ENDING_WORDS, ENDINGS, KEY, ON, OPERATIONS};
use crate::vocabulary::word::{Map, Row, Value, Word};
use crate::yaml::Node;

/// A fact about requests to the object store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestFact {
    /// The number of ended requests to the store for keys below the case's prefix is within a
    /// count.
    Requests(RequestsFact),
    /// The number of ended requests of the case's pods to the store for other keys is within the
    /// count. Keys below the prefix of another case are not counted.
    Astray(Count),
    /// An object of such a key was asked for after it had been deleted.
    ReadAfterDeletion(String),
}

/// A kind of request to the store, and a bound on the number of such requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestsFact {
    /// The operation of the requests.
    pub on: Operation,
    /// The key of the requests, below the case's prefix; `*` at either end stands for anything.
    pub key: String,
    /// Whether it was done; either way unless given.
    pub done: Option<bool>,
    /// Bound on the number of requests.
    pub count: Count,
}

impl RequestFact {
    /// The kind of object that it reads besides requests.
    pub(super) fn kind(&self) -> Option<Kind> {
        match self {
            Self::Astray(_) => Some(Kind::Pod),
            Self::Requests(_) | Self::ReadAfterDeletion(_) => None,
        }
    }

    /// Whether its truth is an upper bound of a count.
    pub(super) fn is_absence(&self) -> bool {
        match self {
            Self::Requests(requests) => requests.count.has_upper_bound(),
            Self::Astray(count) => count.has_upper_bound(),
            Self::ReadAfterDeletion(_) => false,
        }
    }
}

/// The words, and their readers.
pub(super) const WORDS: &[Row<ReadFact>] = &[
    Row::new(
        Word::new(
            "requests",
            Value::Map(&REQUESTS),
            "{ on: DeleteObject, ended: done, at-least: 1 }",
            "The number of ended requests for keys below the case's prefix is within the count.",
        ),
        |node, _, _, r| Some(Fact::Requests(RequestFact::Requests(requests(node, r)?))),
    ),
    Row::new(
        Word::new(
            "requests-astray",
            COUNT,
            "some",
            "The number of ended requests of the case's pods for other keys is within the count. \
             Keys below the prefix of another case do not count.",
        ),
        |node, _, _, r| Some(Fact::Requests(RequestFact::Astray(count(node, r)?))),
    ),
    Row::new(
        Word::new(
            "read-after-deletion",
            Value::Key,
            "'*/result.tgz'",
            "A request for an object of this key came after its deletion, and before a new write.",
        ),
        |node, _, _, r| Some(Fact::Requests(RequestFact::ReadAfterDeletion(r.key(node)?))),
    ),
];

static REQUESTS: Map = Map {
    what: "a count of requests",
    one_of: &BOUND_WORDS,
    beside: &[
        ON,
        KEY,
        Word::new(
            "ended",
            Value::Choice(&ENDING_WORDS),
            "done",
            "End of the requests. Default: either.",
        ),
    ],
};

fn requests(node: &Node, r: &mut Reader) -> Option<RequestsFact> {
    let mut f = Fields::of(&REQUESTS, node, r)?;
    let on = f.required("on", r).and_then(|n| r.one_of(n, "operation", &OPERATIONS));
    let key = f.optional("key").map_or_else(|| Some(ANY_KEY.to_owned()), |n| r.key(n));
    let ended = f.optional("ended").map(|n| r.one_of(n, "end of a request", &ENDINGS));
    let count = bound(f, r)?;
    let done = ended.map_or(Some(None), |e| e.map(Some))?;
    Some(RequestsFact { on: on?, key: key?, done, count })
}

impl fmt::Display for RequestFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Requests(requests) => requests.fmt(f),
            Self::Astray(count) => {
                write!(f, "{count} requests were for keys outside the case's prefix")
            }
            Self::ReadAfterDeletion(key) => write!(f, "{key} was read after it had been deleted"),
        }
    }
}

impl fmt::Display for RequestsFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ended = match self.done {
            Some(true) => "done",
            Some(false) => "not done",
            None => "made",
        };
        write!(f, "{} {} of {} were {ended}", self.count, self.on.name(), self.key)
    }
}
