//! Steps that replace the workflow controller, and whether they did.

use model::EventKind;
use model::history::{Controllers, Header, StepOutcome, Versions};
use model::step::{self, Change};

use crate::mark::Mark;
use crate::moment::Moment;

/// A step that replaces the controller, and what is known of the replacement.
#[derive(Debug)]
pub(crate) struct Replacement {
    step: String,
    /// The versions that the step replaces, and those that it installs.
    from: Versions,
    to: Option<Versions>,
    progress: Progress,
    /// The controllers that the step showed first.
    before: Option<Controllers>,
    /// The controllers that the step showed last, after `before`.
    after: Option<Controllers>,
    /// The reason why the step that is done proves nothing.
    unproven: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    NotBegun,
    Begun,
    Ended,
}

impl Replacement {
    pub(crate) fn new(replacement: &step::Replacement, header: &Header) -> Self {
        let (first, last) = (header.argo.first(), header.argo.to.as_deref().cloned());
        let (from, to) = match replacement.change {
            Change::Upgrade => (first, last),
            Change::Rollback => {
                (last.clone().unwrap_or_else(|| first.clone()), last.map(|_| first))
            }
        };
        Self {
            step: replacement.step.clone(),
            from,
            to,
            progress: Progress::NotBegun,
            before: None,
            after: None,
            unproven: None,
        }
    }

    /// Takes an event.
    pub(crate) fn see(&mut self, moment: &Moment<'_>) {
        match &moment.event.kind {
            EventKind::StepBegun { step, .. } if *step == self.step => {
                self.progress = Progress::Begun;
            }
            EventKind::Controllers(seen) if self.progress == Progress::Begun => {
                if self.before.is_none() {
                    self.before = Some(seen.clone());
                } else {
                    self.after = Some(seen.clone());
                }
            }
            EventKind::StepEnded { step, outcome } if *step == self.step => {
                let begun = self.progress == Progress::Begun;
                self.progress = Progress::Ended;
                if matches!(outcome, StepOutcome::Done(_)) {
                    let missing = self.missing(begun);
                    let at = Mark::of(moment.event).words();
                    self.unproven = missing.map(|missing| {
                        format!("step {} ended at {at} without a proof: {missing}", self.step)
                    });
                }
            }
            EventKind::StepBegun { .. }
            | EventKind::StepEnded { .. }
            | EventKind::Observed(_)
            | EventKind::Bookmark { .. }
            | EventKind::Gap { .. }
            | EventKind::Listed { .. }
            | EventKind::Requested(_)
            | EventKind::Probed { .. }
            | EventKind::Unobserved(_)
            | EventKind::Controllers(_)
            | EventKind::Ended(_) => {}
        }
    }

    /// The part of the proof that is missing. `None`: the history shows the replacement.
    fn missing(&self, begun: bool) -> Option<String> {
        if !begun {
            return Some("the step has no beginning".to_owned());
        }
        let Some(to) = &self.to else {
            return Some("the history is of one installation, and not of a pair".to_owned());
        };
        let (Some(before), Some(after)) = (&self.before, &self.after) else {
            return Some("the history does not show the controllers before and after".to_owned());
        };
        wrong_versions(before, &self.from, "before")
            .or_else(|| wrong_versions(after, to, "after"))
            .or_else(|| same_controllers(before, after))
            .or_else(|| same_images(before, after))
            .or_else(|| old_leader(before, after))
    }

    /// The reason why nothing is decided; `None` if the step proved the replacement, or is not
    /// done.
    pub(crate) fn unproven(&self) -> Option<&str> {
        self.unproven.as_deref()
    }
}

fn wrong_versions(seen: &Controllers, expected: &Versions, when: &str) -> Option<String> {
    let (is, must) = (seen.argo.title(), expected.title());
    (seen.argo != *expected).then(|| format!("{when} the step Argo is {is}, and must be {must}"))
}

fn same_controllers(before: &Controllers, after: &Controllers) -> Option<String> {
    let stayed = after.pods.iter().find(|pod| before.pods.iter().any(|old| old.uid == pod.uid));
    if let Some(pod) = stayed {
        return Some(format!("controller {} of before still exists", pod.name));
    }
    let (before, after) = (before.pods.len(), after.pods.len());
    (before == 0 || before != after)
        .then(|| format!("controllers before: {before}, controllers after: {after}"))
}

/// The images that stayed although their component has another version.
fn same_images(before: &Controllers, after: &Controllers) -> Option<String> {
    let controller = before.argo.controller != after.argo.controller;
    let executor = before.argo.executor != after.argo.executor;
    let stayed = after.pods.iter().find_map(|new| {
        let same = |old: &&model::history::ControllerPod| {
            controller && old.image == new.image || executor && old.executor == new.executor
        };
        before.pods.iter().find(same).map(|_| new)
    });
    stayed.map(|pod| {
        let executor = pod.executor.as_deref().unwrap_or("none");
        format!("{} has the images of before: {}, {executor}", pod.name, pod.image)
    })
}

fn old_leader(before: &Controllers, after: &Controllers) -> Option<String> {
    let leader = after.leader.as_ref()?;
    let is_old = before.pods.iter().any(|pod| pod.name == *leader);
    is_old.then(|| format!("the leader is {leader} of before"))
}
