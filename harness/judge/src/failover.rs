//! Steps that disturb the workflow controllers, and whether they did.

use model::history::{ControllerPod, Controllers};
use model::step::{self, Disturbance};

use crate::controller_change::{ControllerChange, not_shown};
use crate::moment::Moment;

/// A step that disturbs the controllers, and what is known of the disturbance.
#[derive(Debug)]
pub(crate) struct Failover {
    disturbance: Disturbance,
    shown: ControllerChange,
}

impl Failover {
    pub(crate) fn new(failover: &step::Failover) -> Self {
        Self { disturbance: failover.disturbance, shown: ControllerChange::by(&failover.step) }
    }

    /// Takes an event.
    pub(crate) fn see(&mut self, moment: &Moment<'_>) {
        let disturbance = self.disturbance;
        self.shown.see(moment, |shown, _| missing(disturbance, shown));
    }

    /// The reason why nothing is decided; `None` if the step proved the disturbance, or is not
    /// done.
    pub(crate) fn unproven(&self) -> Option<&str> {
        self.shown.unproven()
    }
}

/// The part of the proof that is missing. `None`: the history shows the disturbance.
fn missing(disturbance: Disturbance, shown: &[Controllers]) -> Option<String> {
    let (Some(before), Some(after)) = (shown.first(), shown.get(1..).and_then(<[_]>::last)) else {
        return Some(not_shown());
    };
    if let Some(other) = shown.iter().find(|one| one.argo != before.argo) {
        let (is, was) = (other.argo.title(), before.argo.title());
        return Some(format!("Argo {is} runs during the step, and {was} before it"));
    }
    if let Disturbance::Scale(count) = disturbance {
        return not_scaled(before, after, count);
    }
    let Some(old) = leading(before) else {
        return Some(format!("no controller led before the step: {before}"));
    };
    if let Some(other) = shown.iter().find(|one| one.pods.len() != before.pods.len()) {
        let (before, other) = (before.pods.len(), other.pods.len());
        return Some(format!("controllers before: {before}, controllers later: {other}"));
    }
    if before.pods.len() < 2 {
        return Some("one controller alone has no successor".to_owned());
    }
    let meanwhile = shown.get(1).filter(|_| shown.len() > 2);
    match (disturbance, meanwhile) {
        (Disturbance::Scale(_), _) => None,
        (Disturbance::Kill, None) => still_there(old, after).or_else(|| not_taken_over(old, after)),
        (Disturbance::Freeze(_), Some(meanwhile)) => not_taken_over(old, meanwhile)
            .or_else(|| not_frozen(old, meanwhile))
            .or_else(|| other_leader(meanwhile, after))
            .or_else(|| not_ended(old, after)),
        (Disturbance::LoseLease, Some(meanwhile)) => {
            still_led(meanwhile).or_else(|| not_led(after)).or_else(|| not_ended(old, after))
        }
        (Disturbance::Kill, Some(_)) | (Disturbance::Freeze(_) | Disturbance::LoseLease, None) => {
            Some(not_shown())
        }
    }
}

/// The pod that is the holder of the Lease.
fn leading(shown: &Controllers) -> Option<&ControllerPod> {
    let leader = shown.leader.as_ref()?;
    shown.pods.iter().find(|pod| pod.name == *leader)
}

fn same<'c>(old: &ControllerPod, shown: &'c Controllers) -> Option<&'c ControllerPod> {
    shown.pods.iter().find(|pod| pod.uid == old.uid)
}

fn not_scaled(before: &Controllers, after: &Controllers, count: u32) -> Option<String> {
    let has = |shown: &Controllers| u32::try_from(shown.pods.len()).ok() == Some(count);
    if has(before) {
        return Some(format!("the number of controllers was {count} before the step"));
    }
    if !has(after) {
        return Some(format!("controllers after: {}, and not {count}", after.pods.len()));
    }
    let names: std::collections::BTreeSet<&str> =
        after.pods.iter().map(|pod| pod.uid.as_str()).collect();
    if names.len() != after.pods.len() {
        return Some("a controller is shown twice".to_owned());
    }
    after.leader.as_ref().filter(|_| leading(after).is_none()).map(|_| not_led_words(after))
}

fn not_led(shown: &Controllers) -> Option<String> {
    leading(shown).is_none().then(|| not_led_words(shown))
}

fn not_led_words(shown: &Controllers) -> String {
    format!("no controller leads: {shown}")
}

fn still_there(old: &ControllerPod, after: &Controllers) -> Option<String> {
    same(old, after).map(|old| format!("the old leader {} still exists", old.name))
}

/// Another pod must lead.
fn not_taken_over(old: &ControllerPod, shown: &Controllers) -> Option<String> {
    match leading(shown) {
        None => Some(not_led_words(shown)),
        Some(new) if new.uid == old.uid || new.name == old.name => {
            Some(format!("the old leader {} leads", old.name))
        }
        Some(_) => None,
    }
}

fn not_frozen(old: &ControllerPod, meanwhile: &Controllers) -> Option<String> {
    match same(old, meanwhile) {
        None => Some(format!("the frozen leader {} is gone", old.name)),
        Some(now) if now.restarts != old.restarts => {
            Some(format!("the frozen leader {} was restarted", old.name))
        }
        Some(_) => None,
    }
}

fn other_leader(meanwhile: &Controllers, after: &Controllers) -> Option<String> {
    let (then, now) = (meanwhile.leader.as_deref(), after.leader.as_deref());
    (then != now).then(|| {
        let words = |leader: Option<&str>| leader.unwrap_or("nobody").to_owned();
        format!("{} leads after the thaw, and {} led before", words(now), words(then))
    })
}

/// The process of the old leader must have ended: a process that lives may lead too.
fn not_ended(old: &ControllerPod, after: &Controllers) -> Option<String> {
    let now = same(old, after)?;
    let ended = now.restarts.zip(old.restarts).is_some_and(|(now, old)| now > old);
    (!ended).then(|| format!("the process of the old leader {} has not ended", old.name))
}

/// The lease must be nobody's.
fn still_led(meanwhile: &Controllers) -> Option<String> {
    leading(meanwhile).map(|pod| format!("{} holds the Lease that nobody must hold", pod.name))
}
