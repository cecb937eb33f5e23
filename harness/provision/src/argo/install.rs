//! Installs Argo in a cluster: from its own manifests, with our overlay on top, by server-side
//! apply.

use std::path::Path;
use std::time::Duration;

use kube::Client;
use serde_json::{Value, json};

use crate::objects::{self, ObjectError};
use crate::store::StoreAddress;

/// Namespace of the controller.
pub const NAMESPACE: &str = "argo";
/// Name of the controller's Deployment and of its container.
pub const CONTROLLER: &str = "workflow-controller";

const OVERLAY: [(&str, &str); 7] = [
    ("kustomization.yaml", include_str!("../../../../manifests/install/kustomization.yaml")),
    ("namespace.yaml", include_str!("../../../../manifests/install/namespace.yaml")),
    ("memoization.yaml", include_str!("../../../../manifests/install/memoization.yaml")),
    ("controller.yaml", include_str!("../../../../manifests/install/controller.yaml")),
    ("configuration.yaml", include_str!("../../../../manifests/install/configuration.yaml")),
    ("without-server.yaml", include_str!("../../../../manifests/install/without-server.yaml")),
    ("profile.yaml", ""),
];

/// Which settings the controller runs with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// The controller's waits shortened, so that cases take seconds.
    Fast,
    /// Argo's own settings.
    Defaults,
}

impl Profile {
    /// Its word on the command line and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::Defaults => "defaults",
        }
    }

    /// What of it is in the name of an installation: nothing of what a run has by itself.
    pub fn settings(self) -> Option<String> {
        (self != Self::Fast).then(|| self.name().to_owned())
    }

    /// The one that is meant in the name of an installation.
    pub fn of_settings(settings: Option<&str>) -> Option<Self> {
        [Self::Fast, Self::Defaults]
            .into_iter()
            .find(|profile| profile.settings().as_deref() == settings)
    }

    fn patch(self) -> &'static str {
        match self {
            Self::Fast => include_str!("../../../../manifests/install/profile-fast.yaml"),
            Self::Defaults => include_str!("../../../../manifests/install/profile-defaults.yaml"),
        }
    }
}

/// What the installation differs in from Argo's own manifests.
#[derive(Clone, Debug)]
pub struct Overlay {
    /// Tag of the controller's image.
    pub controller_tag: String,
    /// Tag of the executor's image.
    pub executor_tag: String,
    /// Settings.
    pub profile: Profile,
    /// The default artifact repository.
    pub store: StoreAddress,
}

/// Why Argo could not be installed.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// The overlay could not be laid out.
    #[error("lay out the manifests in {directory}")]
    Files {
        /// Where.
        directory: String,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// What kustomize printed is not YAML.
    #[error("read what kustomize printed: line {0}, column {1}: {2}")]
    Rendered(usize, usize, String),
    /// A manifest was refused, or a part did not come up.
    #[error("install Argo")]
    Object(#[from] ObjectError),
}

impl Overlay {
    /// Lays out a kustomize directory: our overlay, and Argo's manifests beside it as `argo`.
    ///
    /// # Errors
    /// If a file cannot be copied or written.
    pub fn lay_out(&self, manifests: &Path, directory: &Path) -> Result<(), InstallError> {
        self.write(manifests, directory).map_err(|cause| InstallError::Files {
            directory: directory.display().to_string(),
            cause,
        })
    }

    fn write(&self, manifests: &Path, directory: &Path) -> std::io::Result<()> {
        copy_tree(manifests, &directory.join("argo"))?;
        for (name, text) in OVERLAY {
            let text = if name == "profile.yaml" { self.profile.patch() } else { text };
            std::fs::write(directory.join(name), self.fill(text))?;
        }
        Ok(())
    }

    fn fill(&self, text: &str) -> String {
        text.replace("${CONTROLLER_TAG}", &self.controller_tag)
            .replace("${EXECUTOR_TAG}", &self.executor_tag)
            .replace("${BUCKET}", &self.store.bucket)
            .replace("${STORE}", &self.store.endpoint)
    }
}

fn copy_tree(from: &Path, to: &Path) -> std::io::Result<()> {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry?;
        let target = to.join(entry.path().strip_prefix(from).unwrap_or(entry.path()));
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(&target)?;
        } else {
            std::fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

/// Reads what `kustomize build` printed.
///
/// # Errors
/// If it is not YAML.
pub fn rendered(text: &str) -> Result<Vec<Value>, InstallError> {
    model::parse::manifest(text)
        .map_err(|(line, column, m)| InstallError::Rendered(line, column, m))
}

/// Applies rendered manifests: namespace and definitions first, then the rest.
///
/// # Errors
/// The first manifest that the API server refuses.
pub async fn apply(client: &Client, manifests: &[Value]) -> Result<(), InstallError> {
    let early = |m: &Value| {
        ["Namespace", "CustomResourceDefinition", "PriorityClass"].iter().any(|k| m["kind"] == *k)
    };
    let (first, rest): (Vec<Value>, Vec<Value>) = manifests.iter().cloned().partition(early);
    objects::apply_all(client, &first).await?;
    objects::apply_all(client, &rest).await?;
    Ok(())
}

/// Waits until the controller is Available and every Argo kind is served.
///
/// # Errors
/// [`ObjectError::NotReady`] with the last state.
pub async fn wait(
    client: &Client,
    manifests: &[Value],
    patience: Duration,
) -> Result<(), InstallError> {
    for definition in manifests.iter().filter(|m| m["kind"] == "CustomResourceDefinition") {
        let established = |o: &Value| objects::has_condition(o, "Established");
        objects::until(client, definition, "Established", patience, established).await?;
    }
    let deployment = json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": { "name": CONTROLLER, "namespace": NAMESPACE },
    });
    let available = |o: &Value| objects::has_condition(o, "Available");
    objects::until(client, &deployment, "Available", patience, available).await?;
    Ok(())
}
