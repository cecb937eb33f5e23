//! Histories of pods with gaps, and the rule that a count says nothing after one but its lower
//! bound.

use std::time::Duration;

use model::claim::{Claim, Modality};
use model::fact::PodFact;
use model::fact::{Count, Fact};
use model::history::{
    Change, EndReason, Event, EventKind, History, Kind, Observation, Part, StepOutcome,
};
use model::verdict::{Finding, Outcome};
use proptest::prelude::*;
use serde_json::json;

use crate::generated::header;

/// A history in which every part is healthy, and pods come.
#[derive(Clone, Debug)]
pub(crate) struct Story {
    pub(crate) history: History,
    /// Time of the first gap in the watch of pods.
    gap: Option<u64>,
    /// Time at which each pod was first seen.
    pods: Vec<u64>,
}

#[derive(Clone, Copy, Debug)]
enum Beat {
    Pod,
    Gap,
    Nothing,
}

/// Milliseconds from one moment to the next.
const STEP: u64 = 1_000;

pub(crate) fn story() -> impl Strategy<Value = Story> {
    let beat = prop_oneof![3 => Just(Beat::Pod), 1 => Just(Beat::Gap), 12 => Just(Beat::Nothing)];
    prop::collection::vec(beat, 4..30).prop_map(|beats| {
        let (mut events, mut gap, mut pods) = (Vec::new(), None, Vec::new());
        healthy(&mut events, 0);
        let done = StepOutcome::Done(String::new());
        push(&mut events, 0, EventKind::StepEnded { step: "submit".to_owned(), outcome: done });
        let workflow = json!({ "metadata": { "name": "wf" }, "status": { "phase": "Running" } });
        see(&mut events, 0, Kind::Workflow, workflow);
        for (beat, at) in beats.into_iter().zip((1..).map(|n| n * STEP)) {
            match beat {
                Beat::Pod => {
                    let labels = json!({ "workflows.argoproj.io/workflow": "wf" });
                    let uid = format!("p{}", pods.len());
                    let meta = json!({ "name": uid, "uid": uid, "labels": labels });
                    see(&mut events, at, Kind::Pod, json!({ "metadata": meta }));
                    pods.push(at);
                }
                Beat::Gap => {
                    let reason = "410".to_owned();
                    push(&mut events, at, EventKind::Gap { kind: Kind::Pod, reason });
                    gap.get_or_insert(at);
                }
                Beat::Nothing => {}
            }
            healthy(&mut events, at);
        }
        let last = events.last().map_or(0, |event| event.at);
        push(&mut events, last, EventKind::Ended(EndReason::Decided));
        Story { history: History { header: header(), events, torn: false }, gap, pods }
    })
}

fn healthy(events: &mut Vec<Event>, at: u64) {
    for part in Part::ALL {
        push(events, at, EventKind::Probed { part, error: None });
    }
    for kind in Kind::ALL {
        push(events, at, EventKind::Bookmark { kind, version: "1".to_owned(), asked_at: at });
    }
}

fn see(events: &mut Vec<Event>, at: u64, kind: Kind, object: serde_json::Value) {
    push(events, at, EventKind::Observed(Observation { kind, change: Change::Added, object }));
}

fn push(events: &mut Vec<Event>, at: u64, what: EventKind) {
    let n = events.len() as u64 + 1;
    events.push(Event { n, at, kind: what });
}

pub(crate) fn claim() -> impl Strategy<Value = Claim> {
    let count = (0..4_usize, 0..3_u8).prop_map(|(n, which)| match which {
        0 => Count::Exactly(n),
        1 => Count::AtMost(n),
        _ => Count::AtLeast(n + 1),
    });
    let within = || (1..12_u64).prop_map(Duration::from_secs);
    let modality = prop_oneof![
        within().prop_map(|within| Modality::Eventually { within, lasting: None }),
        prop::option::of(within()).prop_map(|within| Modality::Always { within }),
        prop::option::of(within()).prop_map(|within| Modality::Never { within }),
    ];
    (modality, count).prop_map(|(modality, count)| Claim {
        id: "c".to_owned(),
        modality,
        fact: Fact::Pods(PodFact::Seen { of: None, count }),
        since: "submit".to_owned(),
        after: None,
        before: None,
        only_while: None,
        regardless: None,
    })
}

impl Story {
    /// The rule that forbids the finding; `None` if none does.
    pub(crate) fn forbidden(&self, claim: &Claim, finding: &Finding) -> Option<String> {
        let Fact::Pods(PodFact::Seen { count, .. }) = &claim.fact else { return None };
        let end = match claim.modality {
            Modality::Eventually { within, .. } => Some(within),
            Modality::Always { within } | Modality::Never { within } => within,
            Modality::Until { .. } | Modality::LeadsTo { .. } | Modality::Happens { .. } => None,
        };
        let end = end.and_then(|within| u64::try_from(within.as_millis()).ok());
        let end = end.unwrap_or(u64::MAX);
        let gap = self.gap.filter(|gap| *gap < end)?;
        let seen = |to: u64| self.pods.iter().filter(|at| **at <= to).count();
        // What is certain after a gap: as many pods as were seen are too many, or enough.
        let (too_many, enough) = match count {
            Count::Exactly(n) | Count::AtMost(n) => (seen(end) > *n, false),
            Count::AtLeast(n) => (false, seen(end) >= *n),
        };
        let decided = finding.decided_at.unwrap_or(0);
        let allowed = match (&claim.modality, finding.outcome) {
            (_, Outcome::Unknown(_) | Outcome::NotReached)
            | (Modality::Until { .. } | Modality::LeadsTo { .. } | Modality::Happens { .. }, _) => {
                true
            }
            // Decided by what was seen before the gap.
            (Modality::Eventually { .. }, Outcome::Pass)
            | (Modality::Never { .. }, Outcome::Fail) => decided <= gap || enough,
            (Modality::Eventually { .. }, Outcome::Fail)
            | (Modality::Never { .. }, Outcome::Pass) => too_many,
            (Modality::Always { .. }, Outcome::Pass) => enough,
            (Modality::Always { .. }, Outcome::Fail) => decided <= gap || too_many,
        };
        (!allowed).then(|| format!("rule 5: a count is believed after the gap at {gap}"))
    }
}
