//! The state of all watches, and the histories that get their events.

mod nodes;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use model::CaseTrouble;
use model::history::{self, Change, EventKind, Kind, Observation, Part, Unobserved};
use provision::existing::{ControllerError, Electors};
use provision::installation::Installation;
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::controller::Controller;
use super::pod_start::PodStarts;
use super::source::Source;
use super::state::{Awaited, WatchState};
use super::troubles::Troubles;
use crate::environment_values;
use crate::listings::Listings;
use crate::recorder::Recorder;
pub(crate) use nodes::NodeTroubles;

/// All watches of an installation, the listings of its object store, and the histories that get
/// their events.
#[derive(Clone)]
pub struct Watches {
    shared: Arc<Mutex<Shared>>,
    controller: watch::Sender<Controller>,
    pub(crate) listings: Listings,
    pub(super) stop: CancellationToken,
}

pub(super) struct Shared {
    /// Namespace of Argo itself.
    argo: String,
    /// The pods of the workflow controller that must stay.
    expected: Vec<history::Controller>,
    /// Trouble that no case counts.
    uncounted: Vec<CaseTrouble>,
    /// The parts that the run does not observe in full.
    unobserved: BTreeMap<Part, Unobserved>,
    histories: HashMap<String, History>,
    sources: BTreeMap<Source, WatchState>,
}

/// The history of a namespace, and the trouble of its case.
struct History {
    recorder: Recorder,
    /// The last version before the case. Events up to it are not of the case.
    since: Option<u64>,
    /// The nodes that a pod of the case is or was on.
    nodes: BTreeSet<String>,
    /// The pods that tell nothing of their nodes now.
    pods_without_sign: BTreeSet<String>,
    pod_starts: PodStarts,
    troubles: Troubles,
}

impl Watches {
    /// Watches without a source and without a history. `argo` is the namespace of Argo itself.
    /// `uncounted`: trouble that no case of the installation counts.
    pub(super) fn new(
        argo: String,
        controller: Controller,
        listings: Listings,
        uncounted: Vec<CaseTrouble>,
    ) -> Self {
        let shared = Shared {
            argo,
            expected: Vec::new(),
            uncounted,
            unobserved: BTreeMap::new(),
            histories: HashMap::new(),
            sources: BTreeMap::new(),
        };
        let (shared, controller) = (Arc::new(Mutex::new(shared)), watch::Sender::new(controller));
        Self { shared, controller, listings, stop: CancellationToken::new() }
    }

    /// Ends all watches.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Gives every further event of the namespace to this history. The namespace must be new, or
    /// have been empty at version `since`. Events up to `since` are not recorded. The case causes
    /// the trouble that it `expects`.
    pub fn add(
        &self,
        namespace: &str,
        recorder: &Recorder,
        since: Option<u64>,
        expects: &[CaseTrouble],
    ) {
        let mut shared = self.lock();
        let of_it = shared.sources.iter().filter(|(source, _)| source.covers(namespace));
        for (source, state) in of_it {
            // An empty namespace has no objects to record.
            let (kind, version) = (source.kind, state.version.clone());
            let _ = recorder.record(EventKind::Bookmark { kind, version, asked_at: 0 });
        }
        for unobserved in shared.unobserved.values() {
            let _ = recorder.record(EventKind::Unobserved(unobserved.clone()));
        }
        let expects = [expects, &shared.uncounted[..]].concat();
        let history = History {
            recorder: recorder.clone(),
            since,
            nodes: BTreeSet::new(),
            pods_without_sign: BTreeSet::new(),
            pod_starts: PodStarts::default(),
            troubles: Troubles::but(&expects),
        };
        shared.histories.insert(namespace.to_owned(), history);
    }

    /// Ends the events of the namespace for its history.
    pub fn remove(&self, namespace: &str) {
        self.lock().histories.remove(namespace);
    }

    /// Requests a mark of each watch of a namespace. The namespace's history gets each mark later,
    /// with a question dated after this call. Each watch is opened again before its mark. A silent
    /// connection may hide an object that was made and deleted.
    pub fn mark(&self, namespace: &str) {
        let mut shared = self.lock();
        let of_it = shared.sources.iter_mut().filter(|(source, _)| source.covers(namespace));
        of_it.for_each(|(_, state)| state.renew());
    }

