//! Three-valued truth.

use serde::{Deserialize, Serialize};

/// The truth of a fact, by the evidence so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Truth {
    /// The evidence shows that it holds.
    True,
    /// The evidence shows that it does not hold.
    False,
    /// There is no evidence either way: the object was never seen, the store never asked.
    Unknown,
}

impl Truth {
    /// `True` or `False`.
    pub fn of(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }

    /// Both: false if one is false, unknown if one is unknown.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, Self::True) => Self::True,
            _ => Self::Unknown,
        }
    }

    /// Either: true if one is true, unknown if one is unknown.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.not().and(other.not()).not()
    }

    /// The opposite; unknown stays unknown.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "three-valued, not `std::ops::Not`")]
    pub fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}
