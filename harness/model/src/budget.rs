//! Time budgets: the named limits of waits.
//!
//! Each crate lists its budgets in one file, by the macro [`budgets!`](crate::budgets). The list
//! is data: `docs/reference/budgets.md` has one row for each budget.

use std::time::Duration;

/// A named limit of a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Name, in upper case: `SANDBOX_START`.
    pub name: &'static str,
    /// The reason for the limit.
    pub kind: BudgetKind,
    /// The limit.
    pub time: Duration,
    /// One sentence or more about the wait.
    pub meaning: &'static str,
}

/// The reason for a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BudgetKind {
    /// The product states the limit. A change alters verdicts, outcomes or documents.
    Promise,
    /// The harness gives up after the limit. A change alters the time until an error.
    Patience,
}

impl BudgetKind {
    /// Name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Promise => "promise",
            Self::Patience => "patience",
        }
    }
}

impl Budget {
    /// A limit that the product states.
    pub const fn promise(name: &'static str, time: Duration, meaning: &'static str) -> Self {
        Self { name, kind: BudgetKind::Promise, time, meaning }
    }

    /// A limit after which the harness gives up.
    pub const fn patience(name: &'static str, time: Duration, meaning: &'static str) -> Self {
        Self { name, kind: BudgetKind::Patience, time, meaning }
    }

    /// The first sentence of the meaning.
    pub fn summary(&self) -> &'static str {
        let meaning = self.meaning.trim();
        meaning.split_once(". ").map_or(meaning, |(first, _)| first).trim_end_matches('.')
    }
}

/// Defines each budget as a constant, and the constant `ALL` with every budget.
///
/// ```
/// use std::time::Duration;
///
/// model::budgets! {
///     /// Wait for the answer of a server.
///     patience ANSWER = Duration::from_secs(5);
/// }
///
/// assert_eq!(ANSWER.time, Duration::from_secs(5));
/// assert_eq!(ANSWER.summary(), "Wait for the answer of a server");
/// assert_eq!(ALL, [ANSWER]);
/// ```
#[macro_export]
macro_rules! budgets {
    ($($(#[doc = $meaning:literal])+ $kind:ident $name:ident = $time:expr;)+) => {
        $(
            $(#[doc = $meaning])+
            pub const $name: $crate::budget::Budget = $crate::budget::Budget::$kind(
                stringify!($name),
                $time,
                concat!($($meaning),+),
            );
        )+
        /// Every time budget of this file.
        pub const ALL: &[$crate::budget::Budget] = &[$($name),+];
    };
}
