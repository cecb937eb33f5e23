//! The canary workflow of a prepared namespace: one pod with one artifact, like those of the cases.
//!
//! The check submits the workflow, follows it to its end, looks for its artifact, and deletes it. A
//! watch beside it shows how late the API server tells each change.

mod progress;
mod watched;
mod workflow;

use std::time::Duration;

use drive::namespace::{self, NamespaceError};
use drive::pauses;
use drive::watch::troubles;
use kube::api::{DeleteParams, ListParams, PostParams};
use kube::core::Request;
use model::argo_api::{PATH, WORKFLOW, label};
use model::{CaseTrouble, PodSettings, hints};
use provision::hints::hint;
use provision::installation::Installation;
use report::check::{CheckItem, Failure, Topic};
use serde_json::Value;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::answer::{self, Refusal};
use super::store;
use crate::budgets;
use progress::{End, Progress};
use watched::Watched;

/// Name of the workflow.
const NAME: &str = "conformance-canary";
/// Part of the executor's message about an artifact that did not reach the object store.
const UPLOAD: &str = "failed to put ";

/// The place of the canary workflows, and the settings of their pods.
pub(crate) struct Site<'a> {
    pub(crate) installation: &'a Installation,
    pub(crate) pods: &'a PodSettings,
    /// The workflows that the controller takes up, as a clause.
    pub(crate) reach: &'a str,
    /// The remedy of an instance ID that the run does not know.
    pub(crate) unknown_instance_id: Option<String>,
    /// Ends the check early.
    pub(crate) stop: &'a CancellationToken,
}

/// Tries the canary workflow of a namespace, and removes its objects, also after a stop.
pub(crate) async fn check(site: &Site<'_>, namespace: &str) -> Vec<CheckItem> {
    let mut canary = Canary { site, namespace, items: Vec::new() };
    tokio::select! {
        biased;
        () = site.stop.cancelled() => {}
        () = canary.run() => {}
    }
    drive::teardown::case(site.installation, namespace).await;
    canary.is_empty().await;
    canary.items.into_iter().map(|item| item.of(namespace)).collect()
}

struct Canary<'a> {
    site: &'a Site<'a>,
    namespace: &'a str,
    items: Vec<CheckItem>,
}

