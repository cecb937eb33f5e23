//! The source of one watch, and its requests.

use futures::StreamExt;
use futures::stream::BoxStream;
use kube::Client;
use kube::api::{ListParams, WatchEvent, WatchParams};
use kube::core::Request;
use model::argo_api;
use model::history::Kind;
use provision::installation::{Installation, Namespaces};
use serde_json::Value;

use super::progress::ListAnswer;
use crate::answer::in_time;
use crate::budgets;

/// The objects of one watch.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Source {
    pub(super) kind: Kind,
    /// `None`: the whole cluster.
    pub(super) namespace: Option<String>,
}

impl Source {
    pub(super) fn covers(&self, namespace: &str) -> bool {
        self.namespace.as_ref().is_none_or(|own| own == namespace)
    }

    /// The name in messages.
    pub(super) fn words(&self) -> String {
        let kind = match self.kind {
            Kind::Workflow => "workflows",
            Kind::Pod => "pods",
            Kind::TaskResult => "task results",
            Kind::GcTask => "artifact GC tasks",
        };
        let place = self.namespace.as_ref().map(|name| format!(" in {name}"));
        format!("watch of {kind}{}", place.unwrap_or_default())
    }
}

/// The sources of the watches for every case, and for the controller's pod.
pub(super) fn sources(installation: &Installation) -> Vec<Source> {
    let every = |namespace: Option<&String>| {
        Kind::ALL.map(|kind| Source { kind, namespace: namespace.cloned() })
    };
    match &installation.namespaces {
        Namespaces::Made => every(None).to_vec(),
        Namespaces::Prepared(names) => {
            let argo = Some(installation.argo_namespace.clone());
            let controller = Source { kind: Kind::Pod, namespace: argo };
            names.iter().flat_map(|name| every(Some(name))).chain([controller]).collect()
        }
    }
}

pub(super) type Answer = Result<WatchEvent<Value>, kube::Error>;

/// Opens a watch. The API server ends the watch after `seconds`. The type of the stream is boxed.
pub(super) async fn open(
    client: &Client,
    source: &Source,
    version: &str,
    seconds: u32,
) -> Result<BoxStream<'static, Answer>, kube::Error> {
    let params = WatchParams::default().timeout(seconds);
    let request = Request::new(path(source)).watch(&params, version);
    let request = request.map_err(kube::Error::BuildRequest)?;
    Ok(client.request_events::<Value>(request).await?.boxed())
}

pub(super) async fn list(
    client: &Client,
    source: &Source,
) -> Result<(Vec<Value>, String), kube::Error> {
    let request = Request::new(path(source)).list(&ListParams::default());
    let request = request.map_err(kube::Error::BuildRequest)?;
    let mut answer: Value = in_time(budgets::WATCH_ANSWER.time, client.request(request)).await?;
    let version = answer["metadata"]["resourceVersion"].as_str().unwrap_or_default().to_owned();
    let items = answer["items"].as_array_mut().map(std::mem::take).unwrap_or_default();
    Ok((items, version))
}

/// Lists the present objects with their metadata alone, in a consistent read.
pub(super) async fn shown(client: &Client, source: &Source) -> Result<ListAnswer, kube::Error> {
    let request = Request::new(path(source)).list_metadata(&ListParams::default());
    let request = request.map_err(kube::Error::BuildRequest)?;
    let answer: Value = in_time(budgets::WATCH_ANSWER.time, client.request(request)).await?;
    let unread = || kube::Error::Service("a version in the list is no number".into());
    ListAnswer::read(&answer).ok_or_else(unread)
}

/// The objects of a kind in a namespace, and the version of the list.
pub(crate) async fn in_namespace(
    client: &Client,
    kind: Kind,
    namespace: &str,
) -> Result<(Vec<Value>, String), kube::Error> {
    list(client, &Source { kind, namespace: Some(namespace.to_owned()) }).await
}

fn path(source: &Source) -> String {
    let (group, resource) = match source.kind {
        Kind::Workflow => (argo_api::PATH, argo_api::WORKFLOW.plural),
        Kind::Pod => ("/api/v1", "pods"),
        Kind::TaskResult => (argo_api::PATH, argo_api::TASK_RESULT.plural),
        Kind::GcTask => (argo_api::PATH, argo_api::ARTIFACT_GC_TASK.plural),
    };
    match &source.namespace {
        None => format!("{group}/{resource}"),
        Some(namespace) => format!("{group}/namespaces/{namespace}/{resource}"),
    }
}