    /// The trouble of a part that the case of this namespace alone has.
    pub(crate) fn case_trouble(&self, namespace: &str, part: Part) -> Option<String> {
        self.lock().histories.get(namespace)?.troubles.of(part)
    }

    /// The trouble of the first watch that has one. `None`: every watch is connected and up to
    /// date.
    pub fn trouble(&self) -> Option<String> {
        let shared = self.lock();
        let mut all = shared.sources.iter();
        all.find_map(|(source, state)| state.trouble(source))
    }

    /// The workflow controller, as the last event of its watch showed it.
    pub fn controller(&self) -> Controller {
        self.controller.borrow().clone()
    }

    /// Makes the present pods of the workflow controller those that must stay. The leader must
    /// stay, or each replica without a known leader.
    pub fn expect_controller(&self) {
        let now = self.controller().expected();
        self.lock().expected = now;
    }

    /// Makes another pod the leader of the workflow controller, and the one that must stay.
    pub(crate) fn follow_leader(&self, leader: &str) {
        self.controller.send_modify(|controller| controller.follow(leader));
        self.expect_controller();
    }

    /// Finds the leader among the present pods of a controller that the harness installed. These
    /// pods are then those that must stay.
    pub(crate) async fn observe(&self, installation: &Installation) -> Result<(), ControllerError> {
        let Some(profile) = installation.profile else { return Ok(()) };
        let now = self.controller();
        let pods: Vec<String> = now.live().map(|replica| replica.name.clone()).collect();
        let electors = Electors {
            namespace: &installation.argo_namespace,
            instance_id: installation.instance_id(),
            pods: &pods,
            alone: !profile.elects(),
        };
        let leader = match pods.as_slice() {
            [] => return Ok(()),
            _ => electors.leader(&installation.client).await?,
        };
        self.controller.send_modify(|controller| controller.observe(&leader, pods.len()));
        self.expect_controller();
        Ok(())
    }

    /// The pods of the workflow controller that must stay.
    pub fn expected_controller(&self) -> Vec<history::Controller> {
        self.lock().expected.clone()
    }

    /// A receiver of every change of the workflow controller's pod.
    pub fn controller_changes(&self) -> watch::Receiver<Controller> {
        self.controller.subscribe()
    }

    /// Records the health of a part in every history. A history alone gets the trouble that its
    /// case alone has. A case's actions on its own pods are no trouble of other cases.
    pub fn record_health(&self, part: Part, trouble: Option<&str>) {
        self.record_each(part, |_| Some(trouble.map(str::to_owned)));
    }

    /// Records the health of a part in each history by its own answer. No answer is no probe.
    fn record_each(&self, part: Part, answer: impl Fn(&History) -> Option<Option<String>>) {
        for history in self.lock().histories.values() {
            let Some(trouble) = answer(history) else { continue };
            let slow = || (part == Part::Node).then(|| history.pod_starts.trouble()).flatten();
            let own = || history.troubles.of(part).or_else(slow);
            let trouble = trouble.or_else(own);
            let _ = history.recorder.record(EventKind::Probed { part, error: trouble });
        }
    }

    pub(super) fn lock(&self) -> std::sync::MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls a function with the state of a watch.
    pub(super) fn state<T>(&self, source: &Source, then: impl FnOnce(&mut WatchState) -> T) -> T {
        then(self.lock().sources.entry(source.clone()).or_default())
    }

    /// Records a watch's trouble in the histories of its source.
    pub(super) fn record_trouble(&self, source: &Source, trouble: &str) {
        let (part, trouble) = (Part::Watches, Some(trouble.to_owned()));
        let what = EventKind::Probed { part, error: trouble };
        self.lock().record_in(source, |_| what.clone());
    }

