//! The hold of namespaces against an API server in memory, in paused time.

mod fake;

use std::sync::Mutex;
use std::time::Duration;

use rstest::rstest;
use tokio::time::Instant;

use super::{Hold, HoldError, lost};
use crate::budgets;
use crate::installation::Alarm;
use fake::FakeLeases;

/// Seconds since the start, and the run that writes the Lease then. `None`: it deletes the Lease.
type Write = (u64, Option<&'static str>);

async fn take(leases: &FakeLeases, names: &[&str], alarm: &Alarm) -> Result<Hold, HoldError> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    Hold::take(&leases.client(), &names, "run-1", alarm, |_| {}).await
}

/// The clocks of the other runs are years behind. Only the changes of the Lease count.
#[rstest]
#[case::nobody(&[], Ok(0))]
#[case::own(&[(0, Some("run-1"))], Ok(0))]
#[case::dead(&[(0, Some("run-2"))], Ok(60))]
#[case::alive(&[(0, Some("run-2")), (14, Some("run-2"))], Err(("run-2", 15)))]
#[case::late(&[(0, Some("run-2")), (59, Some("run-2"))], Err(("run-2", 60)))]
#[case::taken_by_a_third(&[(0, Some("run-2")), (30, Some("run-3"))], Err(("run-3", 30)))]
#[case::given_back(&[(0, Some("run-2")), (14, None)], Ok(15))]
#[case::without_a_name(&[(0, Some(""))], Ok(0))]
#[tokio::test(start_paused = true)]
async fn a_namespace_is_taken_after_its_lease_did_not_change(
    #[case] writes: &[Write],
    #[case] expected: Result<u64, (&str, u64)>,
) {
    let leases = FakeLeases::new();
    leases.writes("prepared", writes);
    let began = Instant::now();
    let taken = take(&leases, &["prepared"], &Alarm::default()).await;
    let waited = began.elapsed().as_secs();
    match (taken, expected) {
        (Ok(hold), Ok(seconds)) => {
            assert_eq!(waited, seconds);
            assert_eq!(leases.holder("prepared").as_deref(), Some("run-1"));
            hold.give_back().await;
            assert_eq!(leases.holder("prepared"), None);
        }
        (Err(HoldError::Held { holder, .. }), Err((other, seconds))) => {
            assert_eq!((holder.as_str(), waited), (other, seconds));
        }
        (taken, expected) => panic!("{:?} instead of {expected:?}", taken.map(drop)),
    }
}

#[tokio::test(start_paused = true)]
async fn a_namespace_is_renewed_while_another_one_is_waited_for() {
    let leases = FakeLeases::new();
    leases.writes("second", &[(0, Some("run-2"))]);
    let hold = take(&leases, &["first", "second"], &Alarm::default()).await.expect("both");
    assert!(leases.count_writes("first") >= 4, "{} writes", leases.count_writes("first"));
    hold.give_back().await;
    assert_eq!([leases.holder("first"), leases.holder("second")], [None, None]);
}

#[tokio::test(start_paused = true)]
async fn all_namespaces_are_taken_or_none() {
    let leases = FakeLeases::new();
    leases.writes("second", &[(0, Some("run-2")), (14, Some("run-2"))]);
    let taken = take(&leases, &["first", "second"], &Alarm::default()).await;
    let held = matches!(&taken, Err(HoldError::Held { namespace, .. }) if namespace == "second");
    assert!(held, "{:?}", taken.map(drop));
    assert_eq!(leases.holder("first"), None);
    assert_eq!(leases.holder("second").as_deref(), Some("run-2"));
}

#[tokio::test(start_paused = true)]
async fn each_wait_is_told_once() {
    let leases = FakeLeases::new();
    leases.writes("prepared", &[(0, Some("run-2"))]);
    let told = Mutex::new(Vec::new());
    let note = |text: &str| told.lock().expect("no panic").push(text.to_owned());
    let names = ["prepared".to_owned()];
    let hold = Hold::take(&leases.client(), &names, "run-1", &Alarm::default(), note).await;
    hold.expect("it is free after the wait").give_back().await;
    let said = "run run-2 held namespace prepared; this run takes it if the Lease does not change \
                for 60 s";
    assert_eq!(told.into_inner().expect("no panic"), [said]);
}

/// The machine of this run stood still, and the other run saw no change of the Lease.
#[tokio::test(start_paused = true)]
async fn a_lease_that_another_run_took_raises_the_alarm_and_stays() {
    let leases = FakeLeases::new();
    leases.writes("prepared", &[(31, Some("run-2"))]);
    let alarm = Alarm::default();
    let hold = take(&leases, &["prepared"], &alarm).await.expect("it is free");
    let raised = tokio::time::timeout(Duration::from_mins(1), alarm.raised()).await;
    assert_eq!(raised.as_deref(), Ok("namespace prepared is in use by run run-2 as well"));
    hold.give_back().await;
    assert_eq!(leases.holder("prepared").as_deref(), Some("run-2"));
}

#[tokio::test(start_paused = true)]
async fn a_renewed_lease_raises_no_alarm() {
    let leases = FakeLeases::new();
    let alarm = Alarm::default();
    let hold = take(&leases, &["prepared"], &alarm).await.expect("it is free");
    let raised = tokio::time::timeout(budgets::NAMESPACE_LEASE.time * 5, alarm.raised()).await;
    assert!(raised.is_err(), "{raised:?}");
    hold.give_back().await;
}

fn refused() -> Result<(), HoldError> {
    let cause = crate::api_error::ApiError::from(kube::Error::LinesCodecMaxLineLengthExceeded);
    Err(HoldError::Api { namespace: "prepared".to_owned(), cause })
}

fn held() -> Result<(), HoldError> {
    Err(HoldError::held("prepared", "run-2"))
}

#[rstest]
#[case::renewed(Ok(()), 15, None)]
#[case::made_up_for_by_the_next(refused(), 45, None)]
#[case::taken(held(), 15, Some("namespace prepared is in use by run run-2 as well"))]
#[case::run_out(refused(), 61, Some("the Lease was not renewed for 61s"))]
#[case::run_out_and_free_again(Ok(()), 75, Some("the Lease was not renewed for 75s"))]
fn a_namespace_is_lost(
    #[case] outcome: Result<(), HoldError>,
    #[case] seconds: u64,
    #[case] expected: Option<&str>,
) {
    let said = lost("prepared", &outcome, Duration::from_secs(seconds));
    assert_eq!(said.is_some(), expected.is_some(), "{said:?}");
    assert!(said.unwrap_or_default().contains(expected.unwrap_or_default()));
}
