//! An installation made of fakes, and a case that runs on it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use drive::case::Run;
use drive::error::DriveError;
use drive::joint::Participant;
use drive::recorder::{Observer, Recorder};
use drive::watch::Watches;
use model::fact::WorkflowFact;
use model::history::{Event, EventKind, Header, History, StepOutcome, Versions};
use model::profile::Profile;
use model::{ControllerSelector, Fact, FoundController, Plan, PodSettings, StepKind, World};
use provision::installation::{Installation, Namespaces};
use provision::store::{Artifacts, GivenStore, Store, StoreAddress, StoreCredentials, Transport};
use sandbox::guard::Guard;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::api::FakeApi;
use crate::argo::{self, FakeArgo};
use crate::store::{FakeStore, Mood};

/// Time limit of a test's wait. Paused time makes such a wait free.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);
/// The verifier's challenge.
pub(crate) const CHALLENGE: &str = "0123456789abcdef";
/// Namespace of the case.
pub(crate) const NAMESPACE: &str = "ns";
/// Name of the workflow.
pub(crate) const WORKFLOW: &str = "case";

/// An installation.
pub(crate) struct Bench {
    pub(crate) api: FakeApi,
    pub(crate) argo: FakeArgo,
    pub(crate) watches: Watches,
    pub(crate) installation: Installation,
    directory: TempDir,
    /// Settings for the pods of the case.
    pub(crate) pods: PodSettings,
    /// The case among those that share the replacements of the installation.
    pub(crate) participant: Arc<Participant>,
}

impl Bench {
    /// An installation whose store never answers, for where time is paused: it would not wait for
    /// a socket.
    pub(crate) async fn new() -> Self {
        let store = FakeStore::start().await;
        store.mood(Mood::Hangs);
        Self::with_store(store.address()).await
    }

    pub(crate) async fn with_store(store_address: StoreAddress) -> Self {
        let store = Some(Store::new(&store_address));
        Self::on(store, Artifacts::Own(store_address), Namespaces::Made, 2).await
    }

    /// An installation on which no other case is to run.
    pub(crate) async fn of_one_case(store_address: StoreAddress) -> Self {
        let store = Some(Store::new(&store_address));
        Self::on(store, Artifacts::Own(store_address), Namespaces::Made, 1).await
    }

    /// An installation with one prepared namespace for cases.
    pub(crate) async fn prepared(store_address: StoreAddress) -> Self {
        let store = Some(Store::new(&store_address));
        let StoreAddress { endpoint, user, password, bucket } = store_address;
        let given = GivenStore {
            reached: endpoint.clone(),
            endpoint,
            transport: Transport::Plain,
            region: None,
            style: None,
            bucket,
            credentials: StoreCredentials::Keys { user, password, session_token: None },
        };
        Self::prepared_with(store, Artifacts::Given(Arc::new(given))).await
    }

    /// An installation with one prepared namespace, whose artifacts go to this place.
    pub(crate) async fn prepared_with(store: Option<Store>, artifacts: Artifacts) -> Self {
        let prepared = Namespaces::Prepared(vec![NAMESPACE.to_owned()]);
        let bench = Self::on(store, artifacts, prepared, 2).await;
        bench.api.put(&json!({ "kind": "Namespace", "metadata": { "name": NAMESPACE } }));
        bench
    }

    /// An installation whose controller the run found.
    pub(crate) async fn found(found: FoundController, api: FakeApi) -> Self {
        let store = FakeStore::start().await;
        store.mood(Mood::Hangs);
        let artifacts = Artifacts::Own(store.address());
        let store = Some(Store::new(&store.address()));
        Self::with_controller(store, artifacts, Namespaces::Made, 2, api, Some(found)).await
    }

    async fn on(
        store: Option<Store>,
        artifacts: Artifacts,
        namespaces: Namespaces,
        cases: usize,
    ) -> Self {
        Self::with_controller(store, artifacts, namespaces, cases, FakeApi::new(), None).await
    }

    async fn with_controller(
        store: Option<Store>,
        artifacts: Artifacts,
        namespaces: Namespaces,
        cases: usize,
        api: FakeApi,
        found: Option<FoundController>,
    ) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let client = api.client();
        let kubeconfig = directory.path().join("kubeconfig");
        let version = "3.7.0".to_owned();
        let installation = Installation {
            run: "run-1".to_owned(),
            client: client.clone(),
            requests: provision::requests::Requests::default(),
            alarm: provision::installation::Alarm::default(),
            store,
            artifacts,
            proxy: None,
            cgroup: None,
            argo: argo::program(),
            argo_environment: Vec::new(),
            kubeconfig: kubeconfig.clone(),
            guard: Guard::new(argo::program()),
            shell_image: "here/shell:2".to_owned(),
            versions: Versions::all(&version),
            source: "a fake".to_owned(),
            pair: None,
            profile: found.is_none().then_some(Profile::Fast),
            argo_namespace: "argo".to_owned(),
            controller_selector: ControllerSelector::default(),
            found,
            namespaces,
        };
        let argo = FakeArgo::listen(&kubeconfig);
        let watches = Watches::start(&installation, cases).await.expect("watches");
        let (pods, participant) = (PodSettings::default(), Arc::new(Participant::alone()));
        Self { api, argo, watches, installation, directory, pods, participant }
    }

    /// Runs a plan whose observation ends with its last step.
    pub(crate) fn run(&self, plan: Plan) -> Running {
        let (events, tape) = Tape::new();
        self.run_before(plan, Box::new(tape), events)
    }

    /// Runs a plan before an observer.
    pub(crate) fn run_before(
        &self,
        plan: Plan,
        observer: Box<dyn Observer>,
        events: Events,
    ) -> Running {
        let stop = CancellationToken::new();
        let (installation, watches) = (self.installation.clone(), self.watches.clone());
        let (directory, token) = (self.directory.path().to_owned(), stop.clone());
        let pods = self.pods.clone();
        let participant = Arc::clone(&self.participant);
        let driven = tokio::spawn(async move {
            let run = Run {
                installation: &installation,
                watches: &watches,
                namespace: NAMESPACE.to_owned(),
                directory: &directory,
                stop: token,
                challenge: Some(CHALLENGE.to_owned()),
                pods,
                participant: &participant,
            };
            drive::case::run(&run, &plan, observer).await.map(drop)
        });
        Running { events, stop, driven, path: self.history() }
    }

    /// Path of the case's history.
    pub(crate) fn history(&self) -> PathBuf {
        self.directory.path().join("history.jsonl")
    }

    /// Changes the workflow as its controller would.
    pub(crate) fn workflow(&self, patch: &Value) {
        self.api.edit("workflows", NAMESPACE, WORKFLOW, patch);
    }

    /// Sets the workflow's phase.
    pub(crate) fn phase(&self, phase: &str) {
        self.workflow(&json!({ "status": { "phase": phase } }));
    }

    /// A history of this namespace that is not of a run.
    pub(crate) fn record(&self, namespace: &str) -> (Recorder, Events) {
        let (events, tape) = Tape::new();
        let path = self.directory.path().join(format!("{namespace}.jsonl"));
        let recorder = Recorder::create(&path, &header(namespace), Box::new(tape)).expect("file");
        self.watches.add(namespace, &recorder, None, &[]);
        (recorder, events)
    }
}

