//! A Kubernetes API in memory: the requests of `drive` to a cluster, with faults on demand.

mod answer;
mod asked;
mod body;
mod objects;
mod review;

use std::sync::{Arc, Mutex, MutexGuard};

use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};
use tokio::sync::watch;

pub(crate) use asked::Asked;
use body::{Chunk, Stream};
use objects::{Key, Objects};

/// A fault of a request.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// The API server refuses with this code and message.
    Refuse(u16, &'static str),
    /// The answer never comes.
    Hang,
    /// The connection breaks.
    Break,
}

/// The API server and its objects. All clones are the same server.
#[derive(Clone)]
pub(crate) struct FakeApi {
    state: Arc<Mutex<State>>,
    changed: Arc<watch::Sender<()>>,
}

type Hook = Box<dyn FnMut(&Asked) + Send>;

struct Trouble {
    verb: &'static str,
    path: &'static str,
    fault: Fault,
    /// Number of further requests with this fault.
    left: usize,
}

#[derive(Default)]
struct State {
    objects: Objects,
    asked: Vec<Asked>,
    faults: Vec<Trouble>,
    hook: Option<Hook>,
    /// Number of reviews of a right that still have the answer from before the last change.
    stale_reviews: usize,
}

impl FakeApi {
    /// One node that is Ready, and a controller that is up.
    pub(crate) fn new() -> Self {
        let api = Self { state: Arc::default(), changed: Arc::new(watch::Sender::new(())) };
        api.put(&json!({ "kind": "Node", "metadata": { "name": "one" },
            "status": { "conditions": [{ "type": "Ready", "status": "True" }] } }));
        api.put(&controller("c1", 0, true));
        api
    }

    /// A client of the API server. Needs a runtime.
    pub(crate) fn client(&self) -> Client {
        let api = self.clone();
        let service = tower::service_fn(move |request: http::Request<Body>| {
            let api = api.clone();
            async move {
                let (parts, body) = request.into_parts();
                let body = body.collect_bytes().await.expect("a body in memory");
                api.take(Asked::read(&parts, &body)).await
            }
        });
        Client::new(service, "default")
    }

    async fn take(&self, asked: Asked) -> std::io::Result<http::Response<Stream>> {
        // The hook may itself ask things of the fake.
        let hook = self.lock().hook.take();
        if let Some(mut hook) = hook {
            hook(&asked);
            self.lock().hook.get_or_insert(hook);
        }
        let fault = {
            let mut state = self.lock();
            state.asked.push(asked.clone());
            let hit = state.faults.iter_mut().find(|t| t.left > 0 && asked.is(t.verb, t.path));
            hit.map(|trouble| {
                trouble.left -= 1;
                trouble.fault.clone()
            })
        };
        self.changed.send_replace(());
        match fault {
            None => Ok(answer::answer(&mut self.lock(), &asked)),
            Some(Fault::Refuse(code, message)) => Ok(answer::refusal(code, message)),
            Some(Fault::Hang) => std::future::pending().await,
            Some(Fault::Break) => Err(std::io::Error::other("connection reset")),
        }
    }

    /// Adds a fault of each further request of this verb with this text in the path.
    pub(crate) fn fault(&self, verb: &'static str, path: &'static str, fault: Fault) {
        self.lock().faults.push(Trouble { verb, path, fault, left: usize::MAX });
    }

    /// Adds a fault of the next request of this verb with this text in the path.
    pub(crate) fn fault_once(&self, verb: &'static str, path: &'static str, fault: Fault) {
        self.lock().faults.push(Trouble { verb, path, fault, left: 1 });
    }

    /// Removes all faults.
    pub(crate) fn mend(&self) {
        self.lock().faults.clear();
    }

    /// Called with each request before it is answered.
    pub(crate) fn on_request(&self, hook: impl FnMut(&Asked) + Send + 'static) {
        self.lock().hook = Some(Box::new(hook));
    }

    /// Makes the next reviews of a right wrong, as before an authorizer has caught up.
    pub(crate) fn stale_reviews(&self, count: usize) {
        self.lock().stale_reviews = count;
    }

