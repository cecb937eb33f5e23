//! A controller that the run may not ask, and the renewals of its Lease.

use drive::health::Health;
use model::history::Part;
use rstest::rstest;
use serde_json::{Value, json};

use crate::api::Fault;
use crate::bench::Bench;
use crate::health::said;

/// A controller out of the API server's reach is no trouble either. A ready pod alone is no sign of
/// a controller that works.
#[rstest]
#[case::forbidden(Fault::Refuse(403, "you may not"), "you may not")]
#[case::out_of_reach(Fault::Refuse(503, "error trying to reach service"), "error trying to reach")]
#[case::silent(Fault::Hang, "no answer within 5s")]
#[tokio::test(start_paused = true)]
async fn a_controller_that_cannot_be_asked_is_named_and_no_trouble(
    #[case] fault: Fault,
    #[case] why: &str,
) {
    let bench = Bench::new().await;
    bench.api.fault("get", "/proxy/", fault);
    let _health = Health::start(&bench.installation, &bench.watches);
    let (_recorder, mut events) = bench.record("ns");
    assert_eq!(said(&mut events, 20).await.get(&Part::Controller), None, "no sign");
    let [unobserved] = bench.watches.unobserved().try_into().expect("one part is named");
    assert_eq!(unobserved.part, Part::Controller);
    assert!(unobserved.reason.contains(why), "{unobserved}");
}

/// The Lease of the controller that leads.
fn lease(holder: &str, renewed: u32) -> Value {
    json!({ "kind": "Lease", "metadata": { "name": "workflow-controller", "namespace": "argo" },
        "spec": { "holderIdentity": holder, "leaseTransitions": renewed } })
}

/// Each renewal of the Lease by the controller's pod is a sign. Another replica that leads is none.
#[rstest]
#[case::of_the_pod("workflow-controller-c1", true)]
#[case::of_another_pod("workflow-controller-c2", false)]
#[tokio::test(start_paused = true)]
async fn the_lease_tells_of_a_controller_that_cannot_be_asked(
    #[case] holder: &str,
    #[case] is_sign: bool,
) {
    let bench = Bench::new().await;
    bench.api.fault("get", "/proxy/", Fault::Refuse(403, "you may not"));
    bench.api.put(&lease(holder, 0));
    let _health = Health::start(&bench.installation, &bench.watches);
    let (_recorder, mut events) = bench.record("ns");
    assert_eq!(said(&mut events, 5).await.get(&Part::Controller), None, "no renewal");
    bench.api.put(&lease(holder, 1));
    let expected = is_sign.then_some((1, None));
    assert_eq!(said(&mut events, 5).await.get(&Part::Controller).cloned(), expected);
    bench.api.put(&lease(holder, 2));
    assert_eq!(said(&mut events, 5).await.get(&Part::Controller).cloned(), expected);
    assert_eq!(said(&mut events, 5).await.get(&Part::Controller), None, "no renewal");
}

/// The health of a controller is unknown while the API server does not answer.
#[tokio::test(start_paused = true)]
async fn an_api_server_that_fails_at_first_does_not_hide_the_controller() {
    let bench = Bench::new().await;
    for path in ["/readyz", "/proxy/"] {
        bench.api.fault("get", path, Fault::Break);
    }
    let _health = Health::start(&bench.installation, &bench.watches);
    let (_recorder, mut events) = bench.record("ns");
    let said = said(&mut events, 5).await;
    assert_eq!(said.get(&Part::Controller), None);
    assert_eq!(bench.watches.unobserved(), []);
}

#[tokio::test(start_paused = true)]
async fn a_right_that_is_taken_away_is_no_trouble_of_the_controller() {
    let bench = Bench::new().await;
    let _health = Health::start(&bench.installation, &bench.watches);
    let (_recorder, mut events) = bench.record("ns");
    assert_eq!(said(&mut events, 3).await[&Part::Controller].1, None);
    bench.api.fault("get", "/proxy/", Fault::Refuse(403, "you may not"));
    let told = said(&mut events, 3).await;
    assert!(told.get(&Part::Controller).is_none_or(|(_, trouble)| trouble.is_none()), "{told:?}");
    let reasons = bench.watches.unobserved().into_iter().map(|unobserved| unobserved.reason);
    let expected = "whether the workflow controller answers: you may not";
    assert_eq!(reasons.collect::<Vec<_>>(), [expected]);
}
