//! Operators kill kinds of claims that no case has yet.

use std::time::Duration;

use model::claim::{Claim, Claims, Modality};
use model::fact::{Count, Fact, NodeFact, ObjectFact, Presence};
use model::fact::{NodesFact, PodFact, StoreFact, TaskFact, WorkflowFact};
use model::verdict::Outcome;
use mutate::{Intent, OPERATORS};
use rstest::rstest;

use crate::operators::kept;

const RETRIED: &str = "artifact-gc.retried-attempt";
const COLLECTED: &str = "artifact-gc.manual-retry";
const HANDLER: &str = "exit-handler.manual-retry";

fn claim(modality: Modality, fact: Fact, since: &str) -> Claim {
    let (id, since) = ("c".to_owned(), since.to_owned());
    Claim {
        id,
        modality,
        fact,
        since,
        after: None,
        before: None,
        only_while: None,
        regardless: None,
    }
}

fn eventually(fact: Fact) -> Claim {
    let within = Duration::from_mins(1);
    claim(Modality::Eventually { within, lasting: None }, fact, "submit")
}

fn happens(fact: Fact, times: usize, since: &str) -> Claim {
    let times = Count::Exactly(times);
    claim(Modality::Happens { times, within: None }, fact, since)
}

fn succeeded(name: &str) -> Fact {
    let (name, phase) = (name.to_owned(), Some(vec!["Succeeded".to_owned()]));
    Fact::Nodes(NodesFact::Node(NodeFact { name, phase, message: None, started_as_at: None }))
}

fn pods_left() -> Fact {
    Fact::Pods(PodFact::Left { of: None, count: Count::Exactly(0) })
}

fn never(fact: Fact) -> Claim {
    claim(Modality::Never { within: None }, fact, "submit")
}

fn gone() -> Fact {
    Fact::Workflow(WorkflowFact::Presence(Presence::Gone))
}

fn attempts(count: Count) -> Fact {
    Fact::Nodes(NodesFact::Attempts { of: "root".to_owned(), count })
}

fn object() -> Fact {
    Fact::Store(StoreFact::Object(ObjectFact { key: "*".to_owned(), there: true, etag: None }))
}

#[rstest]
#[case::pods(RETRIED, eventually(pods_left()), "pod-left")]
#[case::gc_pods(COLLECTED, eventually(Fact::Pods(PodFact::GcLeft(Count::Exactly(0)))), "pod-left")]
#[case::gc_tasks(
    RETRIED,
    eventually(Fact::Tasks(TaskFact::GcLeft(Count::Exactly(0)))),
    "gc-task-left"
)]
#[case::an_object(RETRIED, eventually(object()), "objects-vanish")]
#[case::attempts(RETRIED, eventually(attempts(Count::Exactly(2))), "attempts-too-many")]
#[case::further_attempts(RETRIED, eventually(attempts(Count::AtLeast(2))), "attempts-missing")]
#[case::a_node_that_ends_once(RETRIED, happens(succeeded("root"), 1, "submit"), "nodes-run-twice")]
#[case::an_exit_handler(HANDLER, eventually(succeeded("onExit")), "exit-handler-never")]
#[case::one_that_ends_once(HANDLER, happens(succeeded("onExit"), 1, "retry"), "nodes-run-twice")]
#[case::a_workflow_that_stays(HANDLER, never(gone()), "deleted-unasked")]
fn is_killed(#[case] history: &str, #[case] claim: Claim, #[case] operator: &str) {
    let history = kept(history);
    let claims = Claims { claims: vec![claim.clone()], ..Claims::default() };
    let before = judge::judge(&claims, &history).remove(0);
    assert_eq!(before.outcome, Outcome::Pass, "{before:#?}");
    let mut operators = OPERATORS.iter().copied().flatten();
    let operator = operators.find(|o| o.name == operator).expect("there is such an operator");
    assert!((operator.meant_for)(&claim), "it is meant for it");
    let mutant = (operator.mutate)(&history).expect("there is something to alter");
    let after = judge::judge(&claims, &mutant).remove(0);
    match operator.intent {
        Intent::Fail => assert_eq!(after.outcome, Outcome::Fail, "{after:#?}"),
        Intent::Unknown => assert_eq!(after.outcome.name(), "unknown", "{after:#?}"),
        Intent::NotPass => assert_ne!(after.outcome, Outcome::Pass, "{after:#?}"),
    }
}
