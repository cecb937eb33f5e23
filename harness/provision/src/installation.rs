//! An installation: one running Argo with its cluster and object store. Cases run on installations.

mod node;
mod read_back;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use kube::Client;
use model::argo_api::CONTROLLER_CONFIG_MAP;
use model::controller::{ControllerSelector, FoundController};
use model::history::Versions;
use model::profile::Profile;
use tokio::sync::watch;

use crate::argo::pair::Pair;
use crate::requests::Requests;
use crate::store::{Artifacts, Store};

/// One running Argo: cluster, object store, component versions, settings. A clone is cheap. The
/// cluster does not end with this value.
#[derive(Clone)]
pub struct Installation {
    /// Id of the run. Every object that the run makes has this id in a label.
    pub run: String,
    /// Client of the Kubernetes API.
    pub client: Client,
    /// Number of requests of that client, by verb and resource.
    pub requests: Requests,
    /// Alarm for a permanent failure of the installation, raised by the provider or the harness.
    pub alarm: Alarm,
    /// The object store. `None`: the run may not list the bucket.
    pub store: Option<Store>,
    /// The place of the artifacts of cases.
    pub artifacts: Artifacts,
    /// Socket of the proxy between pods and object store. `None` without a proxy.
    pub proxy: Option<PathBuf>,
    /// Name of the cgroup of the pods' processes on this machine. `None`: they run elsewhere.
    pub cgroup: Option<String>,
    /// Path of the `argo` program of the version under test.
    pub argo: PathBuf,
    /// The environment of the `argo` program besides `HOME`, which has a default. Empty on a
    /// cluster that the harness started.
    pub argo_environment: Vec<(OsString, OsString)>,
    /// A kubeconfig for the `argo` program.
    pub kubeconfig: PathBuf,
    /// Guard of child processes. The children end with the harness.
    pub guard: sandbox::guard::Guard,
    /// Image with `sh` and a few small programs, for workflow steps.
    pub shell_image: String,
    /// Versions by component.
    pub versions: Versions,
    /// Source of this Argo, for a person: `its release`, `its Go module`, `git commit …`.
    pub source: String,
    /// Both Argos of a pair, for steps that replace one with the other. `None`: the run has no
    /// second installation here.
    pub pair: Option<Arc<Pair>>,
    /// Settings of the controller. `None` if the harness did not install the controller.
    pub profile: Option<Profile>,
    /// Namespace of the controller.
    pub argo_namespace: String,
    /// The pods of the controller.
    pub controller_selector: ControllerSelector,
    /// The controller that the harness did not install. `None`: the harness installed it.
    pub found: Option<FoundController>,
    /// Namespaces in which cases run.
    pub namespaces: Namespaces,
}

/// Namespaces for cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Namespaces {
    /// The harness makes one namespace for each case, and deletes the namespace with its objects.
    Made,
    /// Prepared namespaces, which cases use in turn. The harness makes nothing outside these
    /// namespaces.
    Prepared(Vec<String>),
}

/// Alarm for a permanent failure of a cluster. The API of the cluster reports such a failure late
/// or never. Clones share one state.
#[derive(Clone, Debug, Default)]
pub struct Alarm {
    trouble: Arc<watch::Sender<Option<String>>>,
}

impl Alarm {
    /// Sets the failure. Only the first call of any clone has an effect.
    pub fn raise(&self, trouble: String) {
        self.trouble.send_if_modified(|first| {
            let is_first = first.is_none();
            first.get_or_insert(trouble);
            is_first
        });
    }

    /// The failure, or `None` for a healthy cluster.
    pub fn trouble(&self) -> Option<String> {
        self.trouble.borrow().clone()
    }

    /// Waits for a failure and returns it.
    pub async fn raised(&self) -> String {
        let mut trouble = self.trouble.subscribe();
        let raised = trouble.wait_for(Option::is_some).await.map(|trouble| trouble.clone());
        match raised {
            Ok(trouble) => trouble.unwrap_or_default(),
            // This alarm owns the sender, so the channel stays open.
            Err(_) => std::future::pending().await,
        }
    }
}

impl Installation {
    /// Value of the label of the objects that the controller takes up. `None`: without the label.
    pub fn instance_id(&self) -> Option<&str> {
        self.found.as_ref()?.instance_id.as_deref()
    }

    /// Namespace and name of the `ConfigMap` of the controller.
    pub fn config_map(&self) -> (&str, &str) {
        let name = self.found.as_ref().map(|found| found.config_map.raw());
        (&self.argo_namespace, name.unwrap_or(CONTROLLER_CONFIG_MAP))
    }
}
