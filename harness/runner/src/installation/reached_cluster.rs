//! A cluster that the harness did not start, before and after a check.

use std::path::PathBuf;

use model::controller::{ControllerSelector, FoundController};
use model::history::Versions;
use provision::client::{self, Client, Origin};
use provision::existing;
use provision::installation::{Alarm, Installation, Namespaces};
use provision::requests::Requests;
use report::check::CheckConnection;

use crate::config::ExistingConfig;
use crate::installation::artifact_place::ArtifactPlace;
use crate::killed_runs;
use crate::private_directory::{KUBECONFIG, PrivateDirectory};
use crate::session::Session;

/// A cluster to which the run has a client, with a private kubeconfig.
pub(crate) struct ReachedCluster {
    pub(crate) client: Client,
    requests: Requests,
    kubeconfig: PathBuf,
    origin: Origin,
    /// The directory of the kubeconfig.
    private: PrivateDirectory,
}

/// The facts about an installation that a check finds.
pub(crate) struct Findings {
    pub(crate) versions: Versions,
    pub(crate) place: ArtifactPlace,
    /// The prepared namespaces.
    pub(crate) prepared: Vec<String>,
    /// Namespace of the controller.
    pub(crate) argo_namespace: String,
    /// The pods of the controller.
    pub(crate) selector: ControllerSelector,
    pub(crate) controller: FoundController,
    pub(crate) alarm: Alarm,
}

impl ReachedCluster {
    /// Writes the private kubeconfig, and makes a client. An exec plugin may run. Nothing connects.
    ///
    /// # Errors
    /// The kubeconfig cannot be used.
    pub(crate) async fn open(session: &Session, config: &ExistingConfig) -> anyhow::Result<Self> {
        for problem in killed_runs::sweep(session.cache.root()).await?.failed {
            session.console.note(&format!("warning: {}", problem.message));
        }
        let private = PrivateDirectory::create(session.cache.root(), &session.run)?;
        let kubeconfig = private.path().join(KUBECONFIG);
        let (file, context) = (config.kubeconfig.as_deref(), config.context.as_deref());
        let origin = existing::write_kubeconfig(file, context, &kubeconfig)?;
        let requests = Requests::default();
        let client = client::client(&kubeconfig, origin.clone(), &requests)?;
        Ok(Self { client, requests, kubeconfig, origin, private })
    }

    /// A cluster with this client, and with a directory in a cache.
    #[cfg(test)]
    pub(crate) fn fake(client: Client, cache: &std::path::Path) -> Self {
        let private = PrivateDirectory::create(cache, "fake").expect("a directory");
        let (requests, origin) = (Requests::default(), Origin::Own);
        let kubeconfig = private.path().join(KUBECONFIG);
        Self { client, requests, kubeconfig, origin, private }
    }

    /// Records the namespaces into which the run may write, for a sweep after a kill.
    ///
    /// # Errors
    /// The record cannot be written.
    pub(crate) fn record(&self, namespaces: &[String]) -> anyhow::Result<()> {
        killed_runs::record(self.private.path(), namespaces)
    }

    /// Server, context and file of the kubeconfig.
    pub(crate) fn connection(&self) -> Option<CheckConnection> {
        let server = client::server(&self.kubeconfig)?.into();
        let (context, kubeconfig) = match &self.origin {
            Origin::Context { name, file } => {
                (Some(name.as_str().into()), Some(file.display().to_string().into()))
            }
            Origin::Pod | Origin::Own => (None, None),
        };
        Some(CheckConnection { server, context, kubeconfig })
    }

    /// The installation, without an `argo` program.
    pub(crate) fn installation(
        &self,
        session: &Session,
        found: Findings,
        shell_image: &str,
    ) -> Installation {
        let ArtifactPlace { artifacts, store } = found.place;
        Installation {
            run: session.run.clone(),
            client: self.client.clone(),
            requests: self.requests.clone(),
            alarm: found.alarm,
            store,
            artifacts,
            proxy: None,
            cgroup: None,
            argo: PathBuf::new(),
            argo_environment: existing::argo_environment(std::env::vars_os()),
            kubeconfig: self.kubeconfig.clone(),
            guard: session.guard.tethered(),
            shell_image: shell_image.to_owned(),
            versions: found.versions,
            source: "the existing cluster".to_owned(),
            pair: None,
            profile: None,
            argo_namespace: found.argo_namespace,
            controller_selector: found.selector,
            found: Some(found.controller),
            namespaces: Namespaces::Prepared(found.prepared),
        }
    }
}
