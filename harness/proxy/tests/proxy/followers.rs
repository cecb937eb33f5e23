//! Tests of the reports to followers.

use std::io::ErrorKind;

use model::history::Operation;
use proxy::ProxyEvent;

use crate::bench::{BREAKS_OFF, Bench, CONTENT, ended, told};

#[tokio::test]
async fn each_is_told_of_its_own_and_all_of_nobodys() {
    let bench = Bench::start().await;
    let (mut one, _faults) = bench.follow("one/").await;
    let (mut two, _others) = bench.follow("two/").await;
    for key in ["one/a", "two/a", "nobody/a", "one/b"] {
        bench.get(key).await.expect("an answer");
    }
    for expected in ["one/a", "nobody/a", "one/b"] {
        assert_eq!(ended(&mut one).await.key, expected);
    }
    for expected in ["two/a", "nobody/a"] {
        assert_eq!(ended(&mut two).await.key, expected);
    }
}

#[tokio::test]
async fn what_is_of_the_bucket_is_of_no_case() {
    let bench = Bench::start().await;
    let (mut followed, _faults) = bench.follow("ns/").await;
    bench.get("?location=").await.expect("an answer");
    bench.get("ns/a").await.expect("an answer");
    assert_eq!(ended(&mut followed).await.key, "ns/a");
}

#[tokio::test]
async fn each_key_of_a_deletion_is_told() {
    let bench = Bench::start().await;
    let (mut followed, _faults) = bench.follow("ns/").await;
    let body = "<Delete><Object><Key>ns/a</Key></Object><Object><Key>ns/b</Key></Object></Delete>";
    let length = body.len();
    let request = format!(
        "POST /b/?delete= HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{body}"
    );
    bench.ask_whole(&request).await.expect("an answer");
    for key in ["ns/a", "ns/b"] {
        let request = ended(&mut followed).await;
        assert_eq!((request.operation, request.key.as_str()), (Operation::DeleteObjects, key));
    }
    assert!(bench.reached.lock().expect("nobody panicked")[0].ends_with(body));
}

#[tokio::test]
async fn a_store_that_is_gone_is_trouble_and_no_answer() {
    let bench = Bench::start().await;
    let (mut followed, _faults) = bench.follow("ns/").await;
    bench.end_store();
    // A store that has ended refuses once its socket is closed.
    let error = loop {
        match bench.get("ns/a").await {
            Ok(answer) if answer.is_empty() => break None,
            Ok(_) => {}
            Err(error) => break Some(error.kind()),
        }
    };
    assert!(matches!(error, None | Some(ErrorKind::ConnectionReset)), "{error:?}");
    let why = loop {
        if let ProxyEvent::Trouble(why) = told(&mut followed).await {
            break why;
        }
    };
    assert!(why.starts_with("the proxy before the store had no whole answer of it"), "{why}");
}

#[tokio::test]
async fn a_store_that_breaks_off_is_trouble() {
    let bench = Bench::start().await;
    let (mut followed, _faults) = bench.follow("ns/").await;
    let answer = bench.get(&format!("ns/{BREAKS_OFF}")).await.expect("the half of an answer");
    assert!(!answer.ends_with(CONTENT), "{answer}");
    assert!(matches!(told(&mut followed).await, ProxyEvent::Trouble(_)));
    assert!(!ended(&mut followed).await.is_done());
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_an_error() {
    let directory = tempfile::tempdir().expect("a directory");
    let socket = directory.path().join("proxy.sock");
    let error = proxy::follow(&socket, "ns/").await.expect_err("nobody listens");
    let words = error.to_string();
    assert!(words.contains("proxy.sock: No such file"), "{words}");
}
