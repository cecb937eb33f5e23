//! JSON that says each thing once.
//!
//! A reader may take the first of two fields of one name, or the last. A text with two such fields
//! says different things to different readers.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeOwned, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// Reads a value in which no object has two fields of one name.
///
/// # Errors
/// If the text is no such value.
pub(crate) fn from_str<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    serde_json::from_str::<Once>(text)?;
    serde_json::from_str(text)
}

/// Any value in which each field is there once.
struct Once;

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for Once {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        let mut names = BTreeSet::new();
        while let Some(name) = map.next_key::<String>()? {
            map.next_value::<Self>()?;
            if let Some(name) = names.replace(name) {
                return Err(A::Error::custom(format!("duplicate field {name:?}")));
            }
        }
        Ok(Self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<Self>()?.is_some() {}
        Ok(Self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(Self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(Self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(Self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(Self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(Self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(Self)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::Value;

    #[rstest]
    #[case::once(r#"{"a": [{"b": 1.5}, null, true, -1], "b": "x"}"#, true)]
    #[case::twice(r#"{"a": 1, "a": 1}"#, false)]
    #[case::twice_by_another_spelling(r#"{"a": 1, "\u0061": 1}"#, false)]
    #[case::twice_far_inside(r#"{"a": [{"b": {"c": 1, "c": 2}}]}"#, false)]
    #[case::something_after("{} {}", false)]
    fn each_field_is_there_once(#[case] text: &str, #[case] good: bool) {
        assert_eq!(super::from_str::<Value>(text).is_ok(), good, "{text}");
    }
}