impl Canary<'_> {
    async fn run(&mut self) {
        let client = &self.site.installation.client;
        // This run holds the namespace, so a run whose objects are there was killed. The search for
        // leftovers tells of each object that stays.
        drive::teardown::of_killed(client, self.namespace, None).await;
        match namespace::set_up(self.site.installation, self.namespace, None).await {
            Ok(_) => {}
            Err(error) => {
                let failure = match &error {
                    NamespaceError::NotEmpty { .. } => Failure::NotEmpty,
                    NamespaceError::Repository(_) => Failure::Store,
                    NamespaceError::Object(_)
                    | NamespaceError::Manifest(_)
                    | NamespaceError::List(..) => Failure::SetUp,
                };
                let item = CheckItem::fail(Topic::Namespace, failure, hints::chain(&error));
                self.items.push(item.with_remedy(hint(&error)));
                return;
            }
        }
        let mut watched = Watched::open(client, &self.path(), NAME).await;
        let submitted = Instant::now();
        if let Err(refusal) = self.submit().await {
            self.items.push(refused(&refusal));
            return;
        }
        watched.expect("the creation", watched::ADDED).await;
        let end = self.follow(submitted).await;
        let went_well = self.add_end(end, submitted.elapsed()).await;
        let deleted = self.delete(&mut watched).await;
        if went_well {
            self.items.extend(deleted.err());
        }
        self.items.push(watched.item());
    }

    fn path(&self) -> String {
        format!("{PATH}/namespaces/{}/{}", self.namespace, WORKFLOW.plural)
    }

    async fn submit(&self) -> Result<(), Refusal> {
        let manifest = workflow::manifest(self.site, self.namespace, NAME);
        let request = Request::new(self.path());
        let request = request.create(&PostParams::default(), manifest.to_string().into_bytes());
        answer::json(&self.site.installation.client, request).await.map(drop)
    }

    /// Looks at the workflow and its pods until the workflow ends or a limit passes.
    async fn follow(&self, submitted: Instant) -> End {
        let mut progress = Progress::new(submitted);
        loop {
            match self.look().await {
                Ok((workflow, pods)) => progress.see(&workflow, &pods, Instant::now()),
                Err(refusal) => progress.refused(&refusal),
            }
            if let Some(end) = progress.end(Instant::now()) {
                return end;
            }
            pauses::pause(pauses::RETRY).await;
        }
    }

    /// The workflow and its pods.
    async fn look(&self) -> Result<(Value, Vec<Value>), Refusal> {
        let client = &self.site.installation.client;
        let workflow = Request::new(self.path()).get(NAME, &kube::api::GetParams::default());
        let workflow = answer::json(client, workflow).await?;
        let pods = Request::new(format!("/api/v1/namespaces/{}/pods", self.namespace));
        let labelled = ListParams::default().labels(&format!("{}={NAME}", label::WORKFLOW));
        let mut pods = answer::json(client, pods.list(&labelled)).await?;
        let pods = pods["items"].as_array_mut().map(std::mem::take).unwrap_or_default();
        Ok((workflow, pods))
    }

    /// Adds the items about the end of the workflow. Returns whether it succeeded.
    async fn add_end(&mut self, end: End, elapsed: Duration) -> bool {
        let seconds = elapsed.as_secs_f64();
        let (topic, failure, words) = match end {
            End::Succeeded { artifact } => {
                let words = "a pod like those of the cases was admitted and started";
                self.items.push(CheckItem::ok(Topic::Admission, words));
                let item = self.artifact(artifact.as_deref(), seconds).await;
                self.items.push(item);
                return true;
            }
            End::Trouble(trouble, words) => (Topic::Admission, failure_of(trouble, &words), words),
            End::Failed(words) => {
                let of_store = store::failure_of(&words).filter(|_| words.contains(UPLOAD));
                let failure = of_store.unwrap_or(Failure::CanaryFailed);
                (Topic::Canary, failure, format!("the canary workflow failed: {words}"))
            }
            End::NotTakenUp => {
                let words = format!(
                    "the controller did not take up the canary workflow in {seconds:.0} s; {}",
                    self.site.reach
                );
                let item = CheckItem::fail(Topic::Canary, Failure::NotTakenUp, words);
                self.items.push(item.with_remedy(self.site.unknown_instance_id.clone()));
                return false;
            }
            End::Slow(state) => {
                let words = format!("the canary workflow did not end in {seconds:.0} s; {state}");
                (Topic::Canary, Failure::CanarySlow, words)
            }
        };
        self.items.push(CheckItem::fail(topic, failure, words));
        false
    }

    /// The item about the artifact of a workflow that succeeded.
    async fn artifact(&self, key: Option<&str>, seconds: f64) -> CheckItem {
        let success = format!("the canary workflow succeeded in {seconds:.1} s");
        let missing = |words: String| {
            CheckItem::fail(Topic::Canary, Failure::Artifact, format!("{success}, {words}"))
        };
        let Some(store) = &self.site.installation.store else {
            let shown = key.map_or_else(
                || "its node shows no key of an artifact".to_owned(),
                |key| format!("its node shows the artifact {key}"),
            );
            let words = format!("{success}, and {shown}; the check does not list the bucket");
            return CheckItem::note(Topic::Canary, words);
        };
        let prefix = format!("{}/", self.namespace);
        let Some(key) = key else {
            return missing("and its node shows no key of an artifact".to_owned());
        };
        match store.list(&prefix).await {
            Ok(listed) if listed.iter().any(|(found, _)| format!("{prefix}{found}") == key) => {
                let words = format!("{success}, and its artifact is in the bucket");
                CheckItem::ok(Topic::Canary, words)
            }
            Ok(_) => missing(format!("and its artifact {key} is not in the bucket")),
            Err(error) => {
                let words = error.to_string();
                CheckItem::fail(
                    Topic::Canary,
                    store::failure_of(&words).unwrap_or(Failure::Store),
                    words,
                )
            }
        }
    }

    /// Deletes the workflow, and waits until it is gone.
    async fn delete(&self, watched: &mut Watched) -> Result<(), CheckItem> {
        let client = &self.site.installation.client;
        let failed = |words: String| CheckItem::fail(Topic::Canary, Failure::NotDeleted, words);
        let request = Request::new(self.path()).delete(NAME, &DeleteParams::default());
        match answer::json(client, request).await {
            // The object is gone. An object with finalizers is in the answer.
            Ok(answer) if answer["kind"] == "Status" => {
                watched.expect("the deletion", watched::DELETED).await;
            }
            Err(refusal) if !refusal.is_absence() => {
                let words = format!("failed to delete the canary workflow: {}", refusal.words);
                return Err(failed(words));
            }
            Ok(_) | Err(_) => {}
        }
        match self.until_gone().await {
            None => Ok(()),
            Some(state) => {
                let seconds = budgets::CANARY_DELETED.time.as_secs();
                let words =
                    format!("the canary workflow is not deleted after {seconds} s: {state}");
                Err(failed(words))
            }
        }
    }

    /// Waits for the end of the workflow. Returns its finalizers after the limit.
    async fn until_gone(&self) -> Option<String> {
        let since = Instant::now();
        loop {
            let state = match self.look().await {
                Err(refusal) if refusal.is_absence() => return None,
                Err(refusal) => refusal.words,
                Ok((workflow, _)) => {
                    format!("its finalizers are {}", workflow["metadata"]["finalizers"])
                }
            };
            if since.elapsed() > budgets::CANARY_DELETED.time {
                return Some(state);
            }
            pauses::pause(pauses::RETRY).await;
        }
    }

    /// Adds an item if the namespace still has objects of recorded kinds.
    async fn is_empty(&mut self) {
        let client = &self.site.installation.client;
        let known = |item: &CheckItem| item.topic == Topic::Namespace;
        if self.items.iter().any(known) {
            return;
        }
        if let Ok((left, _)) = namespace::count_objects(client, self.namespace).await
            && !left.is_empty()
        {
            let words = format!("objects are left after the check: {left}");
            self.items.push(CheckItem::fail(Topic::Namespace, Failure::NotEmpty, words));
        }
    }
}

