//! Raw watches: every event of every recorded kind, in order, with gaps said.
//!
//! One watch per kind over the whole cluster, split by namespace; or, where namespaces were lent,
//! one per kind and namespace, which needs no rights beyond them. A watch that ends is resumed at
//! the last version that it told; when the API server no longer has that version, what happened in
//! between is lost, and every history that was being written gets a gap.

mod source;
mod starting;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use futures::StreamExt;
use kube::Client;
use kube::api::WatchEvent;
use model::history::{self, Change, Kind, Part, Seen, What};
use provision::installation::Installation;
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::answer::{in_time, words};
use crate::listings::Listings;
use crate::pace;
use crate::recorder::Recorder;
pub(crate) use source::in_namespace;
use source::{PATIENCE, Source, list, open, sources};
use starting::Starting;

/// All watches of an installation, and the listings of its store, and the histories that they write
/// to.
#[derive(Clone)]
pub struct Watches {
    shared: Arc<Mutex<Shared>>,
    controller: watch::Sender<Controller>,
    pub(crate) listings: Listings,
    stop: CancellationToken,
}

struct Shared {
    /// Namespace of Argo itself.
    argo: String,
    /// The pod of the workflow controller that must stay.
    expected: Option<history::Controller>,
    histories: HashMap<String, History>,
    versions: BTreeMap<Source, String>,
    broken: BTreeMap<Source, String>,
}

/// Where what happens in a namespace goes.
struct History {
    recorder: Recorder,
    /// What happened up to this version was before.
    since: Option<u64>,
    starting: Starting,
}

