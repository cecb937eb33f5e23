//! An API server in memory with the pods of a namespace, a `ConfigMap` and a Lease.

use http::{Request, Response};
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};

/// The answer to a request for one object.
#[derive(Clone)]
pub(super) enum Object {
    /// The object is there.
    There(Value),
    /// The object is absent.
    Absent,
    /// The client has no right to read the object.
    Forbidden,
}

/// The objects of the namespace `argo`.
#[derive(Clone)]
pub(super) struct FakeNamespace {
    pub(super) pods: Vec<Value>,
    /// The pods of the cluster. `None`: the client may not list them.
    pub(super) elsewhere: Option<Vec<Value>>,
    pub(super) config_map: Object,
    pub(super) lease: Object,
}

impl FakeNamespace {
    pub(super) fn client(&self) -> Client {
        let fake = self.clone();
        let service = tower::service_fn(move |request: Request<Body>| {
            let answer = fake.answer(request.uri().path());
            async move { Ok::<_, std::io::Error>(answer) }
        });
        Client::new(service, "default")
    }

    fn answer(&self, path: &str) -> Response<Body> {
        let (path, name) = path.rsplit_once('/').expect("a path");
        match (path.rsplit('/').next(), name) {
            (Some("argo"), "pods") => {
                let list = json!({ "apiVersion": "v1", "kind": "PodList", "metadata": {},
                    "items": self.pods });
                respond(200, &list)
            }
            (Some("v1"), "pods") => match &self.elsewhere {
                Some(pods) => {
                    let list = json!({ "apiVersion": "v1", "kind": "PodList", "metadata": {},
                        "items": pods });
                    respond(200, &list)
                }
                None => refuse(403, "Forbidden", "cannot list pods"),
            },
            (Some("configmaps"), _) => of_object(&self.config_map, name),
            (Some("leases"), _) => of_object(&self.lease, name),
            (place, name) => panic!("a request that the fake does not know: {place:?} {name}"),
        }
    }
}

/// An object is there by its own name alone.
fn of_object(object: &Object, name: &str) -> Response<Body> {
    match object {
        Object::There(object) if object["metadata"]["name"] == name => respond(200, object),
        Object::There(_) | Object::Absent => refuse(404, "NotFound", &format!("{name} not found")),
        Object::Forbidden => refuse(403, "Forbidden", &format!("cannot get {name}")),
    }
}

fn refuse(code: u16, reason: &str, message: &str) -> Response<Body> {
    let status = json!({ "apiVersion": "v1", "kind": "Status", "metadata": {},
        "status": "Failure", "code": code, "reason": reason, "message": message });
    respond(code, &status)
}

fn respond(code: u16, value: &Value) -> Response<Body> {
    let body = Body::from(value.to_string().into_bytes());
    Response::builder().status(code).body(body).expect("an answer")
}
