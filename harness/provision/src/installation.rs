//! One running Argo: what the cases run on.

use std::path::PathBuf;
use std::sync::Arc;

use kube::Client;
use model::history::Versions;
use serde_json::Value;
use tokio::sync::watch;

use crate::argo::install::{CONTROLLER, Profile};
use crate::requests::Requests;
use crate::store::{Store, StoreAddress};

/// One running Argo: cluster, object store, versions. Cheap to clone; it does not own the cluster.
#[derive(Clone)]
pub struct Installation {
    /// Id of the run; every object made carries it.
    pub run: String,
    /// The Kubernetes API, as administrator.
    pub client: Client,
    /// What was asked of it through that client.
    pub requests: Requests,
    /// What its provider knows to be wrong with it.
    pub alarm: Alarm,
    /// The object store.
    pub store: Store,
    /// Where the store is, for the pods.
    pub store_address: StoreAddress,
    /// Socket of the proxy between pods and store, where there is one.
    pub proxy: Option<PathBuf>,
    /// The `argo` program of the version under test.
    pub argo: PathBuf,
    /// A kubeconfig for that program.
    pub kubeconfig: PathBuf,
    /// Runs programs so that they die with the harness.
    pub guard: sandbox::guard::Guard,
    /// Image with `sh` and a few small programs, for workflow steps.
    pub shell_image: String,
    /// Versions by component.
    pub versions: Versions,
    /// Where this Argo came from: a release, its Go module, a path, or what was there.
    pub source: String,
    /// Settings that the controller was installed with; `None` if it was there.
    pub profile: Option<Profile>,
    /// Namespace of the controller.
    pub argo_namespace: String,
    /// Where cases run.
    pub namespaces: Namespaces,
}

/// Namespaces for cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Namespaces {
    /// One is made for each case, and deleted with all that is in it.
    Made,
    /// Cases take turns in these, which somebody lent. Nothing outside them is made.
    Lent(Vec<String>),
}

/// What a provider knows to be wrong with a cluster, for good; the cluster says it late or never.
/// Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Alarm {
    trouble: Arc<watch::Sender<Option<String>>>,
}

impl Alarm {
    /// Says what is wrong. The first word counts.
    pub fn raise(&self, trouble: String) {
        self.trouble.send_if_modified(|first| {
            let is_first = first.is_none();
            first.get_or_insert(trouble);
            is_first
        });
    }

    /// What is wrong.
    pub fn trouble(&self) -> Option<String> {
        self.trouble.borrow().clone()
    }

    /// Waits until something is wrong; what.
    pub async fn raised(&self) -> String {
        let mut trouble = self.trouble.subscribe();
        let raised = trouble.wait_for(Option::is_some).await.map(|trouble| trouble.clone());
        match raised {
            Ok(trouble) => trouble.unwrap_or_default(),
            // The sender is held by this alarm.
            Err(_) => std::future::pending().await,
        }
    }
}

/// What really runs, read back from the cluster.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ReadBack {
    /// Version that the API server says.
    pub kubernetes: String,
    /// Image of the controller's container.
    pub controller_image: String,
    /// Content digest of the controller's running image.
    pub controller_image_id: String,
    /// Arguments of the controller.
    pub controller_args: Vec<String>,
    /// Environment of the controller, `NAME=value`.
    pub controller_env: Vec<String>,
    /// Containers runtime and kernel of the node.
    pub node: String,
    /// Where this Argo came from, as [`Installation::source`] has it.
    #[serde(default)]
    pub source: String,
}

impl Installation {
    /// Reads back what really runs.
    ///
    /// # Errors
    /// If the API server does not answer, or there is no controller pod.
    pub async fn read_back(&self) -> Result<ReadBack, kube::Error> {
        use k8s_openapi::api::core::v1::{Node, Pod};
        use kube::api::{Api, ListParams};

        let version = self.client.apiserver_version().await?;
        let pods: Api<Pod> = Api::namespaced(self.client.clone(), &self.argo_namespace);
        let labelled = ListParams::default().labels(&format!("app={CONTROLLER}"));
        let pods = serde_json::to_value(pods.list(&labelled).await?.items).unwrap_or_default();
        let nodes: Api<Node> = Api::all(self.client.clone());
        let nodes = serde_json::to_value(nodes.list(&ListParams::default()).await?.items)
            .unwrap_or_default();
        let container = &pods[0]["spec"]["containers"][0];
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        let list = |v: &Value, f: fn(&Value) -> String| -> Vec<String> {
            v.as_array().into_iter().flatten().map(f).collect()
        };
        let info = &nodes[0]["status"]["nodeInfo"];
        Ok(ReadBack {
            kubernetes: version.git_version,
            controller_image: text(&container["image"]),
            controller_image_id: text(&pods[0]["status"]["containerStatuses"][0]["imageID"]),
            controller_args: list(&container["args"], |v| {
                v.as_str().unwrap_or_default().to_owned()
            }),
            controller_env: list(&container["env"], |v| {
                let value = v["value"].as_str().unwrap_or("(from the pod)");
                format!("{}={value}", v["name"].as_str().unwrap_or_default())
            }),
            node: format!(
                "{}, kernel {}",
                text(&info["containerRuntimeVersion"]),
                text(&info["kernelVersion"])
            ),
            source: self.source.clone(),
        })
    }
}
