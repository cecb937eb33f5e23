//! Gaps: what a watch may have missed, and what a relist does not show again.
//!
//! From a gap to the end of the relist, facts about the present of that kind are unknown. A fact
//! that counts so far is unknown for good, but for what its count so far shows. An object that the
//! relist does not show is lost: it is not there, and nothing tells how it went.

use std::collections::{BTreeMap, BTreeSet};

use super::World;
use super::meaning::SoFar;
use crate::fact::Count;
use crate::history::{Kind, Observation};
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
    pub(super) fn show(&mut self, seen: &Observation) {
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

    /// The truth of a fact about objects of a kind, given what may have been missed.
    pub(super) fn after_gaps(&self, kind: Kind, so_far: Option<SoFar>, told: Truth) -> Truth {
        if kind == Kind::Workflow && self.missed.workflow_lost {
            return Truth::Unknown;
        }
        match so_far {
            Some(so_far) if self.missed.ever.contains(&kind) => at_least(so_far),
            None if self.missed.unseen.contains_key(&kind) => Truth::Unknown,
            Some(_) | None => told,
        }
    }
}

/// The truth of a count of which nothing but a lower bound is known.
fn at_least(SoFar { bound, number }: SoFar) -> Truth {
    let Some(number) = number else { return Truth::Unknown };
    match bound {
        Count::AtLeast(n) if number >= n => Truth::True,
        Count::AtMost(n) | Count::Exactly(n) if number > n => Truth::False,
        Count::AtLeast(_) | Count::AtMost(_) | Count::Exactly(_) => Truth::Unknown,
    }
}
