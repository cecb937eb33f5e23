//! The time of the cases, by cause.

use crate::evidence::Evidence;
use crate::line::seconds;
use crate::timeline::{Group, Row, Span, Timeline};

/// The cause of a moment of a case. A step that does not wait counts before the pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Share {
    /// A pod is Pending: the node starts a pod.
    Starting,
    /// A pod is Running and none is Pending.
    Working,
    /// No pod is Pending or Running, and a step waits.
    Argo,
    /// No pod is Pending or Running, all steps have ended, and claims are undecided.
    Watching,
    /// A step that does not wait, or the time before the first step.
    Harness,
}

impl Share {
    const ALL: [Self; 5] =
        [Self::Starting, Self::Working, Self::Argo, Self::Watching, Self::Harness];

    fn name(self) -> &'static str {
        match self {
            Self::Starting => "pods starting",
            Self::Working => "pods at work",
            Self::Argo => "waiting for Argo",
            Self::Watching => "watching whether claims hold",
            Self::Harness => "the harness and the argo program",
        }
    }
}

/// Milliseconds by share, in the order of [`Share::ALL`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Shares([u64; Share::ALL.len()]);

impl Shares {
    fn add(&mut self, timeline: &Timeline) {
        let spans = timeline.rows.iter().flat_map(|row| &row.spans);
        let mut turns: Vec<u64> = spans.flat_map(|span| [span.from, span.to]).collect();
        turns.extend([0, timeline.end]);
        turns.retain(|at| *at <= timeline.end);
        turns.sort_unstable();
        for pair in turns.windows(2) {
            let share = share(timeline, pair[0]);
            let sum = &mut self.0[share as usize];
            *sum = sum.saturating_add(pair[1] - pair[0]);
        }
    }

    fn words(&self) -> String {
        let total = self.0.iter().fold(0, |total: u64, time| total.saturating_add(*time));
        let shares = Share::ALL.map(|share| {
            let time = u128::from(self.0[share as usize]);
            let per_mille = time * 1000 / u128::from(total.max(1));
            format!("{} {}.{} %", share.name(), per_mille / 10, per_mille % 10)
        });
        format!("{} in all cases: {}", seconds(total), shares.join(", "))
    }
}

/// The cause of the moment that begins at `at`. No span begins or ends within the moment.
fn share(timeline: &Timeline, at: u64) -> Share {
    let is_in = |span: &&Span| span.from <= at && at < span.to;
    let of = |group: Group| timeline.rows.iter().filter(move |row: &&Row| row.group == group);
    let pods = |phase: &str| {
        of(Group::Pods).flat_map(|row| &row.spans).any(|s| is_in(&s) && s.word == phase)
    };
    let begun = |row: &&Row| row.spans.iter().any(|span| span.from <= at);
    match of(Group::Steps).find(|row| row.spans.iter().any(|span| is_in(&span))) {
        Some(step) if !timeline.waits.contains(&step.name) => Share::Harness,
        None if !of(Group::Steps).any(|row| begun(&row)) => Share::Harness,
        _ if pods("Pending") => Share::Starting,
        _ if pods("Running") => Share::Working,
        None => Share::Watching,
        Some(_) => Share::Argo,
    }
}

/// The shares of all cases with a timeline, in words; `None` without a timeline.
pub(crate) fn words(evidence: &Evidence) -> Option<String> {
    let mut shares = Shares::default();
    for timeline in evidence.timelines.values() {
        shares.add(timeline);
    }
    (!evidence.timelines.is_empty()).then(|| shares.words())
}

#[cfg(test)]
mod tests {
    use model::history::{Action, Change, EndReason, Kind, Observation, StepOutcome};
    use model::{Event, EventKind};
    use serde_json::json;

    use super::Shares;
    use crate::timeline::Timeline;

    fn begun(action: Action) -> EventKind {
        EventKind::StepBegun { step: action.to_string(), action }
    }

    fn ended(action: &Action) -> EventKind {
        EventKind::StepEnded { step: action.to_string(), outcome: StepOutcome::Done(String::new()) }
    }

    fn pod(phase: &str) -> EventKind {
        let object = json!({ "metadata": { "name": "p" }, "status": { "phase": phase } });
        EventKind::Observed(Observation { kind: Kind::Pod, change: Change::Modified, object })
    }

    #[test]
    fn each_moment_goes_on_one_thing() {
        let submit = Action::Submit { workflow: json!({}) };
        let wait = Action::Await {
            fact: "the workflow is completed".to_owned(),
            held: None,
            patience: std::time::Duration::from_secs(30),
            touching: None,
            go_on: false,
        };
        let events = [
            (100, begun(submit.clone())),
            (120, ended(&submit)),
            (120, begun(wait.clone())),
            (150, pod("Pending")),
            (1150, pod("Running")),
            (3150, pod("Succeeded")),
            (3250, ended(&wait)),
            (9000, EventKind::Ended(EndReason::Decided)),
            (9880, pod("Succeeded")),
        ];
        let events = (1..).zip(events).map(|(n, (at, what))| Event { n, at, kind: what });
        let mut shares = Shares::default();
        shares.add(&Timeline::of(&events.collect::<Vec<_>>()));
        assert_eq!(
            shares.words(),
            "9.8s in all cases: pods starting 10.1 %, pods at work 20.2 %, \
             waiting for Argo 1.3 %, watching whether claims hold 67.1 %, \
             the harness and the argo program 1.2 %"
        );
    }

    #[test]
    fn times_of_a_history_that_is_no_run_are_shares_all_the_same() {
        let end = EventKind::Ended(EndReason::Decided);
        let timeline = Timeline::of(&[Event { n: 1, at: u64::MAX, kind: end }]);
        let mut shares = Shares::default();
        shares.add(&timeline);
        shares.add(&timeline);
        let words = shares.words();
        assert!(words.ends_with("the harness and the argo program 100.0 %"), "{words}");
    }

    #[test]
    fn nothing_took_no_time() {
        assert!(Shares::default().words().starts_with("0.0s in all cases: pods starting 0.0 %"));
    }
}