    /// Takes a list. Every history of the source gets the gap if there is one, every object of the
    /// list, and a mark. No other event comes between them. Returns the version of the list.
    pub(super) fn take_list(
        &self,
        source: &Source,
        gap: Option<&str>,
        asked: Instant,
        (items, version): (Vec<Value>, String),
    ) -> String {
        let kind = source.kind;
        let mut shared = self.lock();
        if kind == Kind::Pod && source.covers(&shared.argo) {
            // An object that is not in the list is gone, though no event said so.
            let mut controller = self.controller().unseen();
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
            shared.record_in(source, |_| EventKind::Gap { kind, reason: reason.to_owned() });
        }
        let state = shared.sources.entry(source.clone()).or_default();
        state.progress.forget();
        (state.late, state.resumed) = (None, false);
        // No mark is possible in the middle of a list.
        let awaited = state.awaited.take();
        for object in items {
            shared.tell(source, Change::Found, object);
        }
        shared.record_in(source, |recorder| {
            let (version, asked) = (version.clone(), recorder.at(asked));
            EventKind::Bookmark { kind, version, asked_at: asked }
        });
        shared.reach(source, &version);
        if let Some(awaited) = awaited {
            shared.expect(source, awaited);
        }
        version
    }

    /// Takes an event of a watch.
    pub(super) fn tell(&self, source: &Source, change: Change, object: Value) {
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
    /// Whether a history needs the marks of a watch.
    pub(super) fn needs(&self, source: &Source) -> bool {
        !self.histories.is_empty() && source.covers(&self.argo)
            || self.histories.keys().any(|name| source.covers(name))
    }

    /// Records an event in each history of the namespaces of a watch.
    fn record_in(&self, source: &Source, what: impl Fn(&Recorder) -> EventKind) {
        let of_it = self.histories.iter().filter(|(name, _)| source.covers(name));
        for (_, history) in of_it {
            let _ = history.recorder.record(what(&history.recorder));
        }
    }

    /// Records an object in its namespace's history. A history that fails to record an event
    /// reports the error to every task that waits for the history.
    fn tell(&mut self, source: &Source, change: Change, mut object: Value) {
        if let Some(meta) = object["metadata"].as_object_mut() {
            meta.remove("managedFields");
        }
        if source.kind == Kind::Pod {
            environment_values::remove(&mut object);
        }
        let state = self.sources.entry(source.clone()).or_default();
        state.progress.see(change, &object);
        if let Some(version) = object["metadata"]["resourceVersion"].as_str() {
            version.clone_into(&mut state.version);
        }
        let kind = source.kind;
        let namespace = object["metadata"]["namespace"].as_str().unwrap_or_default();
        if let Some(history) = self.histories.get_mut(namespace)
            && history.is_told_of(&object)
        {
            if kind == Kind::Pod {
                history.see_node(change, &object);
            }
            let slow =
                (kind == Kind::Pod).then(|| history.pod_starts.see(change, &object)).flatten();
            let slow = slow.map(|trouble| (Part::Node, trouble));
            for (part, trouble) in
                history.troubles.see(kind, change, &object).into_iter().chain(slow)
            {
                let trouble = Some(trouble);
                let _ = history.recorder.record(EventKind::Probed { part, error: trouble });
            }
            let _ =
                history.recorder.record(EventKind::Observed(Observation { kind, change, object }));
        }
        self.mark(source);
    }

    /// Takes a version up to which a watch has told everything.
    pub(super) fn reach(&mut self, source: &Source, version: &str) {
        let state = self.sources.entry(source.clone()).or_default();
        version.clone_into(&mut state.version);
        state.progress.reach(version.parse().unwrap_or_default());
        self.mark(source);
    }

    /// Sets the list that a watch must have told for the next mark.
    pub(super) fn expect(&mut self, source: &Source, awaited: Awaited) {
        self.sources.entry(source.clone()).or_default().expect(awaited);
        self.mark(source);
    }

    /// Records a mark in every history of the source if the watch has told its awaited list.
    fn mark(&mut self, source: &Source) {
        let Some(state) = self.sources.get_mut(source) else { return };
        let Some(awaited) = state.take_told() else { return };
        (state.late, state.resumed) = (None, false);
        let version = awaited.shown.version.max(state.progress.version()).to_string();
        self.record_in(source, |recorder| {
            let (version, asked) = (version.clone(), recorder.at(awaited.asked));
            EventKind::Bookmark { kind: source.kind, version, asked_at: asked }
        });
        // The receiver is gone if the mark took too long.
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
