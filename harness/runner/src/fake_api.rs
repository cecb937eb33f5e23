//! A Kubernetes API in memory for tests, with an Argo that ends the canary workflow at once.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard};

use futures::StreamExt;
use futures::channel::mpsc::{UnboundedSender, unbounded};
use http::{Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Bytes, Frame};
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};

/// The prepared namespace.
pub(crate) const NAMESPACE: &str = "ns";
/// The pod of the controller.
pub(crate) const CONTROLLER: &str = "/api/v1/namespaces/argo/pods/workflow-controller-1";
/// The settings of the controller.
pub(crate) const SETTINGS: &str =
    "/api/v1/namespaces/argo/configmaps/workflow-controller-configmap";
const WORKFLOWS: &str = "/apis/argoproj.io/v1alpha1/namespaces/ns/workflows";

/// The body of an answer.
type Reply = UnsyncBoxBody<Bytes, Infallible>;

/// The API server. All clones are the same server.
#[derive(Clone)]
pub(crate) struct FakeApi(Arc<Mutex<State>>);

struct State {
    objects: BTreeMap<String, Value>,
    /// The bodies of the requests that made or changed an object.
    made: Vec<Value>,
    version: u64,
    refusals: Vec<(&'static str, &'static str, u16, &'static str)>,
    forbidden: Vec<&'static str>,
    /// The status of each new workflow.
    status: Value,
    pods: Vec<Value>,
    finalizers: bool,
    silent: bool,
    /// Whether each look at a Lease finds it renewed.
    renews: bool,
    user: &'static str,
    watchers: Vec<UnboundedSender<Value>>,
}

impl FakeApi {
    /// A prepared namespace, and a controller that ends each workflow at once.
    pub(crate) fn new() -> Self {
        let status = json!({ "phase": "Succeeded", "nodes": { "a": { "outputs": { "artifacts": [
            { "name": "result", "s3": { "key": "ns/conformance-canary/result.tgz" } }] } } } });
        let api = Self(Arc::new(Mutex::new(State {
            objects: BTreeMap::new(),
            made: Vec::new(),
            version: 1,
            refusals: Vec::new(),
            forbidden: Vec::new(),
            status,
            pods: Vec::new(),
            finalizers: false,
            silent: false,
            renews: false,
            user: "tester",
            watchers: Vec::new(),
        })));
        let prepared = json!({ "argo-conformance/prepared": "true" });
        api.put("/api/v1/namespaces/ns", &json!({ "metadata": { "labels": prepared } }));
        api.put("/api/v1/namespaces/ns/serviceaccounts/default", &json!({}));
        api.put(SETTINGS, &json!({ "data": {} }));
        api.controller(&[]);
        api
    }

    pub(crate) fn client(&self) -> Client {
        let api = self.clone();
        let service = tower::service_fn(move |request: Request<Body>| {
            let api = api.clone();
            async move {
                let (parts, body) = request.into_parts();
                let body = body.collect().await.expect("a body in memory").to_bytes();
                let body = serde_json::from_slice(&body).unwrap_or_default();
                Ok::<_, Infallible>(api.lock().answer(&parts, body))
            }
        });
        Client::new(service, "default")
    }

    /// Makes or replaces an object.
    pub(crate) fn put(&self, path: &str, object: &Value) {
        self.lock().put(path, object.clone());
    }

    pub(crate) fn remove(&self, path: &str) {
        self.lock().objects.remove(path).expect("an object");
    }

    /// Replaces the controller by one with these arguments.
    pub(crate) fn controller(&self, arguments: &[&str]) {
        let container = json!({ "name": "workflow-controller", "args": arguments,
            "command": ["workflow-controller"],
            "image": "quay.io/argoproj/workflow-controller:v3.7.18" });
        let labels = json!({ "app": "workflow-controller" });
        self.put(
            CONTROLLER,
            &json!({ "metadata": { "name": "workflow-controller-1", "namespace": "argo",
                "labels": labels }, "spec": { "containers": [container] },
                "status": { "phase": "Running" } }),
        );
    }

    /// Refuses requests of this method with this text in the path.
    pub(crate) fn refuse(
        &self,
        method: &'static str,
        path: &'static str,
        code: u16,
        message: &'static str,
    ) {
        self.lock().refusals.push((method, path, code, message));
    }

