//! An API server in memory that knows Leases alone, one in each namespace.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use http::{Method, Request, Response};
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::Write;

/// The API server. Clones are the same server.
#[derive(Clone)]
pub(super) struct FakeLeases(Arc<Mutex<State>>);

struct State {
    began: Instant,
    slots: BTreeMap<String, Slot>,
}

/// The Lease of a namespace.
#[derive(Default)]
struct Slot {
    lease: Option<Value>,
    /// Number of writes. The last one is the version of the Lease.
    writes: usize,
    /// Writes of other runs that are still to come.
    others: VecDeque<(Duration, Option<&'static str>)>,
}

impl FakeLeases {
    pub(super) fn new() -> Self {
        let state = State { began: Instant::now(), slots: BTreeMap::new() };
        Self(Arc::new(Mutex::new(state)))
    }

    /// Writes of other runs in a namespace.
    pub(super) fn writes(&self, namespace: &str, writes: &[Write]) {
        let others = writes.iter().map(|(at, run)| (Duration::from_secs(*at), *run)).collect();
        let slot = Slot { others, ..Slot::default() };
        self.lock().slots.insert(namespace.to_owned(), slot);
    }

    pub(super) fn client(&self) -> Client {
        let fake = self.clone();
        let service = tower::service_fn(move |request: Request<Body>| {
            let fake = fake.clone();
            async move {
                let (parts, body) = request.into_parts();
                let body = body.collect_bytes().await.expect("a body in memory");
                let sent = serde_json::from_slice(&body).unwrap_or_default();
                let mut names = parts.uri.path().split('/').skip_while(|n| *n != "namespaces");
                let namespace = names.nth(1).expect("the path names the namespace").to_owned();
                let mut state = fake.lock();
                let now = state.began.elapsed();
                let slot = state.slots.entry(namespace).or_default();
                slot.catch_up(now);
                Ok::<_, std::io::Error>(slot.answer(&parts.method, sent))
            }
        });
        Client::new(service, "default")
    }

    /// Id of the run that holds the namespace.
    pub(super) fn holder(&self, namespace: &str) -> Option<String> {
        let state = self.lock();
        let lease = state.slots.get(namespace)?.lease.as_ref()?;
        Some(lease["spec"]["holderIdentity"].as_str()?.to_owned())
    }

    pub(super) fn count_writes(&self, namespace: &str) -> usize {
        self.lock().slots.get(namespace).map_or(0, |slot| slot.writes)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no test panics while it holds the fake")
    }
}

impl Slot {
    fn write(&mut self, mut lease: Value) -> Value {
        self.writes += 1;
        lease["metadata"]["resourceVersion"] = json!(self.writes.to_string());
        self.lease.insert(lease).clone()
    }

    fn catch_up(&mut self, now: Duration) {
        while let Some((_, run)) = self.others.pop_front_if(|(at, _)| *at <= now) {
            match run {
                Some(run) => drop(self.write(of_a_skewed_clock(run))),
                None => self.lease = None,
            }
        }
    }

    fn answer(&mut self, method: &Method, sent: Value) -> Response<Body> {
        let stale = self.lease.as_ref().is_some_and(|lease| {
            lease["metadata"]["resourceVersion"] != sent["metadata"]["resourceVersion"]
        });
        match (method.as_str(), self.lease.clone()) {
            ("POST", None) => answer(201, &self.write(sent)),
            ("PUT", Some(_)) if !stale => answer(200, &self.write(sent)),
            ("POST" | "PUT", Some(_)) => refusal(409, "Conflict"),
            (_, None) => refusal(404, "NotFound"),
            ("DELETE", Some(lease)) => {
                self.lease = None;
                answer(200, &lease)
            }
            (_, Some(lease)) => answer(200, &lease),
        }
    }
}

/// A Lease whose writer has a clock that is years behind.
fn of_a_skewed_clock(run: &str) -> Value {
    json!({ "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
        "metadata": { "name": "argo-conformance" },
        "spec": { "holderIdentity": run, "leaseDurationSeconds": 60,
            "renewTime": "2020-01-01T00:00:00.000000Z" } })
}

fn refusal(code: u16, reason: &str) -> Response<Body> {
    let status = json!({ "kind": "Status", "apiVersion": "v1", "metadata": {},
        "status": "Failure", "code": code, "reason": reason, "message": reason });
    answer(code, &status)
}

fn answer(code: u16, value: &Value) -> Response<Body> {
    let response = Response::builder().status(code).header("content-type", "application/json");
    response.body(Body::from(value.to_string().into_bytes())).expect("a response")
}
