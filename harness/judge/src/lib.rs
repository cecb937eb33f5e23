//! The head: claims × history → findings → verdict.
//!
//! Pure and deterministic: no clock, no file, no network. The same claims and the same history
//! give the same findings, byte for byte, on any day. There is one evaluator, [`Judge`]: a run
//! feeds it events as they come, [`judge`] feeds it a history read back, so online and offline
//! cannot disagree.
//!
//! What it lacks on purpose: it never sees a cluster, never waits, and never takes the absence of
//! evidence for evidence. Each of its reasons to say *unknown* is one row of a table below.
//!
//! # Windows
//!
//! A claim's window opens when its `since` step is done, and is as long as its `within`.
//!
//! | the first of these, among the steps up to `since` | the claim |
//! |---|---|
//! | `since` ended *done* | its window is open |
//! | a step ended *unmet* or *refused* | not reached; says which step, and the closest it came |
//! | a step ended *unknown* | unknown |
//! | the history ended, or broke off | unknown |
//!
//! # `eventually … within`
//!
//! | what the history shows | outcome |
//! |---|---|
//! | the fact was true in the window, the moment of its opening included | pass |
//! | it ended or broke off before the deadline | unknown |
//! | a listing that shows the fact was asked before the deadline and answered after it | unknown |
//! | the fact could not be told at any moment of the window | unknown: never evaluated |
//! | it speaks of objects and the store was not listed around the deadline | unknown |
//! | the environment was in trouble, or not known to be well, see [`MAX_SILENCE`] | unknown |
//! | none of these | fail |
//!
//! After a failure the evaluator watches on: if the fact comes true later, the finding's text says
//! when. Its outcome stays.
//!
//! # `never` and `always`
//!
//! `always` is `never` of the opposite. Moments at which the fact or the `while` cannot be told do
//! not count.
//!
//! | what the history shows | outcome |
//! |---|---|
//! | a moment at which it was violated (and the `while` was so) | fail |
//! | the order of a listing and of another event decides, and they overlap | unknown |
//! | the window was not over when the history ended or broke off | unknown |
//! | the `while` was never so, or the fact never known while it was | unknown: never evaluated |
//! | a gap in a watch, trouble of the watches, the API server, or the store it asks | unknown |
//! | none of these | pass |
//!
//! # What the store said
//!
//! A listing is true of some moment between the question and the answer, and of no other:
//!
//! - in a window it counts only if it was asked in the window;
//! - a `never` or `always` that sets objects against anything else is violated only when a listing
//!   confirms it: one asked after the rest became so, or one with nothing else between question and
//!   answer. A violation that the next listing does not confirm is *unknown*, not *pass*.
//!
//! # Requirements
//!
//! While one is not met, every pass becomes unknown, with the requirement as the reason. A failure
//! stays: it was seen.

mod evaluator;
mod eventually;
mod health;
mod moment;
mod requirement;
mod sight;
mod throughout;
mod verdict;
mod watch;
mod window;

pub use evaluator::{Judge, judge};
pub use health::{FIRST_WORD, MAX_SILENCE};
pub use verdict::{KnownIssues, verdict};
