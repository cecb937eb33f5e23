//! Histories and claims made by chance.

use std::time::Duration;

use model::claim::{Claim, Modality};
use model::fact::NodesFact;
use model::fact::{Count, Fact, NodeFact};
use model::history::{
    Change, EndReason, Event, EventKind, Header, History, Kind, Observation, Part, StepOutcome,
    Unobserved, Versions,
};
use model::{Truth, World};
use proptest::prelude::*;
use serde_json::json;

/// A history and what is true at each of its moments of the facts `a`, `b` and `c`.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) history: History,
    pub(crate) facts: Vec<[Truth; 3]>,
}

/// An event of a generated history.
#[derive(Clone, Copy, Debug)]
enum Beat {
    /// The workflow is seen; whether each node is there, and whether it succeeded.
    State([Option<bool>; 3]),
    /// Every part is healthy, and every watch told everything up to so many milliseconds ago.
    Healthy(u64),
    /// A probe of one part.
    Part(Part, bool),
    /// The watch of workflows told everything up to so many milliseconds ago.
    Mark(u64),
    Gap(Kind),
    /// The run may not observe the part.
    Unobserved(Part),
    /// The step `submit` ends.
    Submitted(u8),
}

/// The fact of one of the three nodes.
pub(crate) fn fact(index: usize) -> Fact {
    let phase = Some(vec!["Succeeded".to_owned()]);
    let (name, message, started_as_at) = (["a", "b", "c"][index].to_owned(), None, None);
    Fact::Nodes(NodesFact::Node(NodeFact { name, phase, message, started_as_at }))
}

fn any_fact() -> impl Strategy<Value = Fact> {
    (0..3_usize).prop_map(fact)
}

fn beat() -> impl Strategy<Value = Beat> {
    let node = || prop_oneof![1 => Just(None), 5 => any::<bool>().prop_map(Some)];
    let part = (0..Part::ALL.len()).prop_map(|index| Part::ALL[index]);
    let kind = (0..Kind::ALL.len()).prop_map(|index| Kind::ALL[index]);
    prop_oneof![
        30 => [node(), node(), node()].prop_map(Beat::State),
        40 => (0..3_000_u64).prop_map(|ago| Beat::Healthy(ago / 10)),
        4 => (0..6_000_u64).prop_map(Beat::Mark),
        2 => (part.clone(), any::<bool>()).prop_map(|(part, healthy)| Beat::Part(part, healthy)),
        1 => kind.prop_map(Beat::Gap),
        2 => part.prop_map(Beat::Unobserved),
        6 => (0..20_u8).prop_map(Beat::Submitted),
    ]
}

/// Milliseconds to the next moment: mostly few, sometimes none. A rare pause is so long that the
/// silence makes a part unhealthy.
fn pause() -> impl Strategy<Value = u64> {
    prop_oneof![2 => Just(0_u64), 4 => Just(1_000_u64), 14 => 1..2_500_u64, 1 => 2_500..13_000_u64]
}

pub(crate) fn script() -> impl Strategy<Value = Script> {
    let beats = prop::collection::vec((pause(), beat()), 0..30);
    (beats, any::<bool>(), prop::bool::weighted(0.8)).prop_map(|(beats, early, ended)| {
        let mut events: Vec<Event> = Vec::new();
        let mut now = 0;
        if early {
            tell(&mut events, now, Beat::Healthy(0));
            tell(&mut events, now, Beat::Submitted(0));
        }
        for (pause, beat) in beats {
            now += pause;
            tell(&mut events, now, beat);
        }
        if ended {
            push(&mut events, now, EventKind::Ended(EndReason::Decided));
        }
        let history = History { header: header(), events, torn: false };
        let mut world = World::new(&history.header);
        let facts = history.events.iter().map(|event| {
            world.apply(event);
            [0, 1, 2].map(|index| world.holds(&fact(index)))
        });
        let facts = facts.collect();
        Script { history, facts }
    })
}

