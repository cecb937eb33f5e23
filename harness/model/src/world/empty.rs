//! Reasons why a truth is about nothing.

/// The reason why a truth is about nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Empty {
    /// Nothing that the fact speaks of was ever seen.
    Nothing(String),
    /// The node that the fact speaks of never existed.
    NoNode(String),
    /// The subject of the fact was absent, but the controller had not acted yet.
    NotActed(String),
}

/// Words for an object store without objects.
pub(super) const NO_OBJECT: &str = "no object ever lay under the case's prefix";
