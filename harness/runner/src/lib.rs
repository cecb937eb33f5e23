//! Schedules cases on installations: puts installations up, runs cases, judges while they run.
//!
//! The crate has no command line and prints nothing. A [`console::Console`] shows progress and
//! results.

pub mod bisect;
mod budgets;
mod case_line;
pub mod check;
pub mod config;
pub mod console;
mod context;
#[cfg(test)]
mod fake_api;
pub mod installation;
pub mod killed_runs;
mod live_judge;
mod private_directory;
pub mod progress;
mod request;
mod resume;
pub mod run;
mod schedule;
pub mod selection;
pub mod session;
mod trial;

pub use config::{RunConfig, StoredConfig};
pub use console::Console;
