//! The record of an installation that outlives the process that put it up.

use std::path::{Path, PathBuf};

use anyhow::Context;
use model::ControllerSelector;
use model::history::Versions;
use model::profile::Profile;
use provision::argo::install;
use provision::client;
use provision::installation::{Alarm, Installation, Namespaces};
use provision::requests::Requests;
use provision::shell::SHELL_IMAGE;
use provision::store::{Artifacts, Store, StoreAddress};
use sandbox::slot::LOCKS;
use serde::{Deserialize, Serialize};

use crate::installation::start::RunningInstallation;
use crate::session::Session;
use rundir::error::Error;

/// Its file in the sandbox's directory; gone with it.
const FILE: &str = "installation.json";

/// An installation that outlives the process that put it up.
#[derive(Serialize, Deserialize)]
pub struct ReleasedInstallation {
    /// Versions by component.
    pub versions: Versions,
    pub(crate) source: String,
    /// Path of the `argo` program.
    pub cli: PathBuf,
    /// Path of a kubeconfig.
    pub kubeconfig: PathBuf,
    /// The store, for pods.
    pub(crate) endpoint: String,
    /// The store, from here.
    pub store: String,
    pub(crate) proxy: Option<PathBuf>,
    pub(crate) cgroup: Option<String>,
    /// Bucket of the object store.
    pub bucket: String,
    /// Access key of the object store.
    pub user: String,
    /// Secret key of the object store.
    pub password: String,
    /// Directory of the logs of the servers.
    pub logs: PathBuf,
}

impl ReleasedInstallation {
    /// The record of an installation.
    pub fn of(running: &RunningInstallation, session: &Session) -> Self {
        let installation = &running.installation;
        let access = running.cluster.access();
        let address = &access.store_address;
        Self {
            versions: installation.versions.clone(),
            source: installation.source.clone(),
            cli: installation.argo.clone(),
            kubeconfig: installation.kubeconfig.clone(),
            endpoint: address.endpoint.clone(),
            store: access.store.endpoint().to_owned(),
            proxy: installation.proxy.clone(),
            cgroup: installation.cgroup.clone(),
            bucket: address.bucket.clone(),
            user: address.user.clone(),
            password: address.password.clone(),
            logs: session.directory.join("servers"),
        }
    }

    /// Writes it beside the cluster's kubeconfig.
    pub fn write(&self) -> anyhow::Result<()> {
        let path = self.kubeconfig.with_file_name(FILE);
        std::fs::write(&path, serde_json::to_string_pretty(self)?)
            .with_context(|| format!("failed to write {}", path.display()))
    }

    /// Reads the record of the installation in this slot.
    pub(crate) fn read(slot: u16) -> anyhow::Result<Self> {
        let released = released()?;
        let Some((_, directory)) = released.iter().find(|(number, _)| *number == slot) else {
            return Err(nothing(slot, &released));
        };
        let path = directory.join(FILE);
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("failed to read the record of installation {slot}"))?;
        serde_json::from_str(&text).with_context(|| format!("failed to read {}", path.display()))
    }

    /// The installation, for cases to run on.
    pub(crate) fn installation(&self, session: &Session) -> anyhow::Result<Installation> {
        let store_address = StoreAddress {
            endpoint: self.endpoint.clone(),
            user: self.user.clone(),
            password: self.password.clone(),
            bucket: self.bucket.clone(),
        };
        let requests = Requests::default();
        Ok(Installation {
            run: session.run.clone(),
            client: client::direct(&self.kubeconfig, &requests)?,
            requests,
            alarm: Alarm::default(),
            store: Some(Store::at(&self.store, &store_address)),
            artifacts: Artifacts::Own(store_address),
            proxy: self.proxy.clone(),
            cgroup: self.cgroup.clone(),
            argo: self.cli.clone(),
            argo_environment: Vec::new(),
            kubeconfig: self.kubeconfig.clone(),
            guard: session.guard.clone(),
            shell_image: SHELL_IMAGE.to_owned(),
            versions: self.versions.clone(),
            source: self.source.clone(),
            pair: None,
            profile: Profile::of_settings(self.versions.settings.as_deref()),
            argo_namespace: install::NAMESPACE.to_owned(),
            controller_selector: ControllerSelector::default(),
            found: None,
            namespaces: Namespaces::Made,
        })
    }
}

/// The slots of installations that `up` left running, with their directories.
pub fn released() -> anyhow::Result<Vec<(u16, PathBuf)>> {
    let in_use = sandbox::slot::in_use(Path::new(LOCKS))?;
    let released = in_use.into_iter().filter_map(|(slot, note)| {
        let note = note.filter(|note| note.released)?;
        Some((slot, note.directory))
    });
    Ok(released.collect())
}

/// The error that there is no such installation.
pub fn nothing(slot: u16, released: &[(u16, PathBuf)]) -> anyhow::Error {
    let numbers: Vec<String> = released.iter().map(|(slot, _)| slot.to_string()).collect();
    let hint = match numbers.as_slice() {
        [] => "Start an installation with `argo-conformance up`.".to_owned(),
        numbers => format!("Name one of these: {}.", numbers.join(", ")),
    };
    Error::no_environment(format!("failed to find installation {slot}: it is not up"))
        .with_hint(hint)
        .into()
}
