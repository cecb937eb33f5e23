//! The meaning of facts about pods.

use super::{Meaning, SoFar, never_seen};
use crate::fact::PodFact;
use crate::history::Kind;
use crate::truth::Truth;
use crate::world::names::Asked;
use crate::world::pod::Pod;
use crate::world::{Empty, World};

impl Meaning for PodFact {
    fn evaluate(&self, world: &World) -> Truth {
        match self {
            Self::Seen { .. } | Self::GcSeen(_) => {
                self.so_far(world).map_or(Truth::Unknown, SoFar::evaluate)
            }
            Self::Left { of, count } => {
                let left = world.of_pods(of.as_deref(), |node| {
                    world.number_of_pods(|pod| pod.there && pod.is_of(node))
                });
                SoFar { bound: *count, number: left }.evaluate()
            }
            Self::GcLeft(count) => {
                let left = world.number_of_pods(|pod| pod.there && pod.collects_garbage);
                SoFar { bound: *count, number: left }.evaluate()
            }
            Self::Phase { node, phase } => {
                let in_phase = world.of_pods(Some(node), |node| {
                    let is_so = |pod: &Pod| pod.there && pod.is_for(node) && pod.phase_is(phase);
                    world.number_of_pods(is_so)
                });
                in_phase.map_or(Truth::Unknown, |number| Truth::of(number > 0))
            }
        }
    }

    fn so_far(&self, world: &World) -> Option<SoFar> {
        match self {
            Self::Seen { of, count } => {
                let seen = |node: Option<&Asked>| world.number_of_pods(|pod| pod.is_of(node));
                Some(SoFar { bound: *count, number: world.of_pods(of.as_deref(), seen) })
            }
            Self::GcSeen(count) => {
                let seen = world.number_of_pods(|pod| pod.collects_garbage);
                Some(SoFar { bound: *count, number: seen })
            }
            Self::Left { .. } | Self::GcLeft(_) | Self::Phase { .. } => None,
        }
    }

    fn matched_nothing(&self, world: &World) -> Option<Empty> {
        match self {
            Self::Phase { node, .. }
            | Self::Seen { of: Some(node), .. }
            | Self::Left { of: Some(node), .. } => {
                let asked = world.asked(node);
                let seen = world.pods.values().any(|pod| pod.runs(&asked));
                never_seen(seen || world.needs_no_pod(node), &format!("no pod of node {node}"))
            }
            Self::Seen { of: None, .. } | Self::Left { of: None, .. } => {
                let seen = world.pods.values().any(|pod| !pod.collects_garbage);
                never_seen(seen, "no pod of the workflow")
            }
            Self::GcSeen(_) | Self::GcLeft(_) => None,
        }
    }

    fn absent_from_the_start(&self, world: &World) -> Option<Empty> {
        match self {
            Self::GcLeft(count) if count.admits(0) => {
                let seen = world.pods.values().any(|pod| pod.collects_garbage);
                (!seen).then(|| Empty::Nothing("there never was an artifact GC pod".to_owned()))
            }
            Self::GcLeft(_)
            | Self::Seen { .. }
            | Self::Left { .. }
            | Self::GcSeen(_)
            | Self::Phase { .. } => None,
        }
    }

    fn needs_action(&self) -> bool {
        match self {
            Self::Seen { .. }
            | Self::Left { .. }
            | Self::GcSeen(_)
            | Self::GcLeft(_)
            | Self::Phase { .. } => false,
        }
    }

    fn unevaluable(&self, world: &World) -> Option<String> {
        match self {
            Self::Phase { node, .. }
            | Self::Seen { of: Some(node), .. }
            | Self::Left { of: Some(node), .. } => world.ambiguous_pods(node),
            Self::Seen { of: None, .. }
            | Self::Left { of: None, .. }
            | Self::GcSeen(_)
            | Self::GcLeft(_) => None,
        }
    }

    fn describe(&self, world: &World) -> String {
        match self {
            Self::Seen { .. } | Self::GcSeen(_) | Self::Phase { .. } => {
                world.describe_pods(|_| true)
            }
            Self::Left { .. } | Self::GcLeft(_) => world.describe_pods(|pod| pod.there),
        }
    }
}

impl World {
    /// The number of pods of a node, or of any node; `None` where several nodes have the name.
    fn of_pods(
        &self,
        node: Option<&str>,
        number: impl FnOnce(Option<&Asked>) -> Option<usize>,
    ) -> Option<usize> {
        if node.is_some_and(|name| self.ambiguous_pods(name).is_some()) {
            return None;
        }
        number(node.map(|name| self.asked(name)).as_ref())
    }

    /// The number of such pods; `None` if pods are not watched.
    fn number_of_pods(&self, which: impl Fn(&Pod) -> bool) -> Option<usize> {
        let watched = self.watched.contains(&Kind::Pod);
        watched.then(|| self.pods.values().filter(|pod| which(pod)).count())
    }
}

impl Pod {
    /// Whether it is of the workflow, and runs this node, or any.
    fn is_of(&self, node: Option<&Asked>) -> bool {
        !self.collects_garbage && node.is_none_or(|node| self.runs(node))
    }

    /// Whether it runs this node.
    fn is_for(&self, node: Option<&Asked>) -> bool {
        node.is_some_and(|node| self.runs(node))
    }
}