fn tell(events: &mut Vec<Event>, now: u64, beat: Beat) {
    match beat {
        Beat::State(nodes) => {
            let names = ["a", "b", "c"];
            let there = names.iter().zip(nodes).filter_map(|(name, so)| Some((*name, so?)));
            let phase = |so: bool| if so { "Succeeded" } else { "Running" };
            let nodes = there.map(|(name, so)| {
                let node = json!({ "id": name, "displayName": name, "phase": phase(so) });
                (name.to_owned(), node)
            });
            let nodes: serde_json::Map<_, _> = nodes.collect();
            let object = json!({ "metadata": { "name": "wf" },
                "status": { "phase": "Running", "nodes": nodes } });
            let (kind, change) = (Kind::Workflow, Change::Modified);
            push(events, now, EventKind::Observed(Observation { kind, change, object }));
        }
        Beat::Healthy(ago) => {
            for part in Part::ALL {
                push(events, now, EventKind::Probed { part, error: None });
            }
            for kind in Kind::ALL {
                push(events, now, mark(kind, now.saturating_sub(ago)));
            }
        }
        Beat::Mark(ago) => push(events, now, mark(Kind::Workflow, now.saturating_sub(ago))),
        Beat::Part(part, healthy) => {
            let trouble = (!healthy).then(|| "it is down".to_owned());
            push(events, now, EventKind::Probed { part, error: trouble });
        }
        Beat::Gap(kind) => push(events, now, EventKind::Gap { kind, reason: "410".to_owned() }),
        Beat::Unobserved(part) => {
            let reason = "you may not".to_owned();
            push(events, now, EventKind::Unobserved(Unobserved { part, reason }));
        }
        Beat::Submitted(_)
            if events.iter().any(|e| matches!(e.kind, EventKind::StepEnded { .. })) => {}
        Beat::Submitted(how) => {
            let outcome = match how {
                18 => StepOutcome::Unmet("no".to_owned()),
                19 => StepOutcome::Unknown("who knows".to_owned()),
                _ => StepOutcome::Done(String::new()),
            };
            push(events, now, EventKind::StepEnded { step: "submit".to_owned(), outcome });
        }
    }
}

fn mark(kind: Kind, asked: u64) -> EventKind {
    EventKind::Bookmark { kind, version: "1".to_owned(), asked_at: asked }
}

fn push(events: &mut Vec<Event>, at: u64, what: EventKind) {
    let n = events.len() as u64 + 1;
    events.push(Event { n, at, kind: what });
}

pub(crate) fn header() -> Header {
    let text = || "x".to_owned();
    Header {
        format: (1, 0),
        run: text(),
        case: text(),
        argo: Versions::all("x"),
        namespace: text(),
        workflow: "wf".to_owned(),
        started: text(),
        steps: vec!["submit".to_owned()],
        controller: None,
        requests: false,
        challenge: None,
    }
}

fn duration() -> impl Strategy<Value = Duration> {
    prop_oneof![
        (1..20_u64).prop_map(Duration::from_secs),
        (1..9_000_u64).prop_map(Duration::from_millis)
    ]
}

fn modality() -> impl Strategy<Value = Modality> {
    let maybe = || prop::option::of(duration());
    let times = (0..4_usize, 0..3_u8).prop_map(|(n, which)| match which {
        0 => Count::Exactly(n),
        1 => Count::AtMost(n),
        _ => Count::AtLeast(n + 1),
    });
    prop_oneof![
        3 => duration().prop_map(|within| Modality::Eventually { within, lasting: None }),
        2 => (duration(), duration()).prop_map(|(within, lasting)| {
            Modality::Eventually { within, lasting: Some(lasting) }
        }),
        2 => maybe().prop_map(|within| Modality::Always { within }),
        2 => maybe().prop_map(|within| Modality::Never { within }),
        2 => (any_fact(), duration()).prop_map(|(until, within)| Modality::Until { until, within }),
        2 => (any_fact(), duration())
            .prop_map(|(trigger, within)| Modality::LeadsTo { trigger, within }),
        2 => (times, maybe()).prop_map(|(times, within)| Modality::Happens { times, within }),
    ]
}

pub(crate) fn claim() -> impl Strategy<Value = Claim> {
    let maybe = || prop::option::weighted(0.25, any_fact());
    let part = prop::sample::select(vec![Part::Api, Part::Controller, Part::Node]);
    let regardless = prop::option::weighted(0.25, part);
    (modality(), any_fact(), maybe(), maybe(), maybe(), regardless).prop_map(
        |(modality, fact, after, before, only_while, regardless)| {
            let bounded = match modality {
                Modality::Eventually { lasting, .. } => lasting.is_none(),
                Modality::Until { .. } | Modality::LeadsTo { .. } => false,
                _ => true,
            };
            let throughout = matches!(modality, Modality::Always { .. } | Modality::Never { .. });
            Claim {
                id: "c".to_owned(),
                modality,
                fact,
                since: "submit".to_owned(),
                after,
                before: before.filter(|_| bounded),
                only_while: only_while.filter(|_| throughout),
                regardless,
            }
        },
    )
}
