//! Tests of faults: the misbehaviour, the requests that meet a fault, and their number.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use model::history::Operation;
use model::step::{Misbehaviour, S3Error, StoreFault};
use rstest::rstest;

use crate::bench::{Bench, CONTENT, arm, ended};

fn on_get(what: Misbehaviour, first: Option<usize>) -> StoreFault {
    StoreFault { on: Operation::GetObject, key: "*a".to_owned(), first, misbehaviour: what }
}

#[rstest]
#[case(S3Error::AccessDenied, "403 Forbidden", "<Code>AccessDenied</Code>")]
#[case(S3Error::InternalError, "500 Internal Server Error", "<Code>InternalError</Code>")]
#[case(S3Error::SlowDown, "503 Service Unavailable", "<Code>SlowDown</Code>")]
#[case(S3Error::Unavailable, "503 Service Unavailable", "\r\n\r\n")]
#[tokio::test]
async fn an_error_is_answered(#[case] error: S3Error, #[case] status: &str, #[case] says: &str) {
    let bench = Bench::start().await;
    let (mut followed, faults) = bench.follow("ns/").await;
    let fault = on_get(Misbehaviour::Answer(error), Some(1));
    arm(&mut followed, &faults, "broken", &fault).await;
    let answer = bench.get("ns/a").await.expect("an answer");
    assert!(answer.starts_with(&format!("HTTP/1.1 {status}")) && answer.contains(says), "{answer}");
    let request = ended(&mut followed).await;
    assert_eq!((request.status, request.fault.as_deref()), (Some(error.status()), Some("broken")));
    assert!(bench.reached.lock().expect("nobody panicked").is_empty());
    // The fault is for the first request only.
    assert!(bench.get("ns/a").await.expect("an answer").ends_with(CONTENT));
    assert!(ended(&mut followed).await.is_done());
}

#[rstest]
#[case::another_key("GET", "ns/b")]
#[case::another_operation("HEAD", "ns/a")]
#[case::the_key_of_another_case("GET", "other/a")]
#[tokio::test]
async fn what_it_is_not_meant_for_passes(#[case] method: &str, #[case] key: &str) {
    let bench = Bench::start().await;
    let (mut followed, faults) = bench.follow("ns/").await;
    let fault = on_get(Misbehaviour::Answer(S3Error::SlowDown), None);
    arm(&mut followed, &faults, "broken", &fault).await;
    let request = format!("{method} /b/{key} HTTP/1.1\r\nHost: x\r\n");
    let answer = bench.ask(&request).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
}

#[tokio::test]
async fn it_ends_with_who_asked_for_it() {
    let bench = Bench::start().await;
    let (mut followed, faults) = bench.follow("ns/").await;
    let fault = on_get(Misbehaviour::Answer(S3Error::SlowDown), None);
    arm(&mut followed, &faults, "broken", &fault).await;
    assert!(bench.get("ns/a").await.expect("an answer").contains("SlowDown"));
    drop((followed, faults));
    // The proxy sees the end of the connection a moment later.
    let well = async { while !bench.get("ns/a").await.expect("an answer").ends_with(CONTENT) {} };
    tokio::time::timeout(Duration::from_secs(20), well).await.expect("it ends");
}

#[tokio::test]
async fn an_answer_is_cut_off() {
    let bench = Bench::start().await;
    let (mut followed, faults) = bench.follow("ns/").await;
    arm(&mut followed, &faults, "cut", &on_get(Misbehaviour::Truncate(4), None)).await;
    let answer = bench.get("ns/a").await.expect("an answer, as far as it goes");
    assert!(answer.to_lowercase().contains("content-length: 10\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n0123"), "{answer}");
    let request = ended(&mut followed).await;
    assert_eq!((request.status, request.received, request.broken), (Some(200), 4, true));
    assert!(!request.is_done());
}

#[tokio::test]
async fn a_connection_is_reset() {
    let bench = Bench::start().await;
    let (mut followed, faults) = bench.follow("ns/").await;
    arm(&mut followed, &faults, "reset", &on_get(Misbehaviour::Reset, None)).await;
    let error = bench.get("ns/a").await.expect_err("there is no answer");
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    let request = ended(&mut followed).await;
    assert_eq!((request.status, request.broken), (None, true));
    assert_eq!(request.fault.as_deref(), Some("reset"));
}

#[tokio::test]
async fn a_request_is_held_back() {
    let bench = Bench::start().await;
    let (mut followed, faults) = bench.follow("ns/").await;
    let length = Duration::from_millis(300);
    arm(&mut followed, &faults, "slow", &on_get(Misbehaviour::Delay(length), None)).await;
    let began = Instant::now();
    assert!(bench.get("ns/a").await.expect("an answer").ends_with(CONTENT));
    assert!(began.elapsed() >= length);
    let request = ended(&mut followed).await;
    assert!(request.is_done());
    assert_eq!(request.fault.as_deref(), Some("slow"));
}
