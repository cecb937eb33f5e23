//! Proof of detection: histories that are altered so that a claim must no longer pass.
//!
//! [`OPERATORS`] are small pure functions from a history to one in which something went wrong.
//! [`redden()`] judges a case on every mutant of a passing history of it and says which claims no
//! mutant reddened. Nothing here needs a cluster, so a vendor's own cases are tested in the same
//! way: a case, a history of it that passes, and [`redden()`].
//!
//! # What counts
//!
//! Each operator is *meant for* some claims and has an [`Intent`]:
//!
//! | intent | the claim's outcome on the mutant must be | else |
//! |---|---|---|
//! | [`Intent::Fail`] | fail | the mutant survives |
//! | [`Intent::Unknown`] | unknown | the judge was fooled |
//! | [`Intent::NotPass`] | anything but pass | the judge was fooled |
//!
//! A claim is *killed* when at least one mutant that is meant for it makes it fail. A mutant that
//! survives is no error by itself: the same fault may come too late in one history, or change
//! nothing that the claim speaks of. A judge that was fooled always is one.
//!
//! Each leaf of a claim's facts and each leaf of a requirement must decide something by itself, on
//! a mutant in which the other leaves are as they were: see [`PartScore`].

mod decides;
mod edit;
mod leaf;
mod operator;
mod part;
mod repair;
mod score;
mod trim;
mod words;

pub use operator::{Intent, OPERATORS, Operator};
pub use repair::repair;
pub use score::{Base, ClaimScore, Hit, NotPassing, PartScore, Score, redden};
pub use trim::trim;
pub use words::{Total, words};
