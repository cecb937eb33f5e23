//! Replacements of the workflow controller that the history does not prove.

use model::EventKind;
use model::history::{Action, Controllers, StepOutcome};
use model::{Event, History};

use super::controllers::altered;
use super::{Operator, every_claim};
use crate::edit::with_events;

pub(super) const OPERATORS: &[Operator] = &[
    Operator::blur(
        "replacement-not-shown",
        "the controllers before and after a replacement are not shown",
        every_claim,
        |history| altered(history, replaces, |_, _| None),
    ),
    Operator::blur(
        "replacement-did-not-happen",
        "the controllers after a replacement are those of before",
        every_claim,
        |history| altered(history, replaces, |before, _| Some(before.clone())),
    ),
    Operator::blur(
        "old-controller-stays",
        "the controllers of before a replacement exist after it too",
        every_claim,
        |history| {
            altered(history, replaces, |before, after| {
                let pods = before.pods.iter().chain(&after.pods).cloned().collect();
                Some(Controllers { pods, ..after.clone() })
            })
        },
    ),
    Operator::blur(
        "old-controller-leads",
        "a controller of before a replacement is the leader after it",
        every_claim,
        |history| {
            altered(history, replaces, |before, after| {
                let leader = before.pods.first().map(|pod| pod.name.clone());
                Some(Controllers { leader, ..after.clone() })
            })
        },
    ),
    Operator::blur(
        "replacement-before-submit",
        "a replacement happens before the workflow exists",
        every_claim,
        moved_to_the_start,
    ),
];

/// Whether a step replaces the installation.
fn replaces(action: &Action) -> bool {
    action.replacement().is_some()
}

/// The history with the first replacement before every other step. `None` without a replacement.
fn moved_to_the_start(history: &History) -> Option<History> {
    let shown = history.events.iter().position(|event| is_shown(&event.kind))?;
    let name = history.events[..shown].iter().rev().find_map(|event| {
        let EventKind::StepBegun { step, .. } = &event.kind else { return None };
        Some(step.clone())
    })?;
    let first = history.events.iter().position(|event| begins(&event.kind, None))?;
    let at = history.events[first].at;
    let of_it = |event: &&Event| {
        is_shown(&event.kind) || begins(&event.kind, Some(&name)) || ends(&event.kind, &name)
    };
    let moved = history.events.iter().filter(of_it).map(|event| {
        let mut kind = event.kind.clone();
        if let EventKind::Controllers(shown) = &mut kind {
            shown.asked_at = shown.asked_at.min(at);
        }
        Event { n: 0, at, kind }
    });
    let mut events: Vec<Event> = history.events[..first].to_vec();
    events.extend(moved);
    events.extend(history.events[first..].iter().filter(|event| !of_it(event)).cloned());
    Some(with_events(history, events))
}

fn is_shown(what: &EventKind) -> bool {
    matches!(what, EventKind::Controllers(_))
}

/// Whether a step begins: this one, if one is named.
fn begins(what: &EventKind, name: Option<&str>) -> bool {
    matches!(what, EventKind::StepBegun { step, .. } if name.is_none_or(|name| step == name))
}

fn ends(what: &EventKind, name: &str) -> bool {
    matches!(what, EventKind::StepEnded { step, outcome: StepOutcome::Done(_) } if step == name)
}

#[cfg(test)]
mod tests {
    use model::history::{
        Action, ControllerPod, Controllers, Event, EventKind, Header, History, MAJOR, MINOR,
        StepOutcome, Versions,
    };
    use rstest::rstest;
    use serde_json::Value;

    use super::OPERATORS;

    fn controllers(uids: &[&str]) -> EventKind {
        let pod = |uid: &&str| ControllerPod {
            uid: (*uid).to_owned(),
            name: format!("controller-{uid}"),
            image: String::new(),
            restarts: None,
            executor: None,
        };
        let (argo, pods) = (Versions::all("3.5.12"), uids.iter().map(pod).collect());
        EventKind::Controllers(Controllers { asked_at: 0, argo, pods, leader: None })
    }

    /// A workflow is restored without a controller, between the controllers `a` and `b`.
    fn restored() -> History {
        let begun = |step: &str, action| EventKind::StepBegun { step: step.to_owned(), action };
        let done = |step: &str| EventKind::StepEnded {
            step: step.to_owned(),
            outcome: StepOutcome::Done(String::new()),
        };
        let events = [
            begun("restore", Action::Restore { workflow: Value::Null }),
            controllers(&["a"]),
            controllers(&[]),
            done("restore"),
            begun("upgrade", Action::Upgrade),
            controllers(&[]),
            controllers(&["b"]),
            done("upgrade"),
        ];
        let header = Header {
            format: (MAJOR, MINOR),
            run: String::new(),
            case: String::new(),
            argo: Versions::of_name("3.5.12+to.3.7.18"),
            namespace: String::new(),
            workflow: String::new(),
            started: String::new(),
            steps: Vec::new(),
            controller: None,
            requests: false,
            challenge: None,
        };
        let events = (1..).zip(events).map(|(n, kind)| Event { n, at: n, kind }).collect();
        History { header, events, torn: false }
    }

    /// The uids of the controllers in each event that shows them.
    fn shown(history: &History) -> Vec<String> {
        let shown = history.events.iter().filter_map(|event| {
            let EventKind::Controllers(shown) = &event.kind else { return None };
            Some(shown)
        });
        let uids = shown.map(|shown| shown.pods.iter().map(|pod| pod.uid.as_str()).collect());
        uids.collect()
    }

    #[rstest]
    #[case::not_shown("replacement-not-shown", &["a", "", ""])]
    #[case::did_not_happen("replacement-did-not-happen", &["a", "", "", "a"])]
    #[case::old_one_stays("old-controller-stays", &["a", "", "", "ab"])]
    fn a_restored_workflow_hides_no_controller_of_before(
        #[case] operator: &str,
        #[case] expected: &[&str],
    ) {
        let operator = OPERATORS.iter().find(|found| found.name == operator);
        let mutant = (operator.expect("an operator").mutate)(&restored()).expect("a mutant");
        assert_eq!(shown(&mutant), expected);
    }
}
