//! The workflow controller of an installation, as a run found it.

mod pod;
mod selector;
mod settings;

use serde::{Deserialize, Serialize};

use crate::untrusted::Untrusted;

pub use pod::{container_of, deployment_of, has_ended, is_live};
pub use selector::{ControllerSelector, SelectorError};
pub use settings::{ControllerSettings, ObservedSettings, VerdictSetting};

/// The workflow controller that a run found in a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundController {
    /// Namespace of its pods.
    pub namespace: String,
    /// Name of its Deployment. `None`: no Deployment owns the pods.
    pub deployment: Option<Untrusted>,
    /// Names of its live pods, sorted: one for each replica.
    pub pods: Vec<String>,
    /// The replica that takes up workflows.
    pub leader: Leader,
    /// Name of the controller's container in each pod.
    pub container: String,
    /// Image of that container.
    pub image: Untrusted,
    /// Version of the controller. `None` if the tag of the image is not a version.
    pub version: Option<String>,
    /// Image of the executor from the arguments. `None`: the image of the controller's version.
    pub executor_image: Option<Untrusted>,
    /// Version of the executor. `None` if the tag of its image is not a version.
    pub executor_version: Option<String>,
    /// The namespaces that the controller watches.
    pub scope: ControllerScope,
    /// Value of the label of the objects that the controller takes up, from the settings or from
    /// the command line. `None`: the objects have no such label, as far as the run knows.
    pub instance_id: Option<String>,
    /// Name of the `ConfigMap` with the settings.
    pub config_map: Untrusted,
    /// The settings of that `ConfigMap`.
    pub settings: ObservedSettings,
}

/// The replica of a controller that takes up workflows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Leader {
    /// Name of its pod.
    Known(String),
    /// The run does not know the replica, for this reason.
    Unknown(Untrusted),
}

/// The namespaces that a controller watches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ControllerScope {
    /// Every namespace.
    Cluster,
    /// One namespace, its own or its managed namespace.
    Namespace(String),
}

impl Leader {
    /// Name of the pod. `None`: not known.
    pub fn known(&self) -> Option<&str> {
        match self {
            Self::Known(name) => Some(name),
            Self::Unknown(_) => None,
        }
    }
}

impl ControllerScope {
    /// Whether the controller watches a namespace.
    pub fn watches(&self, namespace: &str) -> bool {
        match self {
            Self::Cluster => true,
            Self::Namespace(own) => own == namespace,
        }
    }
}

impl FoundController {
    /// The controller in a message: its namespace and its Deployment.
    pub fn words(&self) -> String {
        let name = self.deployment.as_ref().map(Untrusted::raw);
        let name = name.or(self.pods.first().map(String::as_str)).unwrap_or_default();
        format!("{}/{name}", self.namespace)
    }

    /// Those of the namespaces that the controller does not watch.
    pub fn unwatched<'n>(&self, namespaces: &'n [String]) -> Vec<&'n str> {
        let all = namespaces.iter().map(String::as_str);
        all.filter(|name| !self.scope.watches(name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::ControllerScope;

    #[rstest]
    #[case::cluster(ControllerScope::Cluster, true)]
    #[case::own(ControllerScope::Namespace("a".to_owned()), true)]
    #[case::another(ControllerScope::Namespace("b".to_owned()), false)]
    fn namespaces_that_a_controller_watches(
        #[case] scope: ControllerScope,
        #[case] expected: bool,
    ) {
        assert_eq!(scope.watches("a"), expected);
    }
}