    /// Makes an object, or replaces it.
    pub(crate) fn put(&self, object: &Value) {
        self.lock().objects.put(&Key::of(object), object.clone());
    }

    /// Changes an object that is there: a merge patch.
    pub(crate) fn edit(&self, kind: &str, namespace: &str, name: &str, patch: &Value) {
        let key = Key::new(kind, namespace, name);
        self.lock().objects.merge(&key, patch).expect("an object to change");
    }

    /// Deletes an object: it stays while it has finalizers.
    pub(crate) fn delete(&self, kind: &str, namespace: &str, name: &str) {
        self.lock().objects.delete(&Key::new(kind, namespace, name)).expect("an object to delete");
    }

    /// The object, if it is there.
    pub(crate) fn object(&self, kind: &str, namespace: &str, name: &str) -> Option<Value> {
        self.lock().objects.get(&Key::new(kind, namespace, name)).cloned()
    }

    /// `kind/name` of everything in a namespace, and the namespace itself.
    pub(crate) fn left_in(&self, namespace: &str) -> Vec<String> {
        self.lock().objects.left_in(namespace)
    }

    /// Tells the watches of a kind how far they are.
    pub(crate) fn bookmark(&self, kind: &str) {
        self.lock().objects.bookmark(kind);
    }

    /// Ends the watches of a kind, as a server does after their time.
    pub(crate) fn close(&self, kind: &str) {
        self.lock().objects.close(kind);
    }

    /// Ends each further watch of a kind as soon as the watch is open.
    pub(crate) fn hang_up(&self, kind: &str) {
        self.lock().objects.hang_up(kind);
    }

    /// Gives the watches of a kind this line.
    pub(crate) fn say(&self, kind: &str, line: &Value) {
        self.lock().objects.say(kind, &Chunk::line(line));
    }

    /// Makes a change that no watch ever tells.
    pub(crate) fn untold(&self, then: impl FnOnce(&Self)) {
        self.lock().objects.mute(true);
        then(self);
        self.lock().objects.mute(false);
    }

    /// Makes a change that no open watch tells, like a silent connection.
    pub(crate) fn unheard(&self, then: impl FnOnce(&Self)) {
        self.lock().objects.hold(true);
        then(self);
        self.lock().objects.hold(false);
    }

    /// Breaks the connections of the watches of a kind.
    pub(crate) fn break_off(&self, kind: &str) {
        self.lock().objects.say(kind, &Chunk::broken());
        self.close(kind);
    }

    /// Versions of a kind up to now can no longer be watched from.
    pub(crate) fn forget(&self, kind: &str) {
        self.lock().objects.forget(kind);
    }

    /// The requests so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.lock().asked.clone()
    }

    /// Number of requests of this verb with this text in the path.
    pub(crate) fn count(&self, verb: &str, path: &str) -> usize {
        self.lock().asked.iter().filter(|asked| asked.is(verb, path)).count()
    }

    /// Waits for this number of such requests.
    pub(crate) async fn until_asked(&self, verb: &str, path: &str, count: usize) {
        let mut changed = self.changed.subscribe();
        let enough = changed.wait_for(|()| self.count(verb, path) >= count);
        let waited = tokio::time::timeout(crate::bench::PATIENCE, enough).await;
        let Ok(_) = waited else {
            panic!("{verb} {path}: {} requests, not {count}", self.count(verb, path));
        };
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no test panics while it holds the fake")
    }
}

/// The controller's pod.
pub(crate) fn controller(uid: &str, restarts: u32, ready: bool) -> Value {
    json!({ "kind": "Pod",
        "metadata": { "name": format!("workflow-controller-{uid}"), "namespace": "argo",
            "uid": uid, "labels": { "app": "workflow-controller" } },
        "spec": { "containers": [{ "name": "workflow-controller" }] },
        "status": { "containerStatuses": [{ "name": "workflow-controller",
            "restartCount": restarts, "ready": ready }] } })
}
