//! The truth of facts about requests to the store on a world.

use model::fact::RequestFact;
use model::fact::{Count, Fact, RequestsFact};
use model::history::{Change, EventKind, Header, Kind, Observation, Operation, Request, Versions};
use model::truth::Truth::{False, True, Unknown};
use model::{Event, Truth, World};
use rstest::rstest;
use serde_json::json;

/// The address of the case's pod.
const POD: &str = "10.0.0.1";

fn header(requests: bool) -> Header {
    let text = || "x".to_owned();
    Header {
        format: (model::history::MAJOR, model::history::MINOR),
        run: text(),
        case: text(),
        argo: Versions::all("x"),
        namespace: "ns".to_owned(),
        workflow: "wf".to_owned(),
        started: text(),
        steps: vec![],
        controller: None,
        requests,
        challenge: None,
    }
}

/// A request of the pod: the operation, the whole key, from when to when, the status.
type Asked = (Operation, &'static str, [u64; 2], Option<u16>);

fn request((operation, key, [asked, _], status): Asked) -> Request {
    Request {
        from: POD.to_owned(),
        operation,
        bucket: "b".to_owned(),
        key: key.to_owned(),
        asked_at: asked,
        status,
        sent: 0,
        received: 0,
        broken: false,
        fault: None,
    }
}

fn pod() -> EventKind {
    let object = json!({
        "metadata": { "name": "p", "uid": "p", "namespace": "ns",
            "labels": { "workflows.argoproj.io/workflow": header(true).workflow } },
        "status": { "phase": "Running", "podIP": POD },
    });
    EventKind::Observed(Observation { kind: Kind::Pod, change: Change::Added, object })
}

fn world(recorded: bool, requests: &[Asked]) -> World {
    let mut world = World::new(&header(recorded));
    let watching = EventKind::Bookmark { kind: Kind::Pod, version: "1".to_owned(), asked_at: 0 };
    let told = requests.iter().map(|asked| (asked.2[1], EventKind::Requested(request(*asked))));
    let whats = [(0, watching), (0, pod())].into_iter().chain(told);
    for (n, (at, what)) in (1..).zip(whats) {
        world.apply(&Event { n, at, kind: what });
    }
    world
}

fn of(on: Operation, key: &str, done: Option<bool>, count: Count) -> Fact {
    Fact::Requests(RequestFact::Requests(RequestsFact { on, key: key.to_owned(), done, count }))
}

const GET: Operation = Operation::GetObject;
const PUT: Operation = Operation::PutObject;
const DELETE: Operation = Operation::DeleteObject;
const DENIED: Option<u16> = Some(403);
const OK: Option<u16> = Some(200);

#[rstest]
#[case::of_this_key(of(DELETE, "*/a", None, Count::Exactly(2)), True)]
#[case::of_any(of(DELETE, "*", None, Count::Exactly(3)), True)]
#[case::done(of(DELETE, "*/a", Some(true), Count::Exactly(1)), True)]
#[case::failed(of(DELETE, "*/a", Some(false), Count::Exactly(1)), True)]
#[case::without_an_answer(of(PUT, "*", Some(false), Count::Exactly(1)), True)]
#[case::of_another_operation(of(GET, "*", None, Count::AtLeast(1)), False)]
#[case::with_the_prefix_itself(of(DELETE, "ns*", None, Count::AtLeast(1)), False)]
#[case::elsewhere(Fact::Requests(RequestFact::Astray(Count::Exactly(1))), True)]
fn what_was_asked(#[case] fact: Fact, #[case] expected: Truth) {
    let requests = [
        (PUT, "ns/wf/a", [1, 2], None),
        (DELETE, "ns/wf/a", [3, 4], DENIED),
        (DELETE, "ns/wf/a", [5, 6], Some(204)),
        (DELETE, "ns/wf/b", [5, 6], DENIED),
        (DELETE, "nsx/a", [7, 8], OK),
    ];
    assert_eq!(world(true, &requests).holds(&fact), expected, "{fact}");
    assert_eq!(world(false, &requests).holds(&fact), Unknown, "nothing was recorded");
}

#[test]
fn only_what_the_cases_own_pods_asked_for_is_astray() {
    let mut world = world(true, &[]);
    let elsewhere =
        Request { from: "10.0.0.2".to_owned(), ..request((DELETE, "other/a", [1, 2], Some(204))) };
    world.apply(&Event { n: 3, at: 2, kind: EventKind::Requested(elsewhere) });
    assert_eq!(world.holds(&Fact::Requests(RequestFact::Astray(Count::AtLeast(1)))), False);
}

#[test]
fn what_is_cut_off_is_not_done() {
    let cut = Request { broken: true, ..request((GET, "ns/a", [1, 2], OK)) };
    let mut world = world(true, &[]);
    world.apply(&Event { n: 3, at: 2, kind: EventKind::Requested(cut) });
    assert_eq!(world.holds(&of(GET, "*", Some(false), Count::Exactly(1))), True);
}

const DELETED: Asked = (DELETE, "ns/a", [10, 20], Some(204));

#[rstest]
#[case::after(&[DELETED, (GET, "ns/a", [20, 30], Some(404))], True)]
#[case::begun_before(&[DELETED, (GET, "ns/a", [19, 30], OK)], False)]
#[case::another_key(&[DELETED, (GET, "ns/b", [20, 30], OK)], False)]
#[case::not_deleted(&[(DELETE, "ns/a", [10, 20], DENIED), (GET, "ns/a", [20, 30], OK)], False)]
#[case::written_since(&[DELETED, (PUT, "ns/a", [21, 22], OK), (GET, "ns/a", [30, 31], OK)], False)]
#[case::asked_only_whether_it_is_there(
    &[DELETED, (Operation::HeadObject, "ns/a", [20, 30], Some(404))],
    False
)]
fn read_after_deletion(#[case] requests: &[Asked], #[case] expected: Truth) {
    let fact = Fact::Requests(RequestFact::ReadAfterDeletion("*".to_owned()));
    assert_eq!(world(true, requests).holds(&fact), expected);
}
