//! Facts about objects of the object store.

use std::fmt;

use super::Fact;
use super::count::{COUNT, Count, count};
use super::key::key_matches;
use super::reader::ReadFact;
use crate::parse::fields::{Fields, Reader};
use crate::vocabulary::word::{Map, Row, Value, Word};
use crate::yaml::{Content, Node};

/// A fact about objects of the object store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreFact {
    /// The number of objects under the case's prefix in the bucket is within the count.
    Objects(Count),
    /// An object lies, or does not lie, under the case's prefix.
    Object(ObjectFact),
}

/// Conditions on an object of the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectFact {
    /// Its key below the case's prefix; `*` at either end stands for anything.
    pub key: String,
    /// Whether it lies there.
    pub there: bool,
    /// Its `ETag`; any unless given. An object that was put in one piece has the MD5 of its content
    /// in hex.
    pub etag: Option<String>,
}

impl ObjectFact {
    /// Whether this is the key that is meant.
    pub fn is_meant(&self, key: &str) -> bool {
        key_matches(&self.key, key)
    }
}

impl StoreFact {
    /// Whether its truth is an absence, or an upper bound of a count.
    pub(super) fn is_absence(&self) -> bool {
        match self {
            Self::Objects(count) => count.has_upper_bound(),
            Self::Object(object) => !object.there,
        }
    }
}

/// A key, or a key and its `ETag`.
static PRESENT: [Value; 2] = [Value::Key, Value::Map(&OBJECT)];

/// The words, and their readers.
pub(super) const WORDS: &[Row<ReadFact>] = &[
    Row::new(
        Word::new(
            "objects",
            COUNT,
            "none",
            "The number of objects below the case's prefix in the object store is within the \
             count.",
        ),
        |node, _, _, r| Some(Fact::Store(StoreFact::Objects(count(node, r)?))),
    ),
    Row::new(
        Word::new(
            "object-present",
            Value::Either(&PRESENT),
            "'*/main.log'",
            "An object with this key is below the case's prefix in the object store. `*` stands \
             for any text at either end.",
        ),
        |node, _, _, r| Some(Fact::Store(StoreFact::Object(present(node, r)?))),
    ),
    Row::new(
        Word::new(
            "object-absent",
            Value::Key,
            "'*/main.log'",
            "No object with this key is there. A claim counts the absence only after such an \
             object existed.",
        ),
        |node, _, _, r| {
            let absent = ObjectFact { key: r.key(node)?, there: false, etag: None };
            Some(Fact::Store(StoreFact::Object(absent)))
        },
    ),
];

static OBJECT: Map = Map {
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

/// Reads a key, or a key and its `ETag`.
fn present(node: &Node, r: &mut Reader) -> Option<ObjectFact> {
    if !matches!(node.content, Content::Map(_)) {
        return Some(ObjectFact { key: r.key(node)?, there: true, etag: None });
    }
    let mut f = Fields::of(&OBJECT, node, r)?;
    let key = f.required("key", r).and_then(|n| r.key(n));
    let etag = f.optional("etag").map(|n| r.text(n));
    f.finish(r);
    let etag = etag.map_or(Some(None), |e| e.map(Some))?;
    Some(ObjectFact { key: key?, there: true, etag })
}

impl fmt::Display for StoreFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Objects(count) => write!(f, "{count} objects lie under the case's prefix"),
            Self::Object(object) => object.fmt(f),
        }
    }
}

impl fmt::Display for ObjectFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.there { "lies" } else { "does not lie" };
        write!(f, "the object {} {word} under the case's prefix", self.key)?;
        self.etag.as_ref().map_or(Ok(()), |etag| write!(f, " with the ETag {etag}"))
    }
}
