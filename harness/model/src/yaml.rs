//! YAML as a tree that remembers where each value stands.
//!
//! No other file uses the YAML parser. Case files are read through the tree. A reader then finds
//! every error of a file at once, with its place. Manifests and workflows are read as plain JSON
//! values, as kubectl reads them.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) at: Position,
    pub(crate) content: Content,
}

/// Line and column, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

#[derive(Clone, Debug)]
pub(crate) enum Content {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// A key of a map and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) at: Position,
    pub(crate) name: String,
}

impl Content {
    /// The text, if it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The kind of the value, for "expected …, found …".
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "true or false",
            Self::Integer(_) | Self::Float(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }
}

/// Parses one document as a tree.
pub(crate) fn tree(text: &str) -> Result<Node, (Position, String)> {
    let options = serde_saphyr::options! {
        with_snippet: false,
        strict_booleans: true,
    };
    serde_saphyr::from_str_with_options::<Spanned<Content>>(text, options)
        .map(Node::from)
        .map_err(|e| located(&e))
}

/// Parses every document of a manifest as a tree.
pub(crate) fn trees(text: &str) -> Result<Vec<Node>, (Position, String)> {
    let options = serde_saphyr::options! {
        with_snippet: false,
        legacy_octal_numbers: true,
        strict_booleans: true,
    };
    serde_saphyr::from_multiple_with_options::<Spanned<Content>>(text, options)
        .map(|documents| documents.into_iter().map(Node::from).collect())
        .map_err(|e| located(&e))
}

/// Parses every document as plain JSON, as kubectl reads it. Size limits refuse hostile files.
pub(crate) fn documents(text: &str) -> Result<Vec<serde_json::Value>, (Position, String)> {
    let options = serde_saphyr::options! {
        with_snippet: false,
        legacy_octal_numbers: true,
    };
    serde_saphyr::from_multiple_with_options(text, options).map_err(|e| located(&e))
}

/// As [`documents`], without size limits: for text that the harness itself made.
pub(crate) fn trusted_documents(text: &str) -> Result<Vec<serde_json::Value>, (Position, String)> {
    let options = serde_saphyr::options! {
        with_snippet: false,
        legacy_octal_numbers: true,
        budget: None,
    };
    serde_saphyr::from_multiple_with_options(text, options).map_err(|e| located(&e))
}

fn located(error: &serde_saphyr::Error) -> (Position, String) {
    let at = error.location().map_or(Position { line: 1, column: 1 }, |l| Position {
        line: usize::try_from(l.line()).unwrap_or(0),
        column: usize::try_from(l.column()).unwrap_or(0),
    });
    (at, error.to_string())
}

impl From<Spanned<Content>> for Node {
    fn from(spanned: Spanned<Content>) -> Self {
        Self { at: position(&spanned), content: spanned.value }
    }
}

fn position<T>(spanned: &Spanned<T>) -> Position {
    Position {
        line: usize::try_from(spanned.referenced.line()).unwrap_or(0),
        column: usize::try_from(spanned.referenced.column()).unwrap_or(0),
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ContentVisitor)
    }
}

struct ContentVisitor;

impl<'de> Visitor<'de> for ContentVisitor {
    type Value = Content;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<Content, E> {
        Ok(Content::Null)
    }

    fn visit_none<E>(self) -> Result<Content, E> {
        Ok(Content::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, d: D) -> Result<Content, D::Error> {
        d.deserialize_any(self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Content, E> {
        Ok(Content::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Content, E> {
        Ok(Content::Integer(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Content, E> {
        let small = i64::try_from(value).map_err(|_| E::custom("the number is too large"))?;
        Ok(Content::Integer(small))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Content, E> {
        if value.is_finite() {
            Ok(Content::Float(value))
        } else {
            Err(E::custom("the number is too large, or none"))
        }
    }

    fn visit_str<E>(self, value: &str) -> Result<Content, E> {
        Ok(Content::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Content, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = seq.next_element::<Spanned<Content>>()? {
            list.push(Node::from(item));
        }
        Ok(Content::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Content, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            let value = map.next_value::<Spanned<Content>>()?;
            let key = Key { at: position(&key), name: key.value };
            entries.push((key, Node::from(value)));
        }
        Ok(Content::Map(entries))
    }
}
