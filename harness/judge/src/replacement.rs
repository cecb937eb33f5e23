//! Steps that replace the workflow controller, and whether they did.

use model::history::{Controllers, Header, Versions};
use model::step::{self, Change};

use crate::controller_change::{ControllerChange, not_shown};
use crate::moment::Moment;

/// A step that replaces the controller, and what is known of the replacement.
#[derive(Debug)]
pub(crate) struct Replacement {
    /// The versions that the step replaces, and those that it installs.
    from: Versions,
    to: Option<Versions>,
    /// Whether no controller may exist between the old and the new ones.
    restores: bool,
    shown: ControllerChange,
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
        let (step, restored) = (&replacement.step, replacement.restored.as_ref());
        let shown = ControllerChange::since(restored.unwrap_or(step), step);
        Self { from, to, restores: restored.is_some(), shown }
    }

    /// Takes an event.
    pub(crate) fn see(&mut self, moment: &Moment<'_>) {
        let (from, to, restores) = (&self.from, self.to.as_ref(), self.restores);
        let missing = |shown: &[Controllers], earlier: usize| {
            let present = if restores { present_meanwhile(shown, earlier) } else { None };
            present.or_else(|| missing(from, to, shown))
        };
        self.shown.see(moment, missing);
    }

    /// The reason why nothing is decided; `None` if the step proved the replacement, or is not
    /// done.
    pub(crate) fn unproven(&self) -> Option<&str> {
        self.shown.unproven()
    }
}

/// The part of the proof that is missing. `None`: the history shows the replacement.
fn missing(from: &Versions, to: Option<&Versions>, shown: &[Controllers]) -> Option<String> {
    let Some(to) = to else {
        return Some("the history is of one installation, and not of a pair".to_owned());
    };
    let (Some(before), Some(after)) = (shown.first(), shown.get(1..).and_then(<[_]>::last)) else {
        return Some(not_shown());
    };
    wrong_versions(before, from, "before")
        .or_else(|| wrong_versions(after, to, "after"))
        .or_else(|| same_controllers(before, after))
        .or_else(|| same_images(before, after))
        .or_else(|| old_leader(before, after))
}

/// The controller that exists while the workflow is restored. The step `restore` shows the
/// controllers before and after their removal. The next step shows the controllers before and after
/// the installation.
fn present_meanwhile(shown: &[Controllers], restored: usize) -> Option<String> {
    let (Some([_, removed @ ..]), Some([installing @ .., _])) =
        (shown.get(..restored), shown.get(restored..))
    else {
        return Some(not_shown());
    };
    if removed.is_empty() || installing.is_empty() {
        return Some("the history does not show that no controller existed".to_owned());
    }
    let present = removed.iter().chain(installing).flat_map(|shown| &shown.pods).next();
    present.map(|pod| format!("controller {} existed while the workflow was restored", pod.name))
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
