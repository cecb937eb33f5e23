//! The progress of one running case.

use std::sync::Arc;

use judge::Judge;
use model::fact::WorkflowFact;
use model::history::{Event, EventKind, StepOutcome};
use model::{Case, Fact, Step, StepKind, World};

use crate::progress::ProgressLog;

/// The fact that is shown of a case whose steps are over.
const STATE: Fact = Fact::Workflow(WorkflowFact::Phase(Vec::new()));

/// A case that runs. The terminal shows it until it is dropped.
pub(crate) struct CaseLine {
    progress: Arc<ProgressLog>,
    argo: String,
    id: String,
    steps: Vec<Step>,
    /// The fact that the step waits for.
    awaited: Option<Fact>,
    /// The steps are over.
    watching: bool,
}

impl CaseLine {
    pub(crate) fn begin(progress: &Arc<ProgressLog>, argo: String, case: &Case) -> Self {
        progress.live(|live, now| live.case_began(&argo, &case.id, now));
        Self {
            progress: Arc::clone(progress),
            argo,
            id: case.id.clone(),
            steps: case.plan.steps.clone(),
            awaited: None,
            watching: false,
        }
    }

    /// Looks at an event that the judge has taken, and the world with it.
    pub(crate) fn see(&mut self, event: &Event, world: &World, judge: &Judge) {
        if !self.progress.is_live() {
            return;
        }
        match &event.kind {
            EventKind::StepBegun { step, .. } => self.step_began(step),
            EventKind::StepEnded { step, outcome } => {
                let is_last = self.steps.last().is_some_and(|last| last.name == *step);
                self.watching = is_last || !matches!(outcome, StepOutcome::Done(_));
                self.awaited = None;
                if !self.watching {
                    self.waits_for_others(step);
                }
            }
            EventKind::Observed(_) | EventKind::Listed { .. } | EventKind::Requested(_) => {}
            _ => return,
        }
        let (argo, id) = (&self.argo, &self.id);
        if self.watching {
            let undecided = judge.unsettled().map(str::to_owned).collect();
            let saw = world.describe(&STATE);
            self.progress.live(|live, _| {
                live.watches(argo, id, undecided);
                live.saw(argo, id, saw);
            });
        } else if let Some(fact) = &self.awaited {
            let saw = world.describe(fact);
            self.progress.live(|live, _| live.saw(argo, id, saw));
        }
    }

    /// Shows the wait for other cases, if the step after `last` replaces the installation.
    fn waits_for_others(&self, last: &str) {
        let after = self.steps.iter().skip_while(|step| step.name != last).nth(1);
        let Some(next) = after.filter(|step| step.act.replacement().is_some()) else { return };
        let case = (self.argo.as_str(), self.id.as_str());
        let words = "until the other cases are held";
        self.progress.live(|live, now| live.step_began(case, &next.name, words, None, now));
    }

    fn step_began(&mut self, name: &str) {
        let Some(step) = self.steps.iter().find(|step| step.name == name) else { return };
        let (words, patience) = match &step.act {
            StepKind::Await { fact, patience, .. } => (fact.to_string(), Some(*patience)),
            act => (act.to_string(), None),
        };
        let case = (self.argo.as_str(), self.id.as_str());
        self.progress.live(|live, now| live.step_began(case, name, &words, patience, now));
        self.awaited = match &step.act {
            StepKind::Await { fact, .. } => Some(fact.clone()),
            _ => None,
        };
    }
}

impl Drop for CaseLine {
    fn drop(&mut self) {
        self.progress.live(|live, _| live.case_ended(&self.argo, &self.id));
    }
}
