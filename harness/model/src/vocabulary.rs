//! The words of a case file: each field of each map, with its values and its meaning.
//!
//! The parser asks for no other words. The schema for editors and the list of words for people are
//! made of them. A word of which a map has exactly one stands in one row with its reader.

mod case;
mod claim;
mod known;
pub(crate) mod store;
pub(crate) mod word;

pub use crate::fact::table::FACT;
pub use crate::step::table::STEP;
pub use case::CASE;
pub(crate) use case::{APPLIES, COMPONENTS, LEVELS, OVERLAY, REQUIREMENT, TROUBLES, VARIANT};
pub use claim::CLAIM;
pub(crate) use claim::{MODALITIES, Modal, PARTS};
pub(crate) use known::{EXTENTS, Extension, KNOWN_ISSUE, PAIR, SETTINGS};
pub use word::{Choice, Map, Value, Word};