/// A case that runs.
pub(crate) struct Running {
    pub(crate) events: Events,
    pub(crate) stop: CancellationToken,
    pub(crate) driven: JoinHandle<Result<(), DriveError>>,
    path: PathBuf,
}

impl Running {
    /// The history once the case has ended well.
    pub(crate) async fn ended(self) -> History {
        let ended = tokio::time::timeout(PATIENCE * 10, self.driven).await;
        ended.expect("it ends").expect("no panic").expect("no trouble of the harness");
        let history = read(&self.path);
        let last = history.events.last().map(|event| &event.kind);
        assert!(matches!(last, Some(EventKind::Ended(_))), "{last:?}");
        history
    }
}

/// Tells of every event, in order. Settled at any time: a run ends with its last step.
pub(crate) struct Tape(UnboundedSender<Event>);

impl Tape {
    pub(crate) fn new() -> (Events, Self) {
        let (sender, events) = unbounded_channel();
        (Events(events), Self(sender))
    }
}

impl Observer for Tape {
    fn event(&mut self, event: &Event, _: &World) {
        // The receiver is gone once the test has seen enough.
        let _ = self.0.send(event.clone());
    }

    fn settled(&self) -> bool {
        true
    }
}

/// The events of a history while it is written.
pub(crate) struct Events(UnboundedReceiver<Event>);

impl Events {
    /// The next event for which the function returns a value. Earlier events are passed over.
    pub(crate) async fn next<T>(&mut self, tell: impl Fn(&EventKind) -> Option<T>) -> T {
        let mut passed = Vec::new();
        let found = async {
            loop {
                let event = self.0.recv().await.expect("the history goes on");
                if let Some(told) = tell(&event.kind) {
                    return told;
                }
                passed.push(event);
            }
        };
        let found = tokio::time::timeout(PATIENCE, found).await;
        found.unwrap_or_else(|_| panic!("it did not come; there was: {passed:#?}"))
    }

    /// Waits until a step has begun.
    pub(crate) async fn begun(&mut self, name: &str) {
        self.next(|what| {
            matches!(what, EventKind::StepBegun { step, .. } if step == name).then_some(())
        })
        .await;
    }
}

pub(crate) fn read(path: &Path) -> History {
    let text = std::fs::read_to_string(path).expect("a history");
    History::parse(&text).expect("a whole history")
}

/// The outcome of a step. `None` if the step did not end.
pub(crate) fn outcome(history: &History, name: &str) -> Option<StepOutcome> {
    history.events.iter().find_map(|event| match &event.kind {
        EventKind::StepEnded { step, outcome } if step == name => Some(outcome.clone()),
        _ => None,
    })
}

/// A plan that submits and then does these actions.
pub(crate) fn plan(acts: impl IntoIterator<Item = StepKind>) -> Plan {
    let acts = std::iter::once(StepKind::Submit { workflow: () }).chain(acts);
    let steps = acts.map(|act| model::Step { name: act.verb().to_owned(), act }).collect();
    let workflow = json!({ "apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow",
        "metadata": { "labels": { "mine": "yes" } },
        "spec": { "templates": [{ "container": { "image": "argo-conformance/shell:1" } }] } });
    Plan { case: format!("area/{WORKFLOW}"), workflow, steps, expects: Vec::new() }
}

/// Waits for a fact.
pub(crate) fn wait(fact: Fact, seconds: u64) -> StepKind {
    let patience = Duration::from_secs(seconds);
    StepKind::Await { fact, held: None, patience, touching: None, go_on: false }
}

/// The workflow has this phase.
pub(crate) fn phase(phase: &str) -> Fact {
    Fact::Workflow(WorkflowFact::Phase(vec![phase.to_owned()]))
}

pub(crate) fn header(namespace: &str) -> Header {
    let text = str::to_owned;
    Header {
        format: (model::history::MAJOR, model::history::MINOR),
        run: text("run-1"),
        case: text("area/case"),
        argo: Versions::all("1"),
        namespace: text(namespace),
        workflow: text(WORKFLOW),
        started: text("2026-01-01T00:00:00Z"),
        steps: vec![text("submit")],
        controller: None,
        requests: false,
        challenge: None,
    }
}
