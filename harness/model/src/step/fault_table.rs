//! The table of faults of the object store: every word with its reader.

use super::fault::{Misbehaviour, S3Error, StoreFault};
use crate::parse::fields::{Fields, Reader};
use crate::vocabulary::store::{ANY_KEY, KEY, ON, OPERATIONS};
use crate::vocabulary::word::{self, Choice, MOST, Map, NOTHING, Row, Value, Word, choices};
use crate::yaml::Node;

/// Reads the field of a word of faults.
type ReadFault = fn(&Node, &mut Reader) -> Option<Misbehaviour>;

const ERRORS: [(&str, S3Error, &str); 4] = [
    ("AccessDenied", S3Error::AccessDenied, "The status is 403."),
    ("InternalError", S3Error::InternalError, "The status is 500."),
    ("SlowDown", S3Error::SlowDown, "The status is 503."),
    ("Unavailable", S3Error::Unavailable, "The status is 503, without an S3 error."),
];
static ERROR_WORDS: [Choice; 4] = choices(&ERRORS);

/// The words of which a fault has exactly one, and their readers.
const WORDS: &[Row<ReadFault>] = &[
    Row::new(
        Word::new(
            "answer",
            Value::Choice(&ERROR_WORDS),
            "SlowDown",
            "The proxy answers the request with this error. The request does not reach the \
             object store.",
        ),
        |node, r| r.one_of(node, "error of the store", &ERRORS).map(Misbehaviour::Answer),
    ),
    Row::new(
        Word::new("delay", Value::Duration, "3s", "The proxy delays the request by this time."),
        |node, r| r.duration(node).map(Misbehaviour::Delay),
    ),
    Row::new(
        Word::new(
            "truncate",
            Value::Number(0, u32::MAX as u64),
            "100",
            "The connection ends after this number of bytes of the answer's body.",
        ),
        |node, r| r.number(node, 0, u32::MAX.into()).map(Misbehaviour::Truncate),
    ),
    Row::new(
        Word::new(
            "reset",
            Value::Map(&NOTHING),
            "{}",
            "The proxy resets the connection. The request does not reach the object store.",
        ),
        |node, r| Fields::of(&NOTHING, node, r)?.finish(r).then_some(Misbehaviour::Reset),
    ),
];
static ONE_OF: [Word; word::count(&[WORDS])] = word::words(&[WORDS]);

/// A fault of the object store.
pub(super) static STORE_FAULT: Map = Map {
    what: "a fault of the store",
    one_of: &ONE_OF,
    beside: &[
        ON,
        KEY,
        Word::new(
            "first",
            Value::Number(1, MOST),
            "2",
            "Number of requests that meet the fault. Default: all.",
        ),
    ],
};

/// Reads a fault.
pub(super) fn fault(node: &Node, r: &mut Reader) -> Option<StoreFault> {
    let mut f = Fields::of(&STORE_FAULT, node, r)?;
    let on = f.required("on", r).and_then(|n| r.one_of(n, "operation", &OPERATIONS));
    let key = f.optional("key").map_or_else(|| Some(ANY_KEY.to_owned()), |n| r.key(n));
    let first = f.optional("first").map(|n| r.count(n, 1));
    let Some((row, value)) = f.one(&[WORDS], r) else {
        f.nothing_found(r);
        return None;
    };
    f.finish(r);
    let what = (row.meaning)(value, r);
    let first = first.map_or(Some(None), |n| n.map(Some))?;
    Some(StoreFault { on: on?, key: key?, first, misbehaviour: what? })
}
