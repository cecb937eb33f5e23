//! Random alterations of inputs, for readers of files that others wrote.
//!
//! A [`Target`] is a reader with texts that it accepts. [`fuzz()`] alters those texts at random,
//! gives each result to the reader, and counts panics and hangs. The reader answers with a number
//! that stands for what it said. An input with a new answer joins the texts that are altered. The
//! crate needs no compiler but the stable one, and no dependency.
//!
//! A test of a target tries its share of a few thousand inputs. `cargo ci fuzz --inputs N` tries
//! `N` inputs over all targets, optimized. Three variables of the environment are read by
//! [`inputs`] and [`Plan::new`]:
//!
//! | variable | meaning |
//! |---|---|
//! | `FUZZ_INPUTS` | inputs over all targets |
//! | `FUZZ_SEED` | seed of the random numbers; default: 1 |
//! | `FUZZ_KEEP` | directory in which each worker keeps its present input; the file outlives an abort |

mod alter;
mod holds;
mod progress;
mod random;
mod run;
mod watch;

pub use holds::holds;
pub use progress::Progress;
pub use run::{Outcome, Plan, fuzz};

use std::hash::{DefaultHasher, Hash, Hasher};

/// Inputs over all targets unless `FUZZ_INPUTS` is given.
const SMOKE: u64 = 8_000;

/// Reads one input as the worker of this number. The answer is a number for what it said. The first
/// worker has the number 0.
pub type Read = Box<dyn Fn(&[u8], usize) -> u64 + Send + Sync>;

/// Pieces that mean something to each reader of JSON.
pub const JSON: [&str; 10] = ["{", "}", "[", "]", ",", ":", "\"", "\\u0000", "null", "true"];

/// A reader and texts that it accepts.
pub struct Target {
    /// Its name.
    pub name: &'static str,
    /// Texts to begin with; at least one.
    pub seeds: Vec<Vec<u8>>,
    /// Pieces that mean something to the reader.
    pub pieces: Vec<&'static str>,
    /// The reader.
    pub read: Read,
}

/// Inputs of a target that has this share, in thousandths, of those over all targets.
pub fn inputs(share: u64) -> u64 {
    variable("FUZZ_INPUTS").unwrap_or(SMOKE).saturating_mul(share).div_ceil(1_000)
}

/// A number for what a reader said: digits do not count, so that positions in it do not.
pub fn answer(said: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    said.bytes().filter(|byte| !byte.is_ascii_digit()).take(400).for_each(|b| b.hash(&mut hasher));
    hasher.finish()
}

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}
