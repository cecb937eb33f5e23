//! Gaps: what a watch may have missed, and what a relist does not show again.
//!
//! From a gap to the end of the relist, facts about the present of that kind are unknown. A fact
//! that counts so far is unknown for good, but for what its count so far shows. An object that the
//! relist does not show is lost: it is not there, and nothing tells how it went.

use std::collections::{BTreeMap, BTreeSet};

use super::World;
use crate::fact::{Count, Fact};
use crate::history::{Kind, Seen};
use crate::truth::Truth;

/// The events that watches may have missed.
#[derive(Clone, Debug, Default)]
pub(super) struct Missed {
    /// Uid or name of each object that a relist has not shown again yet, by kind.
    unseen: BTreeMap<Kind, BTreeSet<String>>,
    /// The kinds whose watch ever had a gap.
    ever: BTreeSet<Kind>,
    /// A relist did not show the case's workflow.
    workflow_lost: bool,
}

impl World {
    /// Takes a gap in the watch of a kind.
    pub(super) fn miss(&mut self, kind: Kind) {
        let named = |names: Vec<&String>| names.into_iter().cloned().collect();
        let mut there: BTreeSet<String> = match kind {
            Kind::Pod => {
                let there = self.pods.iter().filter(|(_, pod)| pod.there);
                there.map(|(uid, _)| uid.clone()).collect()
            }
            Kind::TaskResult => named(self.task_results.keys().collect()),
            Kind::GcTask => named(self.gc_tasks.iter().collect()),
            Kind::Workflow => {
                let there = self.others.iter().filter(|(_, phase)| phase.is_some());
                named(there.map(|(name, _)| name).collect())
            }
        };
        if kind == Kind::Workflow && self.workflow.is_some() && !self.workflow_gone {
            there.insert(self.workflow_name.clone());
        }
        self.missed.ever.insert(kind);
        self.missed.unseen.insert(kind, there);
    }

    /// Takes an object that a relist, or the watch after it, shows.
    pub(super) fn show(&mut self, seen: &Seen) {
        let meta = &seen.object["metadata"];
        let own_name = meta["name"] == self.workflow_name.as_str();
        if seen.kind == Kind::Workflow && own_name && !self.is_own(meta) {
            return;
        }
        let key = if seen.kind == Kind::Pod { &meta["uid"] } else { &meta["name"] };
        let key = key.as_str().unwrap_or_default();
        if let Some(unseen) = self.missed.unseen.get_mut(&seen.kind) {
            unseen.remove(key);
        }
        if seen.kind == Kind::Workflow && key == self.workflow_name {
            self.missed.workflow_lost = false;
        }
    }

    /// Takes the end of a relist: the objects that it did not show are lost.
    pub(super) fn relisted(&mut self, kind: Kind) {
        for key in self.missed.unseen.remove(&kind).unwrap_or_default() {
            let name = match kind {
                Kind::Pod => {
                    let Some(pod) = self.pods.get_mut(&key) else { continue };
                    pod.there = false;
                    pod.name.clone().unwrap_or_default()
                }
                Kind::TaskResult => {
                    self.task_results.remove(&key);
                    key
                }
                Kind::GcTask => {
                    self.gc_tasks.remove(&key);
                    key
                }
                Kind::Workflow if key == self.workflow_name => {
                    self.missed.workflow_lost = true;
                    key
                }
                Kind::Workflow => {
                    self.others.insert(key.clone(), None);
                    key
                }
            };
            self.whole.remove(&(kind, name.clone()));
            self.said.remove(&(kind, name));
        }
    }

    /// The truth of a fact that is no `all` and no `any`, given what may have been missed.
    pub(super) fn after_gaps(&self, fact: &Fact, told: Truth) -> Truth {
        if matches!(fact, Fact::All(_) | Fact::Any(_)) {
            return told;
        }
        let Some(kind) = fact.kinds().first().copied() else { return told };
        if kind == Kind::Workflow && self.missed.workflow_lost {
            return Truth::Unknown;
        }
        let count = match fact {
            Fact::PodsSeen { count, .. }
            | Fact::GcPodsSeen(count)
            | Fact::RequestsAstray(count) => Some(*count),
            _ => None,
        };
        match count {
            Some(count) if self.missed.ever.contains(&kind) => self.at_least(fact, count, told),
            None if self.missed.unseen.contains_key(&kind) => Truth::Unknown,
            Some(_) | None => told,
        }
    }

    /// The truth of a count of which nothing but a lower bound is known.
    fn at_least(&self, fact: &Fact, count: Count, told: Truth) -> Truth {
        let more_than = |n: usize| self.told(&with_count(fact, Count::AtLeast(n + 1)));
        match count {
            Count::AtLeast(_) if told == Truth::True => Truth::True,
            Count::AtMost(n) | Count::Exactly(n) if more_than(n) == Truth::True => Truth::False,
            Count::AtLeast(_) | Count::AtMost(_) | Count::Exactly(_) => Truth::Unknown,
        }
    }
}

/// The fact that counts the same, with another number.
fn with_count(fact: &Fact, count: Count) -> Fact {
    match fact {
        Fact::PodsSeen { of, .. } => Fact::PodsSeen { of: of.clone(), count },
        Fact::GcPodsSeen(_) => Fact::GcPodsSeen(count),
        Fact::RequestsAstray(_) => Fact::RequestsAstray(count),
        other => other.clone(),
    }
}
