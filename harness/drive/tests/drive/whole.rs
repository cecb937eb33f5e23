//! A whole case, from submit to its deletion, and the judge's findings about its history.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use drive::health::Health;
use drive::recorder::Observer;
use judge::{Judge, judge};
use model::claim::{Claim, Claims, Modality};
use model::fact::{Count, Presence};
use model::fact::{StoreFact, WorkflowFact};
use model::history::{Event, EventKind, Header};
use model::verdict::Doubt;
use model::verdict::Outcome::{self, Fail, NotReached, Pass, Unknown};
use model::{Fact, Plan, StepKind, World};
use rstest::rstest;
use serde_json::json;

use crate::api::{Fault, controller};
use crate::bench::{Bench, NAMESPACE, Running, Tape, WORKFLOW, header, phase, plan, wait};
use crate::nodes::pod_on;
use crate::store::FakeStore;

const FINALIZER: &str = "workflows.argoproj.io/artifact-gc";

/// The behaviour of Argo in the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Argo {
    Healthy,
    NeverCompletes,
    KeepsFinalizer,
    RefusesToDelete,
}

/// The trouble of the environment after the deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Environment {
    Healthy,
    ApiSilent,
    NodeLost,
    ControllerReplaced,
    WatchLost,
}

/// The judge, which gets each event during the recording, as in a run.
struct Bar {
    judge: Arc<Mutex<Judge>>,
    tape: Tape,
}

impl Observer for Bar {
    fn event(&mut self, event: &Event, world: &World) {
        self.judge.lock().expect("a judge").push(event);
        self.tape.event(event, world);
    }

    fn settled(&self) -> bool {
        self.judge.lock().expect("a judge").settled()
    }
}

fn claim(id: &str, modality: Modality, fact: Fact, since: &str) -> Claim {
    Claim {
        id: id.to_owned(),
        modality,
        fact,
        since: since.to_owned(),
        after: None,
        before: None,
        only_while: None,
        regardless: None,
    }
}

fn within(seconds: u64) -> Modality {
    Modality::Eventually { within: Duration::from_secs(seconds), lasting: None }
}

fn claims() -> Claims {
    let claims = vec![
        claim("succeeds", within(10), phase("Succeeded"), "submit"),
        claim("finalizer-removed", within(10), lacks_finalizer(), "delete"),
        claim(
            "deletion-returns",
            within(10),
            Fact::Workflow(WorkflowFact::Presence(Presence::Gone)),
            "delete",
        ),
    ];
    Claims { claims, ..Claims::default() }
}

fn lacks_finalizer() -> Fact {
    Fact::Workflow(WorkflowFact::Finalizer(FINALIZER.to_owned(), false))
}

fn the_plan() -> Plan {
    plan([wait(phase("Succeeded"), 30), StepKind::Delete])
}

/// Starts the case with the judge as its observer.
fn begin(bench: &Bench, claims: &Claims) -> (Running, Arc<Mutex<Judge>>) {
    let plan = the_plan();
    let steps = plan.steps.iter().map(|step| step.name.clone()).collect();
    let header = Header { steps, ..header(NAMESPACE) };
    let judge = Arc::new(Mutex::new(Judge::new(&header, claims)));
    let (events, tape) = Tape::new();
    let bar = Bar { judge: Arc::clone(&judge), tape };
    (bench.run_before(plan, Box::new(bar), events), judge)
}

/// The findings, claim by claim. The judge of the recording and a judge of the file must agree.
async fn found(run: Running, there: Arc<Mutex<Judge>>, claims: &Claims) -> Vec<Outcome> {
    let history = run.ended().await;
    let read = judge(claims, &history);
    let there = Arc::into_inner(there).expect("the run is over").into_inner().expect("a judge");
    assert_eq!(there.finish(), read, "the same, live and from the file");
    read.into_iter().map(|finding| finding.outcome).collect()
}

/// Argo's part up to the deletion.
async fn play(bench: &Bench, run: &mut Running, argo: Argo) {
    let api = bench.api.clone();
    bench.argo.answers(move |_| {
        if argo == Argo::RefusesToDelete {
            return (1, "permission denied");
        }
        api.delete("workflows", NAMESPACE, WORKFLOW);
        (0, "Workflow 'case' deleted")
    });
    run.events.begun("await").await;
    bench.workflow(&json!({ "metadata": { "finalizers": [FINALIZER] } }));
    bench.api.put(&pod_on(NAMESPACE, "one"));
    for next in ["Pending", "Running"] {
        bench.phase(next);
    }
    if argo != Argo::NeverCompletes {
        bench.phase("Succeeded");
    }
}

async fn step_ended(run: &mut Running, name: &str) {
    run.events
        .next(|what| {
            matches!(what, EventKind::StepEnded { step, .. } if step == name).then_some(())
        })
        .await;
}

