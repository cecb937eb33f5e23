//! The judge: claims and a history give findings, and findings give a verdict.
//!
//! Pure and deterministic: no clock, no file, no network. The same claims and the same history
//! give the same findings, byte for byte, on any day. There is one evaluator, [`Judge`]. A run
//! feeds it events as they come; [`judge`] feeds it a history read back. Online and offline cannot
//! disagree.
//!
//! The judge never sees a cluster and never waits. Each of its reasons to say *unknown* is one row
//! of a table below.
//!
//! # The rules of evidence
//!
//! The history shows the health of each part of the environment over time. The parts are API
//! server, watches, controller, node, object store and harness.
//!
//! 1. **A part** is healthy from a healthy probe on, for [`MAX_SILENCE`] ms. Around each unhealthy
//!    probe it is unhealthy, from the last healthy probe before it to the first one after it. The
//!    watch of a kind is unhealthy around a gap. This time lasts from the last mark before the gap
//!    to the first one after it. The object store counts if the workflow uses it, or the claim
//!    speaks of it. A claim may state one part whose health does not count. The history names each
//!    part that the run may not observe. Its silence blocks no failure, and allows no pass by
//!    absence. Each finding names it.
//! 2. **Fail** needs healthy parts from the last moment at which the claim's subject was right to
//!    the deciding event. Without such a moment the interval starts at `submit`. The judge waits
//!    for a probe of each part after the deciding event.
//! 3. **Pass by absence** needs every part healthy in the window, as far as the part counts. It
//!    also needs a healthy probe of the controller after the window. The rule applies to
//!    `never`, `always`, `until`, `leads-to`, `happens` and `for`. The rule applies to `eventually`
//!    of an absent thing too.
//! 4. **A window closes** when each watch that the claim reads told everything up to its end. An
//!    event that arrives between the end and that moment may be of the window: unknown.
//! 5. **After a gap** a count is unknown for good, but for its lower bound. Other facts of the kind
//!    are unknown until the relist ends. An object that the relist does not show is lost.
//! 6. **A window without an end** lasts at least [`FLOOR`] ms.
//! 7. **A declared outage** exempts one part. The exemption lasts from the begin of its step to the
//!    first healthy probe after the end of the step. An outage of the watches ends with the step.
//!    It exempts a gap whose relist ended before the window, and changes nothing in rule 5.
//! 8. **A fact that must come about** is unknown while it holds of nothing. It is unknown too while
//!    it holds by an absence from the start on. Such facts are the fact of `eventually` and
//!    `happens`, an answer, and an `until`.
//!
//! # Windows
//!
//! A claim's window opens when its `since` step is done. With `after`, the window opens at the
//! first moment from then on at which the `after` holds. The window is as long as its `within`.
//! With `before`, the window closes just before the first moment at which the `before` holds.
//!
//! | the first of these, among the steps up to `since` | the claim |
//! |---|---|
//! | `since` ended *done* | its window is open, or waits for its `after` |
//! | a step ended *unmet* | not reached; says which step, and the closest it came |
//! | a step ended *refused* | unknown: no known issue explains a refusal |
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
//! | it was true by an absence, against rule 3 | unknown |
//! | it was true of nothing: the absent thing was never there, the counted one never seen | unknown: matched nothing |
//! | it ended or broke off before the deadline | unknown |
//! | an event or a listing that shows the fact may be of the time before the deadline | unknown |
//! | the fact could not be told at any moment of the window | unknown: never evaluated |
//! | at the deadline it cannot be told, for its subject is not there to be asked | unknown |
//! | it speaks of objects and the store was not listed around the deadline | unknown |
//! | rule 2 forbids a failure | unknown |
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
//! | true at every moment, to the end of the length | pass, if rule 3 admits it; else unknown |
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
//! | a moment at which it was violated (and the `while` was so) | fail, if rule 2 admits it; else unknown |
//! | the order of a listing and of another event decides, and they overlap | unknown |
//! | an event after the end that shows a violation may be of the window | unknown |
//! | the window was not over when the history ended or broke off | unknown |
//! | the `while` was never so, or the fact never known while it was | unknown: never evaluated |
//! | the fact spoke of nothing: no pod of that node, no such node, no workflow was ever seen | unknown: matched nothing |
//! | rule 3 forbids a pass | unknown |
//! | none of these | pass |
//!
//! # `always … until … within`
//!
//! As `always`, to just before the first moment at which the `until` holds. If that does not come
//! within the window: fail, or unknown if rule 2 forbids a failure.
//!
//! # `whenever … leads-to … within`
//!
//! A trigger is a moment at which the first fact is true and was not at the moment before. A fact
//! that is true at the opening of the window is a trigger too. The second fact answers a trigger
//! when it is true at that moment or later. A trigger while another one waits adds nothing.
//!
//! | what the history shows | outcome |
//! |---|---|
//! | a trigger that was not answered in time | fail, if rule 2 admits it; else unknown |
//! | the same, and an event or a listing may be of its time | unknown |
//! | there was no trigger | unknown: never evaluated |
//! | the history ends while a trigger waits | unknown |
//! | rule 3 forbids a pass | unknown |
//! | none of these | pass |
//!
//! # `happens … times`
//!
//! Counts the moments at which the fact becomes true; true at the opening of the window is one.
//! A moment at which it cannot be told neither begins nor ends a time.
//!
//! | what the history shows | outcome |
//! |---|---|
//! | more times than admitted | fail, if rule 2 admits it; else unknown |
//! | as many as an `at-least` asks for | pass, at once |
//! | it could never be told, or spoke of nothing | unknown |
//! | an event after the end that makes it true may be of the window | unknown |
//! | fewer than asked for when the window ends | fail, if rule 2 admits it from `submit` on; else unknown |
//! | an admitted number when it ends | pass, if rule 3 admits it; else unknown |
//!
//! # The answers of the object store
//!
//! A listing is true of some moment between the question and the answer, and of no other:
//!
//! - in a window it counts only if it was asked in the window;
//! - a `never` or `always` about objects and something else is violated only when a listing
//!   confirms it. Such a listing was asked for after the rest became so. A listing with nothing
//!   else between its question and its answer confirms it too. A violation that the next listing
//!   does not confirm is *unknown*, not *pass*.
//!
//! # Requirements, effects, order
//!
//! While a requirement is not met, every pass becomes unknown, with the requirement as the reason.
//! A step that must change the workflow (retry, stop, delete, …) has an effect. A pass becomes
//! unknown when such a step ended *done* and left its fields as they were. A pass becomes unknown
//! too when no request met a fault of the store that a step asked for. A failure stays: the history
//! shows it. An unhealthy part before a requirement that is not met may be the reason. Everything
//! is unknown then.
//!
//! A step that replaces the controller must prove the replacement. Between its begin and its end
//! the history has the controllers before and after. The proof has these parts:
//!
//! | the history must show | |
//! |---|---|
//! | before | the versions that the step replaces, and at least one controller |
//! | after | the versions that the step installs |
//! | after | as many controllers as before, and none of those |
//! | after | other images, if controller or executor have other versions |
//! | leader | not a pod of before |
//!
//! Without the proof everything is unknown: neither a pass nor a failure is of the new controller.
//!
//! A step that disturbs the controllers must prove the disturbance in the same way. The versions
//! are the same at each moment. The number of controllers is the same too, unless the step sets the
//! number. A leader is the holder of the Lease.
//!
//! | step | before | meanwhile | after |
//! |---|---|---|---|
//! | `kill-leader` | a pod leads among several | | another pod leads, and the old one is gone |
//! | `freeze-leader` | the same | another pod leads, and the old process is there | the same pod leads, and the old process has ended |
//! | `lose-lease` | the same | no pod leads | a pod leads, and the old process has ended |
//! | `scale-controller` | another number of controllers | | the number, and no other pod leads |
//!
//! A process has ended when its pod is gone, or its container has more restarts.
//!
//! Times and numbers of a history run forwards, and so do versions of an object. A step is in its
//! place of the plan, and an answer comes after its question. A history out of this order says
//! nothing: everything is unknown. A history that ended because the harness could not go on says
//! nothing either.
//!
//! # Known issues
//!
//! A failure is the known one only with its symptom. The symptom is asked at the end of the window,
//! or with the event that violates the claim. [`verdict`] has the table.
//!
//! # Why unknown
//!
//! Every unknown has a [`Doubt`](model::verdict::Doubt). Each cause has its own doubt. A program
//! can tell an unhealthy environment from a claim that spoke of nothing.

// A new member of an enum is listed by the compiler wherever a match must know it.
#![warn(clippy::wildcard_enum_match_arm)]

mod controller_change;
mod decision;
mod effect;
mod environment;
mod evaluator;
mod eventually;
mod failover;
mod fault;
mod happens;
mod leads_to;
mod mark;
mod moment;
mod order;
mod outage;
mod question;
mod replacement;
mod requirement;
mod ruling;
mod scope;
mod store_freshness;
mod symptoms;
mod throughout;
mod truths;
mod vacuity;
mod verdict;
mod watch;
mod window;

pub use environment::{MAX_SILENCE, WATCH_SILENCE};
pub use evaluator::{Judge, judge, judge_reader, met};

pub use model::stance::KnownIssues;
pub use verdict::verdict;
pub use window::FLOOR;
