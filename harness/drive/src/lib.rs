//! The driver: runs a plan on an installation and records the history. Never decides.
//!
//! The driver gets a [`model::Plan`] and never sees claims. It waits for the facts of the plan
//! alone. A [`recorder::Observer`] says when the driver may stop to record. The driver knows
//! nothing else of the observer.

pub mod budgets;
pub mod case;
pub mod diagnosis;
pub mod error;
pub mod health;
pub mod namespace;
pub mod pauses;
pub mod recorder;
pub mod teardown;
pub mod watch;

mod act;
mod answer;
mod environment_values;
pub mod instance;
pub mod joint;
mod listings;
mod repository;
mod requests;
