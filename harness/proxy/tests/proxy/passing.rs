//! Tests of requests and answers that pass the proxy.

use model::history::Operation;

use crate::bench::{Bench, CONTENT, ended};

#[tokio::test]
async fn a_request_reaches_the_store_as_it_was_signed() {
    let bench = Bench::start().await;
    let (mut followed, _faults) = bench.follow("ns/").await;
    let request = "PUT /b/ns/a%20b?x=%2F HTTP/1.1\r\nHost: signed:9000\r\n\
                   Authorization: AWS4-HMAC-SHA256 Signature=1\r\nContent-Length: 5\r\n\
                   Connection: close\r\n\r\nhello";
    let answer = bench.ask_whole(request).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with(CONTENT), "{answer}");
    let reached = bench.reached.lock().expect("nobody panicked").remove(0).to_lowercase();
    assert!(reached.starts_with("put /b/ns/a%20b?x=%2f http/1.1\r\n"), "{reached}");
    for kept in ["host: signed:9000\r\n", "signature=1\r\n", "\r\n\r\nhello"] {
        assert!(reached.contains(kept), "{reached}");
    }
    let request = ended(&mut followed).await;
    assert_eq!((request.operation, request.key.as_str()), (Operation::PutObject, "ns/a b"));
    assert_eq!((request.status, request.sent, request.received), (Some(200), 5, 10));
    assert_eq!((request.from.as_str(), request.bucket.as_str()), ("127.0.0.1", "b"));
    assert!(request.is_done() && request.fault.is_none(), "{request:?}");
}

#[tokio::test]
async fn a_head_has_no_body() {
    let bench = Bench::start().await;
    let (mut followed, _faults) = bench.follow("ns/").await;
    let answer = bench.ask("HEAD /b/ns/a HTTP/1.1\r\nHost: x\r\n").await.expect("an answer");
    assert!(answer.to_lowercase().contains("content-length: 10\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n"), "{answer}");
    assert!(ended(&mut followed).await.is_done());
}

#[tokio::test]
async fn connections_are_used_again() {
    let bench = Bench::start().await;
    let (mut followed, _faults) = bench.follow("ns/").await;
    let both = "GET /b/ns/a HTTP/1.1\r\nHost: x\r\n\r\n\
                GET /b/ns/b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answer = bench.ask_whole(both).await.expect("an answer");
    assert_eq!(answer.matches(CONTENT).count(), 2, "{answer}");
    assert_eq!(ended(&mut followed).await.key, "ns/a");
    assert_eq!(ended(&mut followed).await.key, "ns/b");
}
