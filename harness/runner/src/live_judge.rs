//! Judges a case while it runs, so that it ends as soon as every claim is decided.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use drive::recorder::Observer;
use judge::Judge;
use model::World;
use model::history::{Event, EventKind};
use model::verdict::Finding;

use crate::case_line::CaseLine;

/// The judge of a case, shared by the recorder, which feeds it, and the one who wants its findings.
#[derive(Clone)]
pub(crate) struct LiveJudge {
    shared: Arc<Mutex<Shared>>,
}

struct Shared {
    judge: Option<Judge>,
    line: CaseLine,
    /// Milliseconds from the beginning of the history to its last event.
    last_at: u64,
    /// When the last step ended.
    stepped: Option<Instant>,
    /// When the last claim was decided.
    settled: Option<Instant>,
}

impl LiveJudge {
    pub(crate) fn new(judge: Judge, line: CaseLine) -> Self {
        let shared = Shared { judge: Some(judge), line, last_at: 0, stepped: None, settled: None };
        Self { shared: Arc::new(Mutex::new(shared)) }
    }

    /// Nothing that was seen decides anything.
    pub(crate) fn could_not_go_on(&self, error: &dyn std::error::Error) {
        let causes = std::iter::successors(Some(error), |error| error.source());
        let words: Vec<String> = causes.map(ToString::to_string).collect();
        if let Some(judge) = self.lock().judge.as_mut() {
            judge.could_not_go_on(&words.join(": "));
        }
    }

    /// When the event came after which nothing was left to do or to decide.
    pub(crate) fn decided(&self) -> Option<Instant> {
        let shared = self.lock();
        shared.settled.map(|settled| shared.stepped.map_or(settled, |stepped| stepped.max(settled)))
    }

    /// Milliseconds to the last event.
    pub(crate) fn last_at(&self) -> u64 {
        self.lock().last_at
    }

    /// The findings; once.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        let judge = self.lock().judge.take();
        judge.map(Judge::finish).unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for LiveJudge {
    fn event(&mut self, event: &Event, world: &World) {
        let mut shared = self.lock();
        let shared = &mut *shared;
        shared.last_at = event.at;
        if matches!(event.kind, EventKind::StepEnded { .. }) {
            shared.stepped = Some(Instant::now());
        }
        let Some(judge) = shared.judge.as_mut() else { return };
        judge.push(event);
        let settled = judge.settled();
        if settled && shared.settled.is_none() {
            shared.settled = Some(Instant::now());
        }
        shared.line.see(event, world, judge);
    }

    fn deadline(&self) -> Option<u64> {
        self.lock().judge.as_ref().and_then(Judge::deadline)
    }

    fn settled(&self) -> bool {
        self.lock().judge.as_ref().is_none_or(Judge::settled)
    }
}
