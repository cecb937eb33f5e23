//! The progress of a target.

use std::time::Duration;

/// Number of inputs, and the time, of a target that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Inputs that were begun.
    pub done: u64,
    /// Inputs to try.
    pub all: u64,
    /// Time since the first one.
    pub took: Duration,
}

impl Progress {
    /// `fuzz NAME: D of A inputs, R/s, S s left`. The rate is that since the first input.
    pub fn words(&self, name: &str) -> String {
        let Self { done, all, took } = self;
        let (left, micros) = (u128::from(all.saturating_sub(*done)), took.as_micros().max(1));
        let rate = u128::from(*done) * 1_000_000 / micros;
        let left = match done {
            0 => "an unknown time".to_owned(),
            done => format!("{} s", left * micros / u128::from(*done) / 1_000_000),
        };
        format!("fuzz {name}: {done} of {all} inputs, {rate}/s, {left} left")
    }
}
