//! Claims: what must be true of a history.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use crate::fact::{Count, Fact};
use crate::history::{Kind, Part};
use crate::step::{Failover, Replacement};

/// Longest observation of a case after its last step: 2 min. A longer window never closes.
pub const OBSERVED: Duration = Duration::from_mins(2);

/// Length of the shortest window in which something that does not happen says anything.
pub const FLOOR: Duration = Duration::from_secs(3);

/// Everything a case claims.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// The requirements: facts that the history must show before claims count. A requirement that
    /// is not met makes a pass unknown.
    pub requires: Vec<Requirement>,
    /// The steps that must change the workflow, by name. A step that changed nothing makes a pass
    /// unknown. A fact that was true before such a step would look like its effect.
    pub effects: Vec<String>,
    /// The steps from which on the store misbehaves, by name. A fault that no request met makes a
    /// pass unknown.
    pub faults: Vec<String>,
    /// The outages that steps declare. The health of the part does not count during the step.
    pub outages: Vec<Outage>,
    /// The steps that must prove that they replaced the controller. A step without its proof makes
    /// everything unknown.
    pub replacements: Vec<Replacement>,
    /// The steps that must prove that they disturbed the controllers. A step without its proof
    /// makes everything unknown.
    pub failovers: Vec<Failover>,
    /// Whether the workflow uses artifacts or archived logs: a failure then needs a healthy store.
    pub uses_store: bool,
    /// Names that a node of the workflow can have, by its spec.
    pub node_names: BTreeSet<String>,
    /// The claims, in the order of the case file; at least one.
    pub claims: Vec<Claim>,
    /// The symptoms of the known issues of all versions. Each is asked when a claim of the issue
    /// fails.
    pub symptoms: Vec<Symptom>,
}

/// The fact that tells the known failure of some claims from any other failure of these claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symptom {
    /// Ids of the claims.
    pub claims: Vec<String>,
    /// The fact.
    pub fact: Fact,
}

/// A step that stops, restarts or replaces a part of the environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outage {
    /// Name of the step.
    pub step: String,
    /// The part. The outage lasts from the begin of the step to the first healthy probe after it.
    pub part: Part,
}

/// A precondition: the history must show this fact at some moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The fact that the history must show.
    pub fact: Fact,
    /// The step at whose begin the fact must hold; any moment unless given.
    pub at: Option<String>,
}

/// One claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Unique in the case; known issues and reports name it.
    pub id: String,
    /// The modality: the moments at which the fact must hold.
    pub modality: Modality,
    /// The fact that must, or must never, hold.
    pub fact: Fact,
    /// The step whose end opens the window; `submit` unless given.
    pub since: String,
    /// The window opens at the first moment from `since` on at which this holds.
    pub after: Option<Fact>,
    /// The window closes just before the first moment in it at which this holds.
    pub before: Option<Fact>,
    /// Only moments when this holds count. For `always` and `never`.
    pub only_while: Option<Fact>,
    /// The part of the environment whose health does not count for this claim.
    pub regardless: Option<Part>,
}

/// The moments of a window at which a fact must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Modality {
    /// At some moment of the window. Its length is Argo's promise, not the patience of the harness.
    Eventually {
        /// Length of the window.
        within: Duration,
        /// From that moment on, for so long without a break; a moment unless given.
        lasting: Option<Duration>,
    },
    /// At every moment of the window at which anything is known.
    Always {
        /// Length of the window; to the end of the history unless given.
        within: Option<Duration>,
    },
    /// At no moment of the window.
    Never {
        /// Length of the window; to the end of the history unless given.
        within: Option<Duration>,
    },
    /// At every moment until another fact holds, and that must come.
    Until {
        /// The fact that ends it.
        until: Fact,
        /// Length of the window in which that must come.
        within: Duration,
    },
    /// Each time another fact becomes true, at that moment or soon after it.
    LeadsTo {
        /// The fact that the claim's fact follows.
        trigger: Fact,
        /// The longest time between the two facts.
        within: Duration,
    },
    /// The fact becomes true so many times in the window.
    Happens {
        /// Bound on the number of times.
        times: Count,
        /// Length of the window; to the end of the history unless given.
        within: Option<Duration>,
    },
}

impl Claim {
    /// Every fact that it speaks of.
    pub fn facts(&self) -> Vec<&Fact> {
        let other = match &self.modality {
            Modality::Until { until, .. } => Some(until),
            Modality::LeadsTo { trigger, .. } => Some(trigger),
            Modality::Eventually { .. }
            | Modality::Always { .. }
            | Modality::Never { .. }
            | Modality::Happens { .. } => None,
        };
        let bounds = [other, self.after.as_ref(), self.before.as_ref(), self.only_while.as_ref()];
        std::iter::once(&self.fact).chain(bounds.into_iter().flatten()).collect()
    }

    /// The kinds of object that its facts read. Every fact reads the workflow: whether the
    /// controller has acted.
    pub fn kinds(&self) -> BTreeSet<Kind> {
        let read = self.facts().into_iter().flat_map(Fact::kinds);
        read.chain([Kind::Workflow]).collect()
    }

    /// Whether one of its facts speaks of what lies in the store.
    pub fn asks_store(&self) -> bool {
        self.facts().iter().any(|fact| fact.asks_store())
    }

    /// Whether one of its facts speaks of requests to the store.
    pub fn asks_requests(&self) -> bool {
        self.facts().iter().any(|fact| fact.asks_requests())
    }
}

impl fmt::Display for Claim {
    /// The claim as a sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = |d: &Duration| format!("{}s", d.as_secs_f64());
        let opening = match &self.after {
            Some(after) => format!("the first moment after step {} when {after}", self.since),
            None => format!("step {}", self.since),
        };
        let (fact, mut length) = (&self.fact, None);
        match &self.modality {
            Modality::Eventually { within, lasting } => {
                write!(f, "within {} of {opening}: {fact}", seconds(within))?;
                lasting.map_or(Ok(()), |d| write!(f, ", and stays so for {}", seconds(&d)))?;
            }
            Modality::Always { within } => {
                write!(f, "always since {opening}: {fact}")?;
                length = *within;
            }
            Modality::Never { within } => {
                write!(f, "never since {opening}: {fact}")?;
                length = *within;
            }
            Modality::Until { until, within } => {
                write!(f, "always since {opening}: {fact}, until {until}, ")?;
                write!(f, "which comes within {}", seconds(within))?;
            }
            Modality::LeadsTo { trigger, within } => {
                write!(f, "since {opening}, whenever {trigger}: ")?;
                write!(f, "within {}, {fact}", seconds(within))?;
            }
            Modality::Happens { times, within } => {
                write!(f, "{times} times since {opening} it comes true that {fact}")?;
                length = *within;
            }
        }
        length.map_or(Ok(()), |d| write!(f, ", for {}", seconds(&d)))?;
        for (word, bound) in [("before", &self.before), ("while", &self.only_while)] {
            bound.as_ref().map_or(Ok(()), |fact| write!(f, ", {word} {fact}"))?;
        }
        self.regardless.map_or(Ok(()), |part| write!(f, ", regardless of the {}", part.name()))
    }
}
