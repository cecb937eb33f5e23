//! The record of a request for the followers and for the log.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use http::StatusCode;
use model::history::Request;
use model::milliseconds;

use crate::hub::{Hub, Met};
use crate::s3::Asked;
use crate::upload::Upstream;

/// The source and the destination of requests.
#[derive(Clone)]
pub(crate) struct Route {
    pub(crate) hub: Hub,
    pub(crate) from: IpAddr,
    pub(crate) store: SocketAddr,
    /// Receives each request that has ended.
    pub(crate) log: Arc<dyn Fn(&Request) + Send + Sync>,
}

/// The record of a request. The proxy reports the record once: at the request's end, or at the
/// drop.
pub(crate) struct Tally {
    route: Route,
    /// One request for each key.
    requests: Vec<Request>,
    began: Instant,
    upstream: Arc<Upstream>,
    told: bool,
}

impl Tally {
    pub(crate) fn new(
        route: &Route,
        asked: &Asked,
        keys: Vec<String>,
        fault: Option<&Met>,
    ) -> Self {
        let of = |key| Request {
            from: route.from.to_string(),
            operation: asked.operation,
            bucket: asked.bucket.clone(),
            key,
            asked_at: 0,
            status: None,
            sent: 0,
            received: 0,
            broken: false,
            fault: fault.map(|met| met.step.clone()),
        };
        let requests = keys.into_iter().map(of).collect();
        let upstream = Arc::default();
        Self { route: route.clone(), requests, began: Instant::now(), upstream, told: false }
    }

    /// The progress of the request's body.
    pub(crate) fn upstream(&self) -> &Arc<Upstream> {
        &self.upstream
    }

    /// Notes the status of the answer.
    pub(crate) fn answered(&mut self, status: StatusCode) {
        self.requests.iter_mut().for_each(|request| request.status = Some(status.as_u16()));
    }

    /// Reports to every follower that the object store gave no whole answer.
    pub(crate) fn trouble(&self, why: &dyn std::fmt::Display) {
        let words = format!("the proxy before the store had no whole answer of it: {why}");
        self.route.hub.trouble(&words);
    }

    /// Reports the request, unless an earlier call did so.
    pub(crate) fn end(&mut self, received: u64, broken: bool) {
        if std::mem::replace(&mut self.told, true) {
            return;
        }
        let took = milliseconds(self.began.elapsed());
        for request in &mut self.requests {
            request.sent = self.upstream.bytes();
            request.received = received;
            request.broken = broken;
            (self.route.log)(request);
            // A request without a key concerns the bucket and belongs to no case.
            if !request.key.is_empty() {
                self.route.hub.tell(request, took);
            }
        }
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        self.end(0, true);
    }
}