/// The item of a refusal to take the canary workflow.
fn refused(refusal: &Refusal) -> CheckItem {
    let words = format!("failed to submit the canary workflow: {}", refusal.words);
    match troubles::of_message(&refusal.words) {
        Some(trouble) => {
            CheckItem::fail(Topic::Admission, failure_of(trouble, &refusal.words), words)
        }
        None => CheckItem::fail(Topic::Canary, Failure::SetUp, words),
    }
}

/// The kind of a failure by trouble of the environment.
fn failure_of(trouble: CaseTrouble, words: &str) -> Failure {
    match trouble {
        CaseTrouble::ImagePull => Failure::ImagePull,
        CaseTrouble::Scheduling => Failure::Scheduling,
        CaseTrouble::Eviction => Failure::Eviction,
        CaseTrouble::Quota if words.contains("must specify") => Failure::QuotaField,
        CaseTrouble::Quota => Failure::QuotaUsed,
        CaseTrouble::LimitRange => Failure::LimitRange,
        CaseTrouble::PodSecurity => Failure::PodSecurity,
        CaseTrouble::Admission => Failure::Admission,
        CaseTrouble::Rights => Failure::ArgoRights,
        CaseTrouble::ExecutorWait => Failure::CanarySlow,
        CaseTrouble::Throttling => Failure::Throttling,
        CaseTrouble::Parallelism => Failure::Parallelism,
        CaseTrouble::ObjectStore => store::failure_of(words).unwrap_or(Failure::Store),
    }
}
