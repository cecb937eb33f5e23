//! Failovers of the workflow controller that the history does not prove.

use model::history::{Action, Controllers};

use super::controllers::altered;
use super::{Operator, every_claim};

pub(super) const OPERATORS: &[Operator] = &[
    Operator::blur(
        "failover-not-shown",
        "the controllers after a failover are not shown",
        every_claim,
        |history| altered(history, disturbs, |_, _| None),
    ),
    Operator::blur(
        "failover-did-not-happen",
        "the controllers during and after a failover are those of before",
        every_claim,
        |history| altered(history, disturbs, |before, _| Some(before.clone())),
    ),
    Operator::blur(
        "two-leaders",
        "the process of the old leader lives after a failover, and holds the Lease",
        every_claim,
        |history| {
            altered(history, disturbs_a_leader, |before, later| {
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
            altered(history, disturbs_a_leader, |before, later| {
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

/// Whether a step disturbs the controllers.
fn disturbs(action: &Action) -> bool {
    action.disturbance().is_some()
}

/// Whether a step disturbs the leader.
fn disturbs_a_leader(action: &Action) -> bool {
    action.disturbance().is_some_and(model::step::Disturbance::needs_election)
}
