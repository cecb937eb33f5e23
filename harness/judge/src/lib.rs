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
//! A claim's window opens when its `since` step is done or, with `after`, at the first moment from
//! then on at which that holds. It is as long as its `within`; with `before` it closes just before
//! the first moment at which that holds.
//!
//! | the first of these, among the steps up to `since` | the claim |
//! |---|---|
//! | `since` ended *done* | its window is open, or waits for its `after` |
//! | a step ended *unmet* or *refused* | not reached; says which step, and the closest it came |
//! | a step ended *unknown* | unknown |
//! | the history ended, or broke off | unknown |
//!
//! An `after` that never holds leaves the claim unknown: never evaluated.
//!
//! # `eventually … within`
//!
//! | what the history shows | outcome |
//! |---|---|
//! | the fact was true in the window, the moment of its opening included | pass |
//! | it was true of nothing: what is absent was never there, what is counted was never seen | unknown: matched nothing |
//! | it ended or broke off before the deadline | unknown |
//! | a listing that shows the fact was asked before the deadline and answered after it | unknown |
//! | the fact could not be told at any moment of the window | unknown: never evaluated |
//! | at the deadline it cannot be told, for what it speaks of is not there to be asked | unknown |
//! | it speaks of objects and the store was not listed around the deadline | unknown |
//! | the environment was in trouble, or not known to be well, see [`MAX_SILENCE`] | unknown |
//! | none of these | fail |
//!
//! After a failure the evaluator watches on: if the fact comes true later, the finding's text says
//! when. Its outcome stays.
//!
//! With `before`: the fact must come first. Both in one event, or a listing that shows the fact and
//! overlaps that moment: unknown.
//!
//! With `for`: the fact must become true in the window and stay true for so long, both ends
//! included.
//!
//! | from the moment at which it came true | outcome |
//! |---|---|
//! | true at every moment, to the end of the length | pass, if nothing can have been missed; else unknown |
//! | false at a moment of it | begins anew if the window is open, else as for `eventually` |
//! | no longer to be told at a moment of it | unknown |
//! | the history ends before its end | unknown |
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
//! | the fact spoke of nothing: no pod of that node, no such node, no workflow was ever seen | unknown: matched nothing |
//! | a gap in a watch, trouble of the watches, the API server, or the store it asks | unknown |
//! | a `within`, and trouble of the node in it: what does nothing does nothing wrong | unknown |
//! | none of these | pass |
//!
//! # `always … until … within`
//!
//! As `always`, to just before the first moment at which the `until` holds. If that does not come
//! within the window: fail, or unknown where the environment was not known to be well.
//!
//! # `whenever … leads-to … within`
//!
//! A trigger is a moment at which the first fact is true and was not at the moment before; true at
//! the opening of the window is one. It is answered when the second fact is true at that moment or
//! later; a trigger while another waits adds nothing.
//!
//! | what the history shows | outcome |
//! |---|---|
//! | a trigger that was not answered in time, in an environment that was well | fail |
//! | the same, in one that was not, or by a listing that overlaps the end of its time | unknown |
//! | there was no trigger | unknown: never evaluated |
//! | the history ends while a trigger waits | unknown |
//! | a gap, or trouble of what we see with | unknown |
//! | none of these | pass |
//!
//! # `happens … times`
//!
//! Counts the moments at which the fact becomes true; true at the opening of the window is one.
//! A moment at which it cannot be told neither begins nor ends a time.
//!
//! | what the history shows | outcome |
//! |---|---|
//! | more times than admitted | fail, at once |
//! | as many as an `at-least` asks for | pass, at once |
//! | it could never be told, or spoke of nothing | unknown |
//! | fewer than asked for when the window ends, in an environment that was well | fail |
//! | the same, in one that was not | unknown |
//! | an admitted number when it ends, and nothing can have been missed | pass |
//! | the same, with a gap or trouble of what we see with or, with a `within`, of the node | unknown |
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
//! # Requirements, effects, order
//!
//! While a requirement is not met, every pass becomes unknown, with the requirement as the reason.
//! So does it when a step that must change the workflow (retry, stop, delete, …) said that it was
//! done and left the workflow as it was, and when no request met a fault of the store that a step
//! asked for. A failure stays: it was seen. But where the environment was in trouble before the
//! requirement was to be met, that may be why it is not met, and whatever came of it: everything is
//! unknown.
//!
//! A history whose times or numbers run backwards, or in which an object goes back to an older
//! version, says nothing: everything is unknown. So is everything of a history that ended because
//! the harness could not go on.
//!
//! # Why unknown
//!
//! Every unknown has a [`Doubt`](model::verdict::Doubt), one for each of its causes, so that a
//! program can tell an environment that was ill from a claim that spoke of nothing.

mod decision;
mod effect;
mod evaluator;
mod eventually;
mod fault;
mod happens;
mod health;
mod leads_to;
mod moment;
mod order;
mod question;
mod requirement;
mod sight;
mod spoken;
mod throughout;
mod truths;
mod verdict;
mod watch;
mod window;

pub use evaluator::{Judge, judge, judge_reader};
pub use health::{FIRST_WORD, MAX_SILENCE};
pub use verdict::{KnownIssues, verdict};
