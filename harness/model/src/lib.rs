//! The words of the project: case, plan, step, claim, fact, history, verdict.
//!
//! Pure: no clock, no network, no async. What both the hands (`drive`) and the head (`judge`) must
//! agree on lives here: how a history is written, and what a [`Fact`] means on the [`World`] that a
//! history describes.

pub mod case;
pub mod case_trouble;
pub mod claim;
pub mod diagnostic;
pub mod discover;
pub mod expression;
pub mod fact;
pub mod history;
pub mod image;
pub mod known;
pub mod overlay;
pub mod parse;
pub mod plain_file;
pub mod release_line;
pub mod schema;
pub mod step;
pub mod store_use;
pub mod truth;
pub mod verdict;
pub mod versions;
pub mod vocabulary;
pub mod workflow;
pub mod world;
mod yaml;

pub use case::{Case, Level, Plan};
pub use case_trouble::CaseTrouble;
pub use claim::{Claim, Claims, Modality, Outage, Symptom};
pub use fact::Fact;
pub use history::{Event, Header, History, What};
pub use release_line::ReleaseLine;
pub use step::{Act, Step};
pub use truth::Truth;
pub use world::World;
