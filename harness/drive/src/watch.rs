//! Raw watches: every event of every recorded kind, in order, with gaps said.
//!
//! One watch per kind over the whole cluster, split by namespace. A watch that ends is resumed at
//! the last version that it told; when the API server no longer has that version, what happened in
//! between is lost, and every history that was being written gets a gap.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::StreamExt;
use futures::stream::BoxStream;
use kube::Client;
use kube::api::{ListParams, WatchEvent, WatchParams};
use kube::core::Request;
use model::history::{self, Change, Kind, Seen, What};
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::answer::{in_time, words};
use crate::pace;
use crate::recorder::Recorder;

/// All watches of an installation and the histories that they write to.
#[derive(Clone)]
pub struct Watches {
    shared: Arc<Mutex<Shared>>,
    controller: watch::Sender<Controller>,
    stop: CancellationToken,
}

#[derive(Default)]
struct Shared {
    histories: HashMap<String, Recorder>,
    versions: BTreeMap<Kind, String>,
    broken: BTreeMap<Kind, String>,
}

/// What the pod watch says of the workflow controller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Controller {
    /// The pod that is there.
    pub pod: Option<history::Controller>,
    /// Whether its container is ready.
    pub ready: bool,
}

/// The first list of a kind failed.
#[derive(Debug, thiserror::Error)]
#[error("begin to watch {kind:?}")]
pub struct WatchError {
    kind: Kind,
    #[source]
    cause: Box<kube::Error>,
}

impl Watches {
    /// Begins to watch every kind. Returns when each has been listed once.
    ///
    /// # Errors
    /// If the API server refuses a list.
    pub async fn start(client: &Client) -> Result<Self, WatchError> {
        let (shared, controller) = (Arc::default(), watch::Sender::default());
        let watches = Self { shared, controller, stop: CancellationToken::new() };
        let lists = Kind::ALL.map(|kind| async move { (kind, list(client, kind).await) });
        for (kind, listed) in futures::future::join_all(lists).await {
            let listed = listed.map_err(|cause| WatchError { kind, cause: Box::new(cause) })?;
            let version = watches.take_list(kind, listed);
            let (this, client) = (watches.clone(), client.clone());
            tokio::spawn(async move {
                tokio::select! {
                    () = this.stop.cancelled() => {}
                    () = follow(&this, &client, kind, version) => {}
                }
            });
        }
        Ok(watches)
    }

    /// Ends all watches.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// From now on, everything in the namespace goes to this history. The namespace must be new:
    /// what was in it before is not told.
    pub fn add(&self, namespace: &str, recorder: &Recorder) {
        let mut shared = self.lock();
        for (kind, version) in &shared.versions {
            let what = What::Watching { kind: *kind, version: version.clone() };
            let _ = recorder.record(what);
        }
        shared.histories.insert(namespace.to_owned(), recorder.clone());
    }

    /// Nothing more goes to the namespace's history.
    pub fn remove(&self, namespace: &str) {
        self.lock().histories.remove(namespace);
    }

    /// What is wrong with a watch now: `None` if every one is connected.
    pub fn trouble(&self) -> Option<String> {
        let shared = self.lock();
        shared.broken.iter().next().map(|(kind, why)| format!("watch of {kind:?}: {why}"))
    }

    /// The workflow controller, as the watch last told.
    pub fn controller(&self) -> Controller {
        self.controller.borrow().clone()
    }

    /// Told when the workflow controller's pod changes.
    pub fn controller_changes(&self) -> watch::Receiver<Controller> {
        self.controller.subscribe()
    }

    /// Gives something to every history.
    pub fn tell_all(&self, what: &What) {
        for recorder in self.lock().histories.values() {
            let _ = recorder.record(what.clone());
        }
    }