/// What the pod watch says of the workflow controller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Controller {
    /// The pod that is there.
    pub pod: Option<history::Controller>,
    /// Whether its container is ready.
    pub ready: bool,
    /// Uids of pods of it that are being deleted, and are still there.
    pub ending: BTreeSet<String>,
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
    /// Begins to watch every kind, for so many cases. Returns when each has been listed once.
    ///
    /// # Errors
    /// If the API server refuses a list.
    pub async fn start(installation: &Installation, cases: usize) -> Result<Self, WatchError> {
        let client = &installation.client;
        let shared = Shared {
            argo: installation.argo_namespace.clone(),
            expected: None,
            histories: HashMap::new(),
            versions: BTreeMap::new(),
            broken: BTreeMap::new(),
        };
        let (shared, controller) = (Arc::new(Mutex::new(shared)), watch::Sender::default());
        let listings = Listings::of(installation, cases);
        let watches = Self { shared, controller, listings, stop: CancellationToken::new() };
        let lists = sources(installation).into_iter().map(|source| async move {
            let asked = Instant::now();
            let listed = list(client, &source).await;
            (source, asked, listed)
        });
        for (source, asked, listed) in futures::future::join_all(lists).await {
            let kind = source.kind;
            let listed = listed.map_err(|cause| WatchError { kind, cause: Box::new(cause) })?;
            let version = watches.take_list(&source, asked, listed);
            let (this, client) = (watches.clone(), client.clone());
            tokio::spawn(async move {
                tokio::select! {
                    () = this.stop.cancelled() => {}
                    () = follow(&this, &client, &source, version) => {}
                }
            });
        }
        let this = watches.clone();
        tokio::spawn(async move { this.stop.run_until_cancelled(this.listings.keep()).await });
        Ok(watches)
    }

    /// Ends all watches.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// From now on, everything in the namespace goes to this history. The namespace must be new, or
    /// have been empty at version `since`: what was in it before is not told.
    pub fn add(&self, namespace: &str, recorder: &Recorder, since: Option<u64>) {
        let mut shared = self.lock();
        let of_it = shared.versions.iter().filter(|(source, _)| source.tells_of(namespace));
        for (source, version) in of_it {
            // The namespace is empty: nothing of it is to be told yet.
            let what = What::Watching { kind: source.kind, version: version.clone(), asked: 0 };
            let _ = recorder.record(what);
        }
        let starting = Starting::default();
        let history = History { recorder: recorder.clone(), since, starting };
        shared.histories.insert(namespace.to_owned(), history);
    }

    /// Nothing more goes to the namespace's history.
    pub fn remove(&self, namespace: &str) {
        self.lock().histories.remove(namespace);
    }

    /// What is wrong with a watch now: `None` if every one is connected.
    pub fn trouble(&self) -> Option<String> {
        let shared = self.lock();
        let (source, why) = shared.broken.iter().next()?;
        let place = source.namespace.as_ref().map(|name| format!(" in {name}"));
        Some(format!("watch of {:?}{}: {why}", source.kind, place.unwrap_or_default()))
    }

    /// The workflow controller, as the watch last told.
    pub fn controller(&self) -> Controller {
        self.controller.borrow().clone()
    }

    /// From now on the workflow controller that is there is the one that must stay.
    pub fn expect_controller(&self) {
        let now = self.controller().pod;
        self.lock().expected = now;
    }

    /// The pod of the workflow controller that must stay.
    pub fn expected_controller(&self) -> Option<history::Controller> {
        self.lock().expected.clone()
    }

    /// Told when the workflow controller's pod changes.
    pub fn controller_changes(&self) -> watch::Receiver<Controller> {
        self.controller.subscribe()
    }

    /// Tells every history of a part of the environment. A node is ill for those alone whose pods
    /// it does not start: what a case does to its own pods is no trouble of others.
    pub fn tell_health(&self, part: Part, trouble: Option<&str>) {
        for history in self.lock().histories.values() {
            let own = || (part == Part::Node).then(|| history.starting.trouble()).flatten();
            let trouble = trouble.map(str::to_owned).or_else(own);
            let _ = history.recorder.record(What::Probed { part, trouble });
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives something to the histories of the namespaces that a watch tells of.
    fn tell_those(&self, source: &Source, what: impl Fn(&Recorder) -> What) {
        let shared = self.lock();
        let of_it = shared.histories.iter().filter(|(name, _)| source.tells_of(name));
        for (_, history) in of_it {
            let _ = history.recorder.record(what(&history.recorder));
        }
    }

    fn take_list(
        &self,
        source: &Source,
        asked: Instant,
        (items, version): (Vec<Value>, String),
    ) -> String {
        let (kind, argo) = (source.kind, self.lock().argo.clone());
        if kind == Kind::Pod && source.tells_of(&argo) {
            // Whatever is not in the list is gone, though no event said so.
            let mut controller = Controller::default();
            items.iter().filter(|pod| is_in(&argo, pod)).for_each(|pod| {
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
        self.lock().versions.insert(source.clone(), version.clone());
        self.tell_those(source, |recorder| {
            let (version, asked) = (version.clone(), recorder.at(asked));
            What::Watching { kind, version, asked }
        });
        version
    }

    /// Gives an object to its namespace's history. A history that cannot be written any more says
    /// so to whoever waits for it.
    fn tell(&self, kind: Kind, change: Change, mut object: Value) {
        if let Some(meta) = object["metadata"].as_object_mut() {
            meta.remove("managedFields");
        }
        let mut shared = self.lock();
        if kind == Kind::Pod && is_in(&shared.argo, &object) {
            self.controller.send_if_modified(|known| {
                let before = known.clone();
                known.see(change, &object);
                *known != before
            });
        }
        let namespace = object["metadata"]["namespace"].as_str().unwrap_or_default();
        if let Some(history) = shared.histories.get_mut(namespace)
            && history.is_told_of(&object)
        {
            if kind == Kind::Pod
                && let Some(trouble) = history.starting.see(change, &object)
            {
                let (part, trouble) = (Part::Node, Some(trouble));
                let _ = history.recorder.record(What::Probed { part, trouble });
            }
            let _ = history.recorder.record(What::Seen(Seen { kind, change, object }));
        }
    }
}

fn is_in(namespace: &str, object: &Value) -> bool {
    object["metadata"]["namespace"] == namespace
}

impl History {
    fn is_told_of(&self, object: &Value) -> bool {
        // Resource versions are numbers of one etcd, and grow.
        let version = || object["metadata"]["resourceVersion"].as_str()?.parse::<u64>().ok();
        self.since.is_none_or(|since| version().is_none_or(|version| version > since))
    }
}

impl Controller {
    fn see(&mut self, change: Change, pod: &Value) {
        if pod["metadata"]["labels"]["app"] != provision::argo::install::CONTROLLER {
            return;
        }
        let uid = pod["metadata"]["uid"].as_str().unwrap_or_default();
        let is_known = self.pod.as_ref().is_some_and(|known| known.uid == uid);
        if change == Change::Deleted {
            self.ending.remove(uid);
            if is_known {
                (self.pod, self.ready) = (None, false);
            }
            return;
        }
        if pod["metadata"]["deletionTimestamp"].is_string() {
            self.ending.insert(uid.to_owned());
            if self.pod.is_some() && !is_known {
                return; // Its successor is there.
            }
        }
        let status = &pod["status"]["containerStatuses"][0];
        let restarts = status["restartCount"].as_i64().unwrap_or_default();
        self.pod = Some(history::Controller { uid: uid.to_owned(), restarts });
        self.ready = status["ready"].as_bool().unwrap_or_default();
    }
}

/// Status of an API server that no longer has the version from which it should go on.
const EXPIRED: u16 = 410;

/// Where a watch stands.
enum State {
    /// Everything up to this version has been told; go on from there.
    Resume(String),
    /// What happened since cannot be had: list again.
    List(String),
}

async fn follow(watches: &Watches, client: &Client, source: &Source, version: String) {
    let mut state = State::Resume(version);
    loop {
        state = match state {
            State::Resume(version) => resume(watches, client, source, version).await,
            State::List(why) => relist(watches, client, source, why).await,
        };
    }
}

/// Watches from a version until the stream ends.
async fn resume(watches: &Watches, client: &Client, source: &Source, mut version: String) -> State {
    let mut events = match in_time(PATIENCE, open(client, source, &version)).await {
        Ok(stream) => stream,
        Err(kube::Error::Api(status)) if status.code == EXPIRED => {
            return expired(watches, source, &status.message, Instant::now()).await;
        }
        Err(error) => return failed(watches, source, &words(&error), version).await,
    };
    watches.lock().broken.remove(source);
    let opened = Instant::now();
    while let Some(event) = events.next().await {
        let (change, object) = match event {
            Ok(WatchEvent::Added(object)) => (Change::Added, object),
            Ok(WatchEvent::Modified(object)) => (Change::Modified, object),
            Ok(WatchEvent::Deleted(object)) => (Change::Deleted, object),
            Ok(WatchEvent::Bookmark(mark)) => {
                version = mark.metadata.resource_version;
                watches.lock().versions.insert(source.clone(), version.clone());
                continue;
            }
            Ok(WatchEvent::Error(status)) if status.code == EXPIRED => {
                return expired(watches, source, &status.message, opened).await;
            }
            Ok(WatchEvent::Error(status)) => {
                return failed(watches, source, &status.message, version).await;
            }
            Err(error) => return failed(watches, source, &words(&error), version).await,
        };
        if let Some(seen) = object["metadata"]["resourceVersion"].as_str() {
            seen.clone_into(&mut version);
            watches.lock().versions.insert(source.clone(), version.clone());
        }
        watches.tell(source.kind, change, object);
    }
    if opened.elapsed() < pace::RETRY {
        return failed(watches, source, "it was closed as soon as it was open", version).await;
    }
    State::Resume(version)
}

async fn failed(watches: &Watches, source: &Source, why: &str, version: String) -> State {
    watches.lock().broken.insert(source.clone(), why.to_owned());
    pace::pause(pace::RETRY).await;
    State::Resume(version)
}

/// The API server no longer has the version. Until the list is there, that is trouble, and no gap
/// yet. A watch that ends as soon as it is open is not opened again without a pause.
async fn expired(watches: &Watches, source: &Source, why: &str, opened: Instant) -> State {
    watches.lock().broken.insert(source.clone(), why.to_owned());
    if opened.elapsed() < pace::RETRY {
        pace::pause(pace::RETRY).await;
    }
    State::List(why.to_owned())
}

async fn relist(watches: &Watches, client: &Client, source: &Source, why: String) -> State {
    let asked = Instant::now();
    match list(client, source).await {
        Ok(listed) => {
            let gap = What::Gap { kind: source.kind, reason: why };
            watches.tell_those(source, |_| gap.clone());
            State::Resume(watches.take_list(source, asked, listed))
        }
        Err(error) => {
            watches.lock().broken.insert(source.clone(), words(&error));
            pace::pause(pace::RETRY).await;
            State::List(why)
        }
    }
}
