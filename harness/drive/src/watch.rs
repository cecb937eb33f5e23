//! Raw watches: every event of every recorded kind, in order, with gaps said.
//!
//! One watch per kind over the whole cluster, split by namespace; or, where namespaces were lent,
//! one per kind and namespace, which needs no rights beyond them. A watch that ends is resumed at
//! the last version that it told; when the API server no longer has that version, what happened in
//! between is lost, and every history that was being written gets a gap, all that is there, and
//! how far the watch is then. A watch that tells less than the API server shows is resumed at the
//! last version that it told, and listed again if it still tells less.

mod controller;
mod follow;
mod marks;
mod source;
mod standing;
mod starting;
mod told;
mod troubles;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use model::CaseTrouble;
use model::history::{self, Change, Kind, Part, Seen, What};
use provision::installation::Installation;
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::listings::Listings;
use crate::recorder::Recorder;
pub use controller::Controller;
use follow::follow;
use marks::keep_marking;
pub(crate) use source::in_namespace;
use source::{Source, list, sources};
use standing::{Awaited, Standing};
use starting::Starting;
use troubles::Troubles;

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
    sources: BTreeMap<Source, Standing>,
}

/// Where what happens in a namespace goes.
struct History {
    recorder: Recorder,
    /// What happened up to this version was before.
    since: Option<u64>,
    starting: Starting,
    troubles: Troubles,
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
            sources: BTreeMap::new(),
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
            let version = watches.take_list(&source, None, asked, listed);
            let (this, client) = (watches.clone(), client.clone());
            tokio::spawn(async move {
                tokio::select! {
                    () = this.stop.cancelled() => {}
                    () = follow(&this, &client, &source, version) => {}
                    () = keep_marking(&this, &client, &source) => {}
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
    /// have been empty at version `since`: what was in it before is not told. The case brings about
    /// the trouble that it `expects`.
    pub fn add(
        &self,
        namespace: &str,
        recorder: &Recorder,
        since: Option<u64>,
        expects: &[CaseTrouble],
    ) {
        let mut shared = self.lock();
        let of_it = shared.sources.iter().filter(|(source, _)| source.tells_of(namespace));
        for (source, standing) in of_it {
            // The namespace is empty: nothing of it is to be told yet.
            let (kind, version) = (source.kind, standing.version.clone());
            let _ = recorder.record(What::Watching { kind, version, asked: 0 });
        }
        let (starting, troubles) = (Starting::default(), Troubles::but(expects));
        let history = History { recorder: recorder.clone(), since, starting, troubles };
        shared.histories.insert(namespace.to_owned(), history);
    }

    /// Nothing more goes to the namespace's history.
    pub fn remove(&self, namespace: &str) {
        self.lock().histories.remove(namespace);
    }

    /// Asks now how far each watch of a namespace is: its history gets a mark of each kind, asked
    /// for after this call. Each watch is opened again before: a connection that fell silent hides
    /// an object that was made and deleted.
    pub fn mark(&self, namespace: &str) {
        let mut shared = self.lock();
        let of_it = shared.sources.iter_mut().filter(|(source, _)| source.tells_of(namespace));
        of_it.for_each(|(_, standing)| standing.renew());
    }

    /// What is wrong with a watch now: `None` if every one is connected and up to date.
    pub fn trouble(&self) -> Option<String> {
        let shared = self.lock();
        let mut all = shared.sources.iter();
        all.find_map(|(source, standing)| standing.trouble(source))
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

    /// Tells every history of a part of the environment. Trouble that meets one case alone is told
    /// to its history alone: what a case does to its own pods is no trouble of others.
    pub fn tell_health(&self, part: Part, trouble: Option<&str>) {
        for history in self.lock().histories.values() {
            let slow = || (part == Part::Node).then(|| history.starting.trouble()).flatten();
            let own = || history.troubles.of(part).or_else(slow);
            let trouble = trouble.map(str::to_owned).or_else(own);
            let _ = history.recorder.record(What::Probed { part, trouble });
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with where a watch stands.
    fn standing<T>(&self, source: &Source, then: impl FnOnce(&mut Standing) -> T) -> T {
        then(self.lock().sources.entry(source.clone()).or_default())
    }

    /// Tells the histories of a source what is wrong with its watch.
    fn tell_trouble(&self, source: &Source, trouble: &str) {
        let (part, trouble) = (Part::Watches, Some(trouble.to_owned()));
        let what = What::Probed { part, trouble };
        self.lock().tell_those(source, |_| what.clone());
    }

    /// Takes a list: in every history of the source stand, one after the other, the gap if there is
    /// one, all that is there, and how far that is.
    fn take_list(
        &self,
        source: &Source,
        gap: Option<&str>,
        asked: Instant,
        (items, version): (Vec<Value>, String),
    ) -> String {
        let kind = source.kind;
        let mut shared = self.lock();
        if kind == Kind::Pod && source.tells_of(&shared.argo) {
            // Whatever is not in the list is gone, though no event said so.
            let mut controller = Controller::default();
            items.iter().filter(|pod| is_in(&shared.argo, pod)).for_each(|pod| {
                controller.see(Change::Found, pod);
            });
            self.controller.send_if_modified(|known| {
                let changed = *known != controller;
                *known = controller;
                changed
            });
        }
        if let Some(reason) = gap {
            shared.tell_those(source, |_| What::Gap { kind, reason: reason.to_owned() });
        }
        let standing = shared.sources.entry(source.clone()).or_default();
        standing.told.forget();
        (standing.late, standing.resumed) = (None, false);
        // In the middle of a list nothing is known of how far it is.
        let awaited = standing.awaited.take();
        for object in items {
            shared.tell(source, Change::Found, object);
        }
        shared.tell_those(source, |recorder| {
            let (version, asked) = (version.clone(), recorder.at(asked));
            What::Watching { kind, version, asked }
        });
        shared.reach(source, &version);
        if let Some(awaited) = awaited {
            shared.expect(source, awaited);
        }
        version
    }

    /// Takes an event of a watch.
    fn tell(&self, source: &Source, change: Change, object: Value) {
        let mut shared = self.lock();
        if source.kind == Kind::Pod && is_in(&shared.argo, &object) {
            self.controller.send_if_modified(|known| {
                let before = known.clone();
                known.see(change, &object);
                *known != before
            });
        }
        shared.tell(source, change, object);
    }
}

impl Shared {
    /// Whether anybody needs to know how far a watch is.
    fn needs(&self, source: &Source) -> bool {
        !self.histories.is_empty() && source.tells_of(&self.argo)
            || self.histories.keys().any(|name| source.tells_of(name))
    }

    /// Gives something to the histories of the namespaces that a watch tells of.
    fn tell_those(&self, source: &Source, what: impl Fn(&Recorder) -> What) {
        let of_it = self.histories.iter().filter(|(name, _)| source.tells_of(name));
        for (_, history) in of_it {
            let _ = history.recorder.record(what(&history.recorder));
        }
    }

    /// Gives an object to its namespace's history. A history that cannot be written any more says
    /// so to whoever waits for it.
    fn tell(&mut self, source: &Source, change: Change, mut object: Value) {
        if let Some(meta) = object["metadata"].as_object_mut() {
            meta.remove("managedFields");
        }
        let standing = self.sources.entry(source.clone()).or_default();
        standing.told.see(change, &object);
        if let Some(version) = object["metadata"]["resourceVersion"].as_str() {
            version.clone_into(&mut standing.version);
        }
        let kind = source.kind;
        let namespace = object["metadata"]["namespace"].as_str().unwrap_or_default();
        if let Some(history) = self.histories.get_mut(namespace)
            && history.is_told_of(&object)
        {
            let slow = (kind == Kind::Pod).then(|| history.starting.see(change, &object)).flatten();
            let slow = slow.map(|trouble| (Part::Node, trouble));
            for (part, trouble) in history.troubles.see(kind, &object).into_iter().chain(slow) {
                let trouble = Some(trouble);
                let _ = history.recorder.record(What::Probed { part, trouble });
            }
            let _ = history.recorder.record(What::Seen(Seen { kind, change, object }));
        }
        self.mark(source);
    }

    /// Takes word that a watch has told everything up to a version.
    fn reach(&mut self, source: &Source, version: &str) {
        let standing = self.sources.entry(source.clone()).or_default();
        version.clone_into(&mut standing.version);
        standing.told.reach(version.parse().unwrap_or_default());
        self.mark(source);
    }

    /// A watch is to have told what a list shows.
    fn expect(&mut self, source: &Source, awaited: Awaited) {
        self.sources.entry(source.clone()).or_default().expect(awaited);
        self.mark(source);
    }

    /// Records a mark in every history of the source, if the watch has told what is awaited of it.
    fn mark(&mut self, source: &Source) {
        let Some(standing) = self.sources.get_mut(source) else { return };
        let Some(awaited) = standing.take_told() else { return };
        (standing.late, standing.resumed) = (None, false);
        let version = awaited.shown.version.max(standing.told.version()).to_string();
        self.tell_those(source, |recorder| {
            let (version, asked) = (version.clone(), recorder.at(awaited.asked));
            What::Watching { kind: source.kind, version, asked }
        });
        // Nobody waits any more if it took too long.
        let _ = awaited.done.send(());
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