    /// Every history that is being written.
    pub fn histories(&self) -> Vec<Recorder> {
        self.lock().histories.values().cloned().collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_list(&self, kind: Kind, (items, version): (Vec<Value>, String)) -> String {
        if kind == Kind::Pod {
            // Whatever is not in the list is gone, though no event said so.
            let mut controller = Controller::default();
            items.iter().filter(|pod| is_argos(pod)).for_each(|pod| {
                controller.see(Change::Found, pod);
            });
            self.controller.send_if_modified(|known| {
                let changed = *known != controller;
                *known = controller;
                changed
            });
        }
        for object in items {
            self.tell(kind, Change::Found, object);
        }
        self.lock().versions.insert(kind, version.clone());
        self.tell_all(&What::Watching { kind, version: version.clone() });
        version
    }

    /// Gives an object to its namespace's history. A history that cannot be written any more says
    /// so to whoever waits for it.
    fn tell(&self, kind: Kind, change: Change, mut object: Value) {
        if let Some(meta) = object["metadata"].as_object_mut() {
            meta.remove("managedFields");
        }
        if kind == Kind::Pod && is_argos(&object) {
            self.controller.send_if_modified(|known| {
                let before = known.clone();
                known.see(change, &object);
                *known != before
            });
        }
        let shared = self.lock();
        let namespace = object["metadata"]["namespace"].as_str().unwrap_or_default();
        if let Some(recorder) = shared.histories.get(namespace) {
            let _ = recorder.record(What::Seen(Seen { kind, change, object }));
        }
    }
}

/// Whether an object is in the namespace of Argo itself.
fn is_argos(object: &Value) -> bool {
    object["metadata"]["namespace"] == provision::argo::install::NAMESPACE
}

impl Controller {
    fn see(&mut self, change: Change, pod: &Value) {
        if pod["metadata"]["labels"]["app"] != provision::argo::install::CONTROLLER {
            return;
        }
        let uid = pod["metadata"]["uid"].as_str().unwrap_or_default();
        if change == Change::Deleted {
            if self.pod.as_ref().is_some_and(|known| known.uid == uid) {
                *self = Self::default();
            }
            return;
        }
        let status = &pod["status"]["containerStatuses"][0];
        let restarts = status["restartCount"].as_i64().unwrap_or_default();
        self.pod = Some(history::Controller { uid: uid.to_owned(), restarts });
        self.ready = status["ready"].as_bool().unwrap_or_default();
    }
}

/// How long the API server may take to begin an answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Status of an API server that no longer has the version from which it should go on.
const EXPIRED: u16 = 410;

/// Where a watch stands.
enum State {
    /// Everything up to this version has been told; go on from there.
    Resume(String),
    /// What happened since cannot be had: list again.
    List(String),
}

async fn follow(watches: &Watches, client: &Client, kind: Kind, version: String) {
    let mut state = State::Resume(version);
    loop {
        state = match state {
            State::Resume(version) => resume(watches, client, kind, version).await,
            State::List(why) => relist(watches, client, kind, why).await,
        };
    }
}

/// Watches from a version until the stream ends.
async fn resume(watches: &Watches, client: &Client, kind: Kind, mut version: String) -> State {
    let mut events = match in_time(PATIENCE, open(client, kind, &version)).await {
        Ok(stream) => stream,
        Err(kube::Error::Api(status)) if status.code == EXPIRED => {
            return expired(watches, kind, &status.message, Instant::now()).await;
        }
        Err(error) => return failed(watches, kind, &words(&error), version).await,
    };
    watches.lock().broken.remove(&kind);
    let opened = Instant::now();
    while let Some(event) = events.next().await {
        let (change, object) = match event {
            Ok(WatchEvent::Added(object)) => (Change::Added, object),
            Ok(WatchEvent::Modified(object)) => (Change::Modified, object),
            Ok(WatchEvent::Deleted(object)) => (Change::Deleted, object),
            Ok(WatchEvent::Bookmark(mark)) => {
                version = mark.metadata.resource_version;
                watches.lock().versions.insert(kind, version.clone());
                continue;
            }
            Ok(WatchEvent::Error(status)) if status.code == EXPIRED => {
                return expired(watches, kind, &status.message, opened).await;
            }
            Ok(WatchEvent::Error(status)) => {
                return failed(watches, kind, &status.message, version).await;
            }
            Err(error) => return failed(watches, kind, &words(&error), version).await,
        };
        if let Some(seen) = object["metadata"]["resourceVersion"].as_str() {
            seen.clone_into(&mut version);
            watches.lock().versions.insert(kind, version.clone());
        }
        watches.tell(kind, change, object);
    }
    if opened.elapsed() < pace::RETRY {
        return failed(watches, kind, "it was closed as soon as it was open", version).await;
    }
    State::Resume(version)
}

type Told = Result<WatchEvent<Value>, kube::Error>;

/// Opens a watch. The stream is under one plain type.
async fn open(
    client: &Client,
    kind: Kind,
    version: &str,
) -> Result<BoxStream<'static, Told>, kube::Error> {
    let params = WatchParams::default().timeout(290);
    let request = Request::new(path(kind)).watch(&params, version);
    let request = request.map_err(kube::Error::BuildRequest)?;
    Ok(client.request_events::<Value>(request).await?.boxed())
}

async fn failed(watches: &Watches, kind: Kind, why: &str, version: String) -> State {
    watches.lock().broken.insert(kind, why.to_owned());
    pace::pause(pace::RETRY).await;
    State::Resume(version)
}

/// The API server no longer has the version. Until the list is there, that is trouble, and no gap
/// yet. A watch that ends as soon as it is open is not opened again without a pause.
async fn expired(watches: &Watches, kind: Kind, why: &str, opened: Instant) -> State {
    watches.lock().broken.insert(kind, why.to_owned());
    if opened.elapsed() < pace::RETRY {
        pace::pause(pace::RETRY).await;
    }
    State::List(why.to_owned())
}

async fn relist(watches: &Watches, client: &Client, kind: Kind, why: String) -> State {
    match list(client, kind).await {
        Ok(listed) => {
            watches.tell_all(&What::Gap { kind, reason: why });
            State::Resume(watches.take_list(kind, listed))
        }
        Err(error) => {
            watches.lock().broken.insert(kind, words(&error));
            pace::pause(pace::RETRY).await;
            State::List(why)
        }
    }
}

async fn list(client: &Client, kind: Kind) -> Result<(Vec<Value>, String), kube::Error> {
    let request = Request::new(path(kind)).list(&ListParams::default());
    let request = request.map_err(kube::Error::BuildRequest)?;
    let mut answer: Value = in_time(PATIENCE, client.request(request)).await?;
    let version = answer["metadata"]["resourceVersion"].as_str().unwrap_or_default().to_owned();
    let items = answer["items"].as_array_mut().map(std::mem::take).unwrap_or_default();
    Ok((items, version))
}

fn path(kind: Kind) -> &'static str {
    match kind {
        Kind::Workflow => "/apis/argoproj.io/v1alpha1/workflows",
        Kind::Pod => "/api/v1/pods",
        Kind::TaskResult => "/apis/argoproj.io/v1alpha1/workflowtaskresults",
        Kind::GcTask => "/apis/argoproj.io/v1alpha1/workflowartifactgctasks",
    }
}
