//! Mutation tests: altered histories on which a claim must no longer pass.
//!
//! [`OPERATORS`] are small pure functions from a history to a mutant with one alteration.
//! [`mutate()`] judges a case on every mutant of a passing history. The [`Score`] has the claims
//! that fail on no mutant. A test needs no cluster, only a case and a passing history, so vendors
//! can test their own cases.
//!
//! # Intents
//!
//! Each operator is *meant for* some claims and has an [`Intent`]:
//!
//! | intent | the claim's outcome on the mutant must be | otherwise |
//! |---|---|---|
//! | [`Intent::Fail`] | fail | the mutant survives |
//! | [`Intent::Unknown`] | unknown | the judge was fooled |
//! | [`Intent::NotPass`] | anything but pass | the judge was fooled |
//!
//! A claim is *killed* if it fails on at least one mutant that is meant for it. A surviving mutant
//! alone is no error. The same fault may come too late in one history, or change nothing in the
//! facts of the claim. A fooled judge is always an error.
//!
//! Each leaf of a claim or of a requirement must decide alone, with all other leaves unchanged: see
//! [`PartScore`].

// A new member of an enum is listed by the compiler wherever a match must know it.
#![warn(clippy::wildcard_enum_match_arm)]

mod decides;
mod edit;
mod hit;
mod leaf;
mod operator;
mod part;
mod repair;
mod score;
mod trim;
mod words;

pub use hit::{Hit, PartScore};
pub use operator::{Intent, OPERATORS, Operator};
pub use repair::repair;
pub use score::{Base, ClaimScore, NotPassing, Score, mutate};
pub use trim::trim;
pub use words::{Total, words};
