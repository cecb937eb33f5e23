//! Judges a case while it runs, so that it ends as soon as every claim is decided.

use std::sync::{Arc, Mutex, PoisonError};

use drive::recorder::Observer;
use judge::Judge;
use model::history::Event;
use model::verdict::Finding;

/// The judge of a case, shared by the recorder, which feeds it, and the one who wants its findings.
#[derive(Clone)]
pub(crate) struct Bench {
    judge: Arc<Mutex<Option<Judge>>>,
}

impl Bench {
    pub(crate) fn new(judge: Judge) -> Self {
        Self { judge: Arc::new(Mutex::new(Some(judge))) }
    }

    /// The findings; once.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        let judge = self.judge.lock().unwrap_or_else(PoisonError::into_inner).take();
        judge.map(Judge::finish).unwrap_or_default()
    }
}

impl Observer for Bench {
    fn event(&mut self, event: &Event) {
        let mut judge = self.judge.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(judge) = judge.as_mut() {
            judge.push(event);
        }
    }

    fn settled(&self) -> bool {
        let judge = self.judge.lock().unwrap_or_else(PoisonError::into_inner);
        judge.as_ref().is_none_or(Judge::settled)
    }
}
