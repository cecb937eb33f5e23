//! The objects and services of a case.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use kube::api::{Api, DynamicObject};
use model::history::Versions;
use model::{PodSettings, argo_api};
use provision::installation::Installation;
use provision::objects::resource_of;
use serde_json::Value;

use crate::joint::Participant;
use crate::recorder::Recorder;
use crate::watch::Watches;

/// The objects and services that a step uses.
pub(crate) struct StepContext<'a> {
    pub(crate) installation: &'a Installation,
    pub(crate) watches: &'a Watches,
    pub(crate) recorder: &'a Recorder,
    pub(crate) namespace: &'a str,
    pub(crate) workflow: &'a str,
    /// The manifest of the workflow at its creation.
    pub(crate) manifest: &'a Value,
    /// Settings for the pods of the case.
    pub(crate) pods: &'a PodSettings,
    /// The installation of the moment.
    pub(crate) present: &'a Mutex<Present>,
    /// The case among those that share the replacements of the installation.
    pub(crate) participant: &'a Participant,
    /// The control of the proxy's faults, where the harness has a proxy before the object store.
    pub(crate) faults: Option<&'a proxy::Faults>,
}

/// The installation of the moment: steps replace it.
#[derive(Clone, Debug)]
pub(crate) struct Present {
    /// Path of the `argo` program.
    pub(crate) argo: PathBuf,
    /// Versions by component.
    pub(crate) versions: Versions,
}

impl Present {
    /// The first installation of a run.
    pub(crate) fn first(installation: &Installation) -> Mutex<Self> {
        let versions = installation.versions.first();
        Mutex::new(Self { argo: installation.argo.clone(), versions })
    }
}

impl StepContext<'_> {
    /// The installation of the moment.
    pub(crate) fn present(&self) -> Present {
        self.present.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sets the installation of the moment.
    pub(crate) fn set_present(&self, present: Present) {
        *self.present.lock().unwrap_or_else(PoisonError::into_inner) = present;
    }
}

/// The API for the case's workflow.
pub(crate) fn workflows(context: &StepContext<'_>) -> Api<DynamicObject> {
    let resource = resource_of(argo_api::WORKFLOW);
    Api::namespaced_with(context.installation.client.clone(), context.namespace, &resource)
}
