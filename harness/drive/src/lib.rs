//! The hands: runs a plan on an installation and records the history. Never decides.
//!
//! It is given a [`model::Plan`] and never sees claims. What it waits for are the plan's own facts;
//! when it may stop recording is told by an [`recorder::Observer`], which it does not look into.

pub mod case;
pub mod diagnosis;
pub mod health;
pub mod namespace;
pub mod pace;
pub mod recorder;
pub mod teardown;
pub mod watch;

mod act;
mod answer;
mod listings;
mod requests;
