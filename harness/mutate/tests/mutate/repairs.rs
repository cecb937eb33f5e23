//! Tests of repaired histories.

use model::expression::Expression;
use model::fact::{Count, Fact, RequestsFact};
use model::fact::{NodesFact, PodFact, RequestFact, WorkflowFact};
use model::history::Operation;
use model::{EventKind, History, Truth, World};
use mutate::repair;
use serde_json::json;

use crate::operators::kept;

/// The truth of a fact at the end of a history.
fn at_the_end(history: &History, fact: &Fact) -> Truth {
    let mut world = World::new(&history.header);
    history.events.iter().for_each(|event| world.apply(event));
    world.holds(fact)
}

/// The history of a workflow that is shut down at once and continues.
fn unstoppable(mut history: History) -> History {
    for event in &mut history.events {
        if let EventKind::Observed(seen) = &mut event.kind
            && seen.object["status"]["nodes"].is_object()
        {
            seen.object["spec"]["shutdown"] = json!("Stop");
            seen.object["status"]["phase"] = json!("Running");
            for node in seen.object["status"]["nodes"].as_object_mut().expect("nodes").values_mut()
            {
                node["phase"] = json!("Running");
            }
        }
    }
    history
}

#[test]
fn what_was_shut_down_has_failed_and_so_have_its_nodes() {
    let broken = unstoppable(kept("hooks.bad-expression"));
    let phase = |phase: &str| Fact::Workflow(WorkflowFact::Phase(vec![phase.to_owned()]));
    assert_eq!(at_the_end(&broken, &phase("Running")), Truth::True);
    let repaired = repair(&broken).expect("it can be repaired");
    assert_eq!(at_the_end(&repaired, &phase("Failed")), Truth::True);
    assert_eq!(at_the_end(&repaired, &Fact::Nodes(NodesFact::Fulfilled)), Truth::True);
}

#[test]
fn no_pod_is_left() {
    let left = Fact::Pods(PodFact::Left { of: None, count: Count::Exactly(0) });
    let history = kept("artifact-gc.inline-template");
    assert_eq!(at_the_end(&history, &left), Truth::False);
    let repaired = repair(&history).expect("it can be repaired");
    assert_eq!(at_the_end(&repaired, &left), Truth::True);
}

#[test]
fn what_the_store_did_not_do_is_asked_for_again_and_done() {
    let again = RequestsFact {
        on: Operation::GetObject,
        key: "*one.txt".to_owned(),
        done: Some(true),
        count: Count::AtLeast(1),
    };
    let history = kept("store-trouble.truncated-directory-read");
    let (again, succeeded) = (
        Fact::Requests(RequestFact::Requests(again)),
        Fact::Workflow(WorkflowFact::Phase(vec!["Succeeded".to_owned()])),
    );
    assert_eq!(at_the_end(&history, &again), Truth::False);
    let repaired = repair(&history).expect("it can be repaired");
    assert_eq!(at_the_end(&repaired, &again), Truth::True);
    assert_eq!(at_the_end(&repaired, &succeeded), Truth::True);
}

#[test]
fn another_workflow_that_was_shut_down_has_failed() {
    let failed = "other_workflow.spec.shutdown == 'Terminate' && \
                  other_workflow.status.phase == 'Failed'";
    let failed = Fact::Cel(Expression::parse(failed).expect("an expression"));
    let history = kept("cron.replaced-while-waiting");
    assert_eq!(at_the_end(&history, &failed), Truth::False);
    let repaired = repair(&history).expect("it can be repaired");
    assert_eq!(at_the_end(&repaired, &failed), Truth::True);
}
