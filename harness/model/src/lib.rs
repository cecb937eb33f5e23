//! The words of the project: case, plan, step, claim, fact, history, verdict.
//!
//! The crate has no clock, no network and no async code. The driver (`drive`) and the judge
//! (`judge`) agree on the types of this crate. They share the format of a history, and the meaning
//! of a [`Fact`] on the [`World`] of a history.

// A new member of an enum is listed by the compiler wherever a match must know it.
#![warn(clippy::wildcard_enum_match_arm)]

// This crate is the lowest, so no other crate of the workspace adds an error to this one.
#[cfg(not(target_os = "linux"))]
compile_error!(
    "argo-conformance runs on Linux alone: its clusters are Linux processes and containers. \
     Build it on Linux, for example in a virtual machine."
);

pub mod argo_api;
pub mod budget;
pub mod case;
pub mod case_trouble;
pub mod claim;
pub mod controller;
pub mod diagnostic;
pub mod discover;
pub mod expression;
pub mod fact;
pub mod hints;
pub mod history;
pub mod image;
pub mod known;
pub mod labels;
pub mod milliseconds;
pub mod name;
pub mod overlay;
pub mod parse;
pub mod plain_file;
pub mod pod_settings;
pub mod profile;
pub mod provider;
pub mod read_back;
pub mod release_line;
pub mod release_range;
pub mod schema;
pub mod stance;
pub mod step;
pub mod store_use;
pub mod stored;
pub mod truth;
pub mod untrusted;
pub mod verdict;
pub mod versions;
pub mod vocabulary;
pub mod workflow;
pub mod world;
mod yaml;

pub use case::{Case, Level, Plan};
pub use case_trouble::CaseTrouble;
pub use claim::{Claim, Claims, Modality, Outage, Symptom};
pub use controller::{ControllerSelector, FoundController};
pub use fact::Fact;
pub use history::{Event, EventKind, Header, History};
pub use milliseconds::milliseconds;
pub use pod_settings::{PodSecurity, PodSettings};
pub use profile::Profile;
pub use provider::Provider;
pub use read_back::ReadBack;
pub use release_line::ReleaseLine;
pub use release_range::ReleaseRange;
pub use step::{Step, StepKind};
pub use truth::Truth;
pub use untrusted::Untrusted;
pub use world::World;