    /// Takes every right to a resource away.
    pub(crate) fn forbid(&self, resource: &'static str) {
        self.lock().forbidden.push(resource);
    }

    /// Gives new workflows this status.
    pub(crate) fn workflow(&self, status: Value) {
        self.lock().status = status;
    }

    /// Gives new workflows this pod.
    pub(crate) fn pod(&self, pod: Value) {
        self.lock().pods.push(pod);
    }

    /// Puts a finalizer on new workflows that nobody removes.
    pub(crate) fn keep_finalizers(&self) {
        self.lock().finalizers = true;
    }

    /// Lets each look at a Lease find it renewed.
    pub(crate) fn renew_leases(&self) {
        self.lock().renews = true;
    }

    /// Gives the client this user name.
    pub(crate) fn user(&self, name: &'static str) {
        self.lock().user = name;
    }

    /// Lets watches tell nothing.
    pub(crate) fn silence(&self) {
        self.lock().silent = true;
    }

    /// The bodies of the requests that made or changed an object, besides the Lease.
    pub(crate) fn made(&self) -> Vec<Value> {
        self.lock().made.clone()
    }

    /// Paths of the objects in the prepared namespace.
    pub(crate) fn left(&self) -> Vec<String> {
        let inside = |path: &&String| path.contains("/namespaces/ns/");
        self.lock().objects.keys().filter(inside).cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no panic holds the fake")
    }
}

impl State {
    fn put(&mut self, path: &str, mut object: Value) -> Value {
        self.version += 1;
        let (_, name) = path.rsplit_once('/').expect("a name");
        object["metadata"]["name"] = json!(name);
        object["metadata"]["resourceVersion"] = json!(self.version.to_string());
        self.objects.insert(path.to_owned(), object.clone());
        object
    }

    fn answer(&mut self, parts: &http::request::Parts, body: Value) -> Response<Reply> {
        let (method, path) = (parts.method.as_str(), parts.uri.path());
        let query = parts.uri.query().unwrap_or_default();
        let refused =
            self.refusals.iter().find(|(m, part, ..)| *m == method && path.contains(part));
        if let Some((_, _, code, message)) = refused {
            return refusal(*code, message);
        }
        if path.ends_with("/selfsubjectaccessreviews") {
            return whole(201, &self.review(body));
        }
        if path.ends_with("/selfsubjectreviews") {
            return whole(201, &json!({ "status": { "userInfo": { "username": self.user } } }));
        }
        if query.contains("watch=") {
            return self.watch(path);
        }
        if self.renews && method == "GET" && path.contains("/leases/") {
            self.version += 1;
            let version = json!(self.version.to_string());
            if let Some(lease) = self.objects.get_mut(path) {
                lease["metadata"]["resourceVersion"] = version;
            }
        }
        match (method, is_object(path)) {
            ("GET", true) => match self.objects.get(path) {
                Some(object) => whole(200, object),
                None => refusal(404, "not found"),
            },
            ("GET", false) => whole(200, &self.list(path, query)),
            ("POST", _) => self.create(path, body),
            ("PUT", _) => whole(200, &self.put(path, body)),
            ("PATCH", _) => self.patch(path, body),
            ("DELETE", true) => self.delete(path),
            ("DELETE", false) => {
                self.objects.retain(|own, _| parent(own) != path);
                whole(200, &json!({ "kind": "Status", "status": "Success" }))
            }
            (other, _) => panic!("the fake does not know {other} {path}"),
        }
    }

    fn review(&self, mut review: Value) -> Value {
        let resource = review["spec"]["resourceAttributes"]["resource"].clone();
        let allowed = !self.forbidden.iter().any(|forbidden| resource == *forbidden);
        review["status"] = json!({ "allowed": allowed });
        review
    }

