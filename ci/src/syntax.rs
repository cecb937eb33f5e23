//! Questions about the syntax of Rust sources.

use syn::{Attribute, Meta};

/// Whether an item exists in tests alone.
pub fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg") => list.tokens.to_string() == "test",
        Meta::Path(_) | Meta::List(_) | Meta::NameValue(_) => attribute.path().is_ident("test"),
    })
}
