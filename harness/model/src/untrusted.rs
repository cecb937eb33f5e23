//! Text that a run did not write itself.

use serde::{Deserialize, Serialize};

/// Text from a cluster, from a program, or from a file of another person.
///
/// The type has no `Display`. A report writes the text only through the escape of its format. The
/// compiler refuses a place without an escape. `Debug` escapes control characters.
///
/// ```compile_fail,E0277
/// let message = model::Untrusted::from("\u{1b}[2K");
/// println!("{message}");
/// ```
///
/// Comparisons need no escape:
///
/// ```
/// let message = model::Untrusted::from("pod refused\n::error::");
/// assert!(message.starts_with("pod"));
/// assert_ne!(message, "pod refused");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Untrusted(String);

impl Untrusted {
    /// The text without an escape: for a comparison, or for a longer text that is untrusted too.
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// Whether the text is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the text contains `part`.
    pub fn contains(&self, part: &str) -> bool {
        self.0.contains(part)
    }

    /// Whether the text starts with `start`.
    pub fn starts_with(&self, start: &str) -> bool {
        self.0.starts_with(start)
    }

    /// Whether the text ends with `end`.
    pub fn ends_with(&self, end: &str) -> bool {
        self.0.ends_with(end)
    }
}

impl From<String> for Untrusted {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Untrusted {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl PartialEq<str> for Untrusted {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Untrusted {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl PartialEq<String> for Untrusted {
    fn eq(&self, other: &String) -> bool {
        self.0 == *other
    }
}
