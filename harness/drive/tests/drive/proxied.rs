//! A proxy before the object store. Its reports are recorded, and it makes the object store
//! misbehave.

use std::path::PathBuf;

use model::fact::RequestFact;
use model::fact::{Count, Fact, RequestsFact};
use model::history::{EndReason, EventKind, History, Operation, Request, StepOutcome};
use model::step::{Misbehaviour, S3Error, StoreFault};
use model::{Plan, StepKind};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use crate::bench::{Bench, NAMESPACE, PATIENCE, outcome, plan, read, wait};
use crate::store::FakeStore;

/// The proxy of this test. No other test has a proxy at its address.
struct Proxy {
    listen: String,
    socket: PathBuf,
    serving: JoinHandle<std::io::Result<()>>,
    _directory: TempDir,
}

impl Proxy {
    async fn before(store: &FakeStore, host: u8) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let socket = directory.path().join("proxy.sock");
        let [_, _, high, low] = std::process::id().to_be_bytes();
        let listen = format!("127.{high}.{low}.{host}:9000");
        let places = proxy::Addresses {
            listen: listen.parse().expect("an address"),
            store: store.address().endpoint.parse().expect("an address"),
            socket: socket.clone(),
        };
        let serving = tokio::spawn(proxy::serve(places, |_: &Request| {}));
        let ready = async {
            while proxy::follow(&socket, "").await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, ready).await.expect("it begins to serve");
        Self { listen, socket, serving, _directory: directory }
    }

    /// The answer to a pod that deletes an object of the case.
    async fn delete(&self) -> String {
        let mut stream = TcpStream::connect(&self.listen).await.expect("it listens");
        let request = format!(
            "DELETE /bucket/{NAMESPACE}/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.expect("it is there");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an answer");
        answer
    }
}

fn refused_once() -> StepKind {
    let what = Misbehaviour::Answer(S3Error::SlowDown);
    let (on, key) = (Operation::DeleteObject, "*".to_owned());
    StepKind::StoreFault(StoreFault { on, key, first: Some(1), misbehaviour: what })
}

fn until_deleted() -> Plan {
    let (on, key) = (Operation::DeleteObject, "*".to_owned());
    let deleted = RequestsFact { on, key, done: Some(true), count: Count::AtLeast(1) };
    plan([refused_once(), wait(Fact::Requests(RequestFact::Requests(deleted)), 60)])
}

async fn bench(store: &FakeStore, proxy: Option<&Proxy>) -> Bench {
    let mut bench = Bench::with_store(store.address()).await;
    bench.installation.proxy = proxy.map(|proxy| proxy.socket.clone());
    bench
}

fn requests(history: &History) -> Vec<(Option<u16>, Option<&str>, bool)> {
    let requests = history.events.iter().filter_map(|event| match &event.kind {
        EventKind::Requested(request) => {
            Some((request.status, request.fault.as_deref(), request.asked_at <= event.at))
        }
        _ => None,
    });
    requests.collect()
}

#[tokio::test]
async fn a_request_meets_the_fault_and_is_recorded() {
    let store = FakeStore::start().await;
    store.put("ns/a");
    let proxy = Proxy::before(&store, 1).await;
    let bench = bench(&store, Some(&proxy)).await;
    let mut run = bench.run(until_deleted());
    run.events.begun("await").await;
    assert!(proxy.delete().await.starts_with("HTTP/1.1 503 "));
    assert!(proxy.delete().await.starts_with("HTTP/1.1 204 "));
    let history = run.ended().await;
    assert!(history.header.requests);
    let expected = [(Some(503), Some("store-fault"), true), (Some(204), None, true)];
    assert_eq!(requests(&history), expected);
    assert!(matches!(outcome(&history, "await"), Some(StepOutcome::Done(_))));
    assert!(store.keys().is_empty());
}

#[tokio::test]
async fn a_proxy_that_is_gone_is_trouble_of_the_harness() {
    let store = FakeStore::start().await;
    let proxy = Proxy::before(&store, 2).await;
    let bench = bench(&store, Some(&proxy)).await;
    let mut run = bench.run(until_deleted());
    run.events.begun("await").await;
    proxy.serving.abort();
    let error = run.driven.await.expect("no panic").expect_err("it cannot go on");
    assert!(error.to_string().contains("the proxy before the object store"), "{error}");
    let last = read(&bench.history()).events.pop().expect("an event").kind;
    assert!(matches!(last, EventKind::Ended(EndReason::HarnessError(_))), "{last:?}");
}

#[tokio::test]
async fn without_a_proxy_no_store_misbehaves() {
    let store = FakeStore::start().await;
    let bench = bench(&store, None).await;
    let history = bench.run(until_deleted()).ended().await;
    assert!(!history.header.requests);
    let why = "nothing of ours is between the pods and the store".to_owned();
    assert_eq!(outcome(&history, "store-fault"), Some(StepOutcome::Refused(why)));
}
