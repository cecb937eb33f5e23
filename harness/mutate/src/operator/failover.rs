//! Failovers of the workflow controller that the history does not prove.

use model::history::{Action, Controllers};
use model::{EventKind, History};

use super::{Operator, every_claim};
use crate::edit::each;

pub(super) const OPERATORS: &[Operator] = &[
    Operator::blur(
        "failover-not-shown",
        "the controllers after a failover are not shown",
        every_claim,
        |history| altered(history, |_, _| None),
    ),
    Operator::blur(
        "failover-did-not-happen",
        "the controllers during and after a failover are those of before",
        every_claim,
        |history| altered(history, |before, _| Some(before.clone())),
    ),
    Operator::blur(
        "two-leaders",
        "the process of the old leader lives after a failover, and holds the Lease",
        every_claim,
        |history| {
            altered(history, |before, later| {
                let leads = |pod: &&_| is_leading(before, pod);
                let mut pods = later.pods.clone();
                let old = before.pods.iter().find(leads).cloned()?;
                match pods.iter_mut().find(|pod| pod.uid == old.uid) {
                    Some(pod) => *pod = old,
                    None => pods.push(old),
                }
                Some(Controllers { pods, leader: before.leader.clone(), ..later.clone() })
            })
        },
    ),
    Operator::blur(
        "old-leader-lives",
        "the process of the old leader lives after a failover",
        every_claim,
        |history| {
            altered(history, |before, later| {
                let old = before.pods.iter().find(|pod| is_leading(before, pod)).cloned()?;
                let others = later.pods.iter().filter(|pod| pod.uid != old.uid).cloned();
                let pods = others.chain([old.clone()]).collect();
                Some(Controllers { pods, ..later.clone() })
            })
        },
    ),
];

fn is_leading(shown: &Controllers, pod: &model::history::ControllerPod) -> bool {
    shown.leader.as_ref() == Some(&pod.name)
}

/// The history with other controllers during and after each failover. `change` gets the controllers
/// before and later; `None` removes the event. `None` without a failover.
fn altered(
    history: &History,
    change: impl Fn(&Controllers, &Controllers) -> Option<Controllers>,
) -> Option<History> {
    let (mut within, mut before, mut found) = (false, None::<Controllers>, false);
    let edited = each(history, |event| {
        match &event.kind {
            EventKind::StepBegun { action, .. } => {
                (within, before) = (disturbs_a_leader(action), None);
            }
            EventKind::Controllers(shown) if within => {
                let Some(first) = &before else {
                    before = Some(shown.clone());
                    return vec![event.kind.clone()];
                };
                found = true;
                return change(first, shown).map(EventKind::Controllers).into_iter().collect();
            }
            EventKind::Controllers(_)
            | EventKind::StepEnded { .. }
            | EventKind::Observed(_)
            | EventKind::Bookmark { .. }
            | EventKind::Gap { .. }
            | EventKind::Listed { .. }
            | EventKind::Requested(_)
            | EventKind::Probed { .. }
            | EventKind::Unobserved(_)
            | EventKind::Ended(_) => {}
        }
        vec![event.kind.clone()]
    });
    found.then_some(edited)
}

fn disturbs_a_leader(action: &Action) -> bool {
    action.disturbance().is_some_and(model::step::Disturbance::needs_election)
}
