//! One replacement of the installation for several held cases.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use model::history::{ControllerPod, StepOutcome};
use tokio::sync::watch;
use tokio::time::Instant;

/// The controllers that one request showed to all participants.
#[derive(Clone, Debug)]
pub(crate) struct ShownControllers {
    /// The moment of the request.
    pub(crate) asked_at: Instant,
    /// Each pod of a controller that has not ended, by uid.
    pub(crate) pods: Vec<ControllerPod>,
    /// Holder of the Lease.
    pub(crate) leader: Option<String>,
}

/// The controllers, or the outcome of a step that could not show or replace them.
pub(crate) type Answer = Result<ShownControllers, StepOutcome>;

/// A case among those that share the replacements of their installation. Dropping it leaves the
/// others.
pub struct Participant {
    joint: Arc<Joint>,
    /// Its place among all.
    place: usize,
    /// Number of its shared calls so far.
    calls: AtomicUsize,
    /// Dropped at the first arrival.
    guard: Mutex<Option<Box<dyn Any + Send>>>,
}

/// The state of all participants.
struct Joint {
    /// Number of arrivals of each participant. `None`: it has left.
    arrivals: watch::Sender<Vec<Option<usize>>>,
    /// The shared calls by their number.
    answers: Mutex<BTreeMap<usize, Shared<BoxFuture<'static, Answer>>>>,
}

impl Participant {
    /// Participants that wait for each other, at least one.
    pub fn together(count: usize) -> Vec<Self> {
        let joint = Arc::new(Joint {
            arrivals: watch::Sender::new(vec![Some(0); count.max(1)]),
            answers: Mutex::default(),
        });
        let one = |place| Self {
            joint: Arc::clone(&joint),
            place,
            calls: AtomicUsize::default(),
            guard: Mutex::default(),
        };
        (0..count.max(1)).map(one).collect()
    }

    /// A participant that waits for nobody.
    pub fn alone() -> Self {
        let mut one = Self::together(1);
        one.remove(0)
    }

    /// Keeps a value until the case is held or the participant is dropped. A held case needs no
    /// share of the machine.
    pub fn keep(&self, guard: impl Any + Send) {
        *self.guard.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(guard));
    }

    /// Waits until each other participant has arrived as often as this one, or has left.
    pub(crate) async fn arrive(&self) {
        drop(self.guard.lock().unwrap_or_else(PoisonError::into_inner).take());
        let mut count = 0;
        self.joint.arrivals.send_modify(|arrivals| {
            if let Some(Some(own)) = arrivals.get_mut(self.place) {
                *own += 1;
                count = *own;
            }
        });
        let all = |arrivals: &Vec<Option<usize>>| {
            arrivals.iter().flatten().all(|arrived| *arrived >= count)
        };
        // The sender lives as long as this participant.
        let _ = self.joint.arrivals.subscribe().wait_for(all).await;
    }

    /// Does the work of this call once for all participants, each of which makes the same calls.
    pub(crate) async fn share(&self, work: impl FnOnce() -> BoxFuture<'static, Answer>) -> Answer {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        let answer = {
            let mut answers = self.joint.answers.lock().unwrap_or_else(PoisonError::into_inner);
            answers.entry(call).or_insert_with(|| work().shared()).clone()
        };
        answer.await
    }

    /// Leaves the others: none of them waits for it any more.
    pub fn leave(&self) {
        self.joint.arrivals.send_modify(|arrivals| {
            if let Some(own) = arrivals.get_mut(self.place) {
                *own = None;
            }
        });
    }
}

impl Drop for Participant {
    fn drop(&mut self) {
        self.leave();
    }
}

impl fmt::Debug for Participant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arrivals = self.joint.arrivals.borrow();
        f.debug_struct("Participant")
            .field("place", &self.place)
            .field("all", &*arrivals)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures::FutureExt;
    use model::history::StepOutcome;
    use tokio::sync::oneshot;

    use super::Participant;

    fn two() -> (Participant, Participant) {
        let mut all = Participant::together(2);
        let second = all.remove(1);
        (all.remove(0), second)
    }

    #[test]
    fn one_waits_for_the_other() {
        let (one, other) = two();
        let mut arrives = Box::pin(one.arrive());
        assert_eq!(arrives.as_mut().now_or_never(), None);
        assert_eq!(other.arrive().now_or_never(), Some(()));
        assert_eq!(arrives.now_or_never(), Some(()));
    }

    #[test]
    fn one_waits_each_time() {
        let (one, other) = two();
        assert_eq!(other.arrive().now_or_never(), None);
        assert_eq!(one.arrive().now_or_never(), Some(()));
        assert_eq!(one.arrive().now_or_never(), None, "the other arrived once");
    }

    #[test]
    fn nobody_waits_for_a_participant_that_left() {
        let (one, other) = two();
        let mut arrives = Box::pin(one.arrive());
        assert_eq!(arrives.as_mut().now_or_never(), None);
        drop(other);
        assert_eq!(arrives.now_or_never(), Some(()));
        assert_eq!(Participant::alone().arrive().now_or_never(), Some(()));
    }

    #[test]
    fn a_participant_that_arrived_and_left_counts_no_more() {
        let [one, other, third] =
            <[Participant; 3]>::try_from(Participant::together(3)).expect("three");
        assert_eq!(other.arrive().now_or_never(), None);
        drop(other);
        assert_eq!(one.arrive().now_or_never(), None, "the third has not arrived");
        drop(third);
    }

    #[test]
    fn the_guard_is_dropped_at_the_arrival() {
        let (one, _other) = two();
        let (guard, mut dropped) = oneshot::channel::<()>();
        one.keep(guard);
        assert_eq!(dropped.try_recv(), Err(oneshot::error::TryRecvError::Empty));
        assert_eq!(one.arrive().now_or_never(), None);
        assert_eq!(dropped.try_recv(), Err(oneshot::error::TryRecvError::Closed));
    }

    #[tokio::test]
    async fn work_is_done_once_for_each_call() {
        let (one, other) = two();
        let done = Arc::new(AtomicUsize::new(0));
        let work = || {
            let done = Arc::clone(&done);
            async move {
                let count = done.fetch_add(1, Ordering::Relaxed);
                Err(StepOutcome::Refused(count.to_string()))
            }
            .boxed()
        };
        let refused = |answer: super::Answer| answer.map(|shown| shown.pods.len());
        let first = Err(StepOutcome::Refused("0".to_owned()));
        assert_eq!(refused(one.share(work).await), first);
        assert_eq!(refused(other.share(work).await), first);
        let second = Err(StepOutcome::Refused("1".to_owned()));
        assert_eq!(refused(other.share(work).await), second);
        assert_eq!(refused(one.share(work).await), second);
        assert_eq!(done.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn work_goes_on_without_the_participant_that_began_it() {
        let (one, other) = two();
        let (say, hear) = oneshot::channel();
        let work = async move { Err(hear.await.expect("an outcome")) };
        let mut begun = Box::pin(one.share(move || work.boxed()));
        assert!(begun.as_mut().now_or_never().is_none());
        drop(begun);
        let outcome = StepOutcome::Unknown("it broke".to_owned());
        say.send(outcome.clone()).expect("somebody listens");
        let answer = other.share(|| unreachable!("the work is shared")).await;
        assert_eq!(answer.map(|shown| shown.pods.len()), Err(outcome));
    }
}