    fn list(&self, path: &str, query: &str) -> Value {
        let items = self.objects.iter().filter(|(own, _)| parent(own) == path);
        // The fake knows one label in a selector: that of the objects of a run, or of every run.
        let selector = query.split('&').find_map(|part| part.strip_prefix("labelSelector="));
        let of_runs = selector.and_then(|it| it.strip_prefix("argo-conformance%2Frun"));
        let run = of_runs.and_then(|it| it.strip_prefix("%3D"));
        let is_wanted = |object: &Value| {
            let own = object["metadata"]["labels"]["argo-conformance/run"].as_str();
            of_runs.is_none() || (own.is_some() && run.is_none_or(|run| own == Some(run)))
        };
        let items = items.filter(|(_, object)| is_wanted(object));
        let items: Vec<&Value> = items.map(|(_, object)| object).collect();
        let version = self.version.to_string();
        json!({ "metadata": { "resourceVersion": version }, "items": items })
    }

    fn create(&mut self, path: &str, mut body: Value) -> Response<Reply> {
        if !path.ends_with("/leases") {
            self.made.push(body.clone());
        }
        let name = body["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        if path == WORKFLOWS {
            body["status"] = self.status.clone();
            if self.finalizers {
                body["metadata"]["finalizers"] = json!(["example.com/kept"]);
            }
            for pod in self.pods.clone() {
                let name = pod["metadata"]["name"].as_str().unwrap_or_default().to_owned();
                self.put(&format!("/api/v1/namespaces/ns/pods/{name}"), pod);
            }
        }
        let made = self.put(&format!("{path}/{name}"), body);
        self.tell(path, "ADDED", &made);
        whole(201, &made)
    }

    /// An apply makes an object, and a merge takes its finalizers.
    fn patch(&mut self, path: &str, body: Value) -> Response<Reply> {
        if body["metadata"]["finalizers"].is_null() && body["metadata"]["name"].is_null() {
            let Some(object) = self.objects.get_mut(path) else { return refusal(404, "not found") };
            object["metadata"]["finalizers"] = Value::Null;
            return whole(200, &object.clone());
        }
        self.made.push(body.clone());
        whole(200, &self.put(path, body))
    }

    fn delete(&mut self, path: &str) -> Response<Reply> {
        let Some(object) = self.objects.get_mut(path) else { return refusal(404, "not found") };
        if object["metadata"]["finalizers"].is_array() {
            object["metadata"]["deletionTimestamp"] = json!("2026-01-01T00:00:00Z");
            return whole(200, &object.clone());
        }
        let gone = self.objects.remove(path).unwrap_or_default();
        self.tell(parent(path), "DELETED", &gone);
        whole(200, &json!({ "kind": "Status", "status": "Success" }))
    }

    fn watch(&mut self, path: &str) -> Response<Reply> {
        let (sender, events) = unbounded::<Value>();
        if path == WORKFLOWS {
            self.watchers.push(sender);
        } else {
            // The watch of another kind tells nothing and stays open.
            std::mem::forget(sender);
        }
        let lines =
            events.map(|event| Ok::<_, Infallible>(Frame::data(Bytes::from(format!("{event}\n")))));
        respond(200, StreamBody::new(lines).boxed_unsync())
    }

    fn tell(&self, path: &str, change: &str, object: &Value) {
        if path == WORKFLOWS && !self.silent {
            for watcher in &self.watchers {
                let _ = watcher.unbounded_send(json!({ "type": change, "object": object }));
            }
        }
    }
}

/// Whether a path names one object: `/api/v1/namespaces/NAMESPACE/KIND/NAME`.
fn is_object(path: &str) -> bool {
    let mut parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match parts.first() {
        Some(&"api") => drop(parts.drain(..2)),
        Some(&"apis") => drop(parts.drain(..3)),
        _ => return true,
    }
    parts.len().is_multiple_of(2)
}

/// The path of the list that has an object.
fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

fn refusal(code: u16, message: &str) -> Response<Reply> {
    // A client tells an absent object by the reason.
    let reason = match code {
        403 => "Forbidden",
        404 => "NotFound",
        409 => "Conflict",
        _ => "InternalError",
    };
    let status = json!({ "kind": "Status", "apiVersion": "v1", "metadata": {},
        "status": "Failure", "code": code, "reason": reason, "message": message });
    whole(code, &status)
}

fn whole(code: u16, value: &Value) -> Response<Reply> {
    respond(code, Full::new(Bytes::from(value.to_string())).boxed_unsync())
}

fn respond(code: u16, body: Reply) -> Response<Reply> {
    let response = Response::builder().status(code);
    response.header("content-type", "application/json").body(body).expect("a response")
}