fn befall(bench: &Bench, environment: Environment) {
    let api = &bench.api;
    match environment {
        Environment::Healthy => {}
        Environment::ApiSilent => api.fault("get", "/readyz", Fault::Hang),
        Environment::NodeLost => api.delete("nodes", "", "one"),
        Environment::ControllerReplaced => {
            api.delete("pods", "argo", "workflow-controller-c1");
            api.put(&controller("c2", 0, true));
        }
        Environment::WatchLost => {
            api.close("workflows");
            api.put(&json!({ "kind": "Workflow",
                "metadata": { "name": "other", "namespace": "elsewhere" } }));
            api.forget("workflows");
        }
    }
}

const NO_STEP: Outcome = Unknown(Doubt::StepUnknown);
const BROKEN: Outcome = Unknown(Doubt::Environment);
const MISSED: Outcome = Unknown(Doubt::Gap);

#[rstest]
#[case(Argo::Healthy, Environment::Healthy, [Pass, Pass, Pass])]
#[case(Argo::NeverCompletes, Environment::Healthy, [Fail, NotReached, NotReached])]
#[case(Argo::RefusesToDelete, Environment::Healthy, [Pass, NO_STEP, NO_STEP])]
#[case(Argo::KeepsFinalizer, Environment::Healthy, [Pass, Fail, Fail])]
#[case(Argo::KeepsFinalizer, Environment::ApiSilent, [Pass, BROKEN, BROKEN])]
#[case(Argo::KeepsFinalizer, Environment::NodeLost, [Pass, BROKEN, BROKEN])]
#[case(Argo::KeepsFinalizer, Environment::ControllerReplaced, [Pass, BROKEN, BROKEN])]
#[case(Argo::KeepsFinalizer, Environment::WatchLost, [Pass, MISSED, MISSED])]
#[tokio::test(start_paused = true)]
async fn a_case_passes_where_argo_is_healthy_and_fails_only_where_it_is_not(
    #[case] argo: Argo,
    #[case] environment: Environment,
    #[case] outcomes: [Outcome; 3],
) {
    let bench = Bench::new().await;
    let _health = Health::start(&bench.installation, &bench.watches);
    let claims = claims();
    let (mut run, judge) = begin(&bench, &claims);
    play(&bench, &mut run, argo).await;
    if matches!(argo, Argo::Healthy | Argo::KeepsFinalizer) {
        step_ended(&mut run, "delete").await;
        befall(&bench, environment);
    }
    if argo == Argo::Healthy {
        bench.workflow(&json!({ "metadata": { "finalizers": null } }));
    }
    assert_eq!(found(run, judge, &claims).await, outcomes);
}

/// Claims that compare the workflow with its objects.
fn claims_on_objects() -> Claims {
    let some = Fact::Store(StoreFact::Objects(Count::AtLeast(1)));
    let mut orphaned =
        claim("never-orphaned", Modality::Never { within: None }, lacks_finalizer(), "delete");
    orphaned.only_while = Some(some);
    let none = Fact::Store(StoreFact::Objects(Count::Exactly(0)));
    let claims = vec![
        claim("collected", within(2), none, "delete"),
        orphaned,
        claim(
            "deletion-returns",
            within(2),
            Fact::Workflow(WorkflowFact::Presence(Presence::Gone)),
            "delete",
        ),
    ];
    Claims { claims, ..Claims::default() }
}

/// Uses real time: the object store is behind a socket.
#[rstest]
#[case::collected_first(true, [Pass, Pass, Pass])]
#[case::orphaned(false, [Fail, Fail, Pass])]
#[tokio::test]
async fn objects_are_judged_by_what_the_store_says(
    #[case] collects: bool,
    #[case] outcomes: [Outcome; 3],
) {
    let store = FakeStore::start().await;
    let bench = Bench::with_store(store.address()).await;
    let _health = Health::start(&bench.installation, &bench.watches);
    let claims = claims_on_objects();
    store.put("ns/case/main.log");
    let (mut run, judge) = begin(&bench, &claims);
    let count = |what: &EventKind| match what {
        EventKind::Listed { keys, .. } => Some(keys.len()),
        _ => None,
    };
    play(&bench, &mut run, Argo::Healthy).await;
    step_ended(&mut run, "delete").await;
    if collects {
        assert_eq!(run.events.next(count).await, 1, "it is there while the workflow is");
        store.remove("ns/case/main.log");
        run.events.next(|what| count(what).filter(|count| *count == 0)).await;
    }
    bench.workflow(&json!({ "metadata": { "finalizers": null } }));
    assert_eq!(found(run, judge, &claims).await, outcomes);
}
