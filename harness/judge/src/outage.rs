//! Outages of parts that steps declare.

use model::claim::Outage;
use model::history::Part;

/// An outage that a step declares. It lasts from the begin of the step to the first healthy probe
/// after the step. An outage of the watches ends with the step: watches that stay away would hide
/// everything after it.
#[derive(Debug)]
pub(crate) struct DeclaredOutage {
    outage: Outage,
    from: Option<u64>,
    /// The step is done.
    done: bool,
    to: Option<u64>,
}

impl DeclaredOutage {
    pub(crate) fn new(outage: &Outage) -> Self {
        Self { outage: outage.clone(), from: None, done: false, to: None }
    }

    /// Takes the begin of a step.
    pub(crate) fn begin(&mut self, step: &str, at: u64) {
        if self.outage.step == step {
            self.from = Some(at);
        }
    }

    /// Takes the end of a step.
    pub(crate) fn end(&mut self, step: &str, at: u64, done: bool) {
        if self.outage.step != step {
            return;
        }
        self.done = done;
        if done && self.outage.part == Part::Watches {
            self.to = Some(at);
        }
    }

    /// Takes a healthy probe of a part.
    pub(crate) fn heal(&mut self, part: Part, at: u64) {
        if self.outage.part == part && self.done {
            self.to.get_or_insert(at);
        }
    }

    /// Whether it exempts the part for all of this time.
    pub(crate) fn covers(&self, part: Part, begins: u64, ends: u64) -> bool {
        self.outage.part == part
            && self.from.is_some_and(|from| from <= begins)
            && self.to.unwrap_or(u64::MAX) >= ends
    }
}
