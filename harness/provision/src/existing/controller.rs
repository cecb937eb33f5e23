//! Finds the workflow controller of an existing cluster, and reads its settings.

mod arguments;
mod elsewhere;
mod error;
mod leader;
mod settings;
mod version;

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::Pod;
use kube::Client;
use kube::api::{Api, ListParams};
use model::argo_api::CONTROLLER_CONFIG_MAP;
use model::controller::{
    ControllerScope, ControllerSelector, FoundController, ObservedSettings, deployment_of, is_live,
};
use serde_json::Value;

use arguments::Arguments;
pub use error::ControllerError;
use error::api;
pub use leader::Electors;
pub use settings::settings_of;
use version::version;

/// The properties of the controller that the command line names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ControllerSearch {
    /// The pods of the controller.
    pub selector: ControllerSelector,
    /// The instance ID. `None`: that of the settings.
    pub instance_id: Option<String>,
}

/// A live pod of the controller, and the container of the controller in the pod.
struct Replica<'p> {
    pod: &'p Value,
    container: &'p Value,
}

impl<'p> Replica<'p> {
    fn name(&self) -> &'p str {
        self.pod["metadata"]["name"].as_str().unwrap_or_default()
    }
}

/// Finds the controller in a namespace. Leftover pods do not count. Settings and leader are
/// unobserved without the right to read them.
///
/// # Errors
/// [`ControllerError`]: there is no controller, there are several, or the API server did not
/// answer.
pub async fn find_controller(
    client: &Client,
    namespace: &str,
    search: &ControllerSearch,
) -> Result<FoundController, ControllerError> {
    let pods: Api<Pod> = Api::namespaced(client.clone(), namespace);
    let listed = pods.list(&ListParams::default()).await;
    let listed = listed.map_err(api("look for the workflow controller"))?.items;
    let pods: Vec<Value> =
        listed.into_iter().map(|pod| serde_json::to_value(pod).unwrap_or_default()).collect();
    let replicas = replicas(&pods, namespace, &search.selector)?;
    // The last rollout decides: its pods are the youngest.
    let created = |replica: &&Replica| replica.pod["metadata"]["creationTimestamp"].to_string();
    let Some(youngest) = replicas.iter().max_by_key(created) else {
        let elsewhere = elsewhere::namespaces(client, namespace, &search.selector).await;
        return Err(missing(&pods, namespace, &search.selector, elsewhere));
    };
    let arguments = Arguments::of(youngest.container);
    let config_map =
        arguments.value("--configmap").unwrap_or_else(|| CONTROLLER_CONFIG_MAP.to_owned());
    let settings = settings::read(client, namespace, &config_map).await?;
    let instance_id = instance_id(search, &settings)?;
    let mut names: Vec<String> = replicas.iter().map(|replica| replica.name().to_owned()).collect();
    names.sort();
    let electors = Electors {
        namespace,
        instance_id: instance_id.as_deref(),
        pods: &names,
        alone: arguments.variable("LEADER_ELECTION_DISABLE").as_deref() == Some("true"),
    };
    let leader = electors.leader(client).await?;
    let image = youngest.container["image"].as_str().unwrap_or_default();
    let executor_image = executor_image(&arguments, &settings);
    let controller = version(image);
    Ok(FoundController {
        namespace: namespace.to_owned(),
        deployment: deployment_of(youngest.pod).map(Into::into),
        pods: names,
        leader,
        container: youngest.container["name"].as_str().unwrap_or_default().to_owned(),
        image: image.into(),
        // The executor has the version of the controller, unless a setting names its image.
        executor_version: match &executor_image {
            Some(image) => version(image),
            None => controller.clone(),
        },
        version: controller,
        executor_image: executor_image.map(Into::into),
        scope: scope(&arguments, namespace),
        instance_id,
        config_map: config_map.into(),
        settings,
    })
}

/// The live pods of one controller. None is no error here.
fn replicas<'p>(
    pods: &'p [Value],
    namespace: &str,
    selector: &ControllerSelector,
) -> Result<Vec<Replica<'p>>, ControllerError> {
    let live = pods.iter().filter(|pod| is_live(pod));
    let replicas: Vec<Replica> =
        live.filter_map(|pod| Some(Replica { pod, container: selector.container(pod)? })).collect();
    let owner = |replica: &Replica<'p>| deployment_of(replica.pod).unwrap_or("no Deployment");
    let owners: BTreeSet<&str> = replicas.iter().map(owner).collect();
    if owners.len() > 1 {
        return Err(ControllerError::Several {
            namespace: namespace.to_owned(),
            owners: owners.into_iter().map(str::to_owned).collect(),
        });
    }
    Ok(replicas)
}

/// The error of a namespace without a live controller. Its leftovers are named.
fn missing(
    pods: &[Value],
    namespace: &str,
    selector: &ControllerSelector,
    elsewhere: Vec<String>,
) -> ControllerError {
    let leftovers = pods.iter().filter(|pod| !is_live(pod) && selector.container(pod).is_some());
    ControllerError::Missing {
        namespace: namespace.to_owned(),
        selector: selector.clone(),
        leftovers: leftovers
            .filter_map(|pod| pod["metadata"]["name"].as_str().map(str::to_owned))
            .collect(),
        elsewhere,
    }
}

fn instance_id(
    search: &ControllerSearch,
    settings: &ObservedSettings,
) -> Result<Option<String>, ControllerError> {
    let Some(settings) = settings.observed() else { return Ok(search.instance_id.clone()) };
    match &search.instance_id {
        Some(given) if settings.instance_id.as_ref() != Some(given) => {
            Err(ControllerError::InstanceId {
                given: given.clone(),
                found: settings.instance_id.clone(),
            })
        }
        Some(_) | None => Ok(settings.instance_id.clone()),
    }
}

/// Image of the executor. The argument replaces the setting.
fn executor_image(arguments: &Arguments, settings: &ObservedSettings) -> Option<String> {
    let image = || settings.observed()?.executor.as_ref()?["image"].as_str().map(str::to_owned);
    arguments.value("--executor-image").filter(|image| !image.is_empty()).or_else(image)
}

/// Argo ignores a managed namespace without the mode of one namespace.
fn scope(arguments: &Arguments, namespace: &str) -> ControllerScope {
    if !arguments.is_set("--namespaced") {
        return ControllerScope::Cluster;
    }
    let managed = arguments.value("--managed-namespace").filter(|name| !name.is_empty());
    ControllerScope::Namespace(managed.unwrap_or_else(|| namespace.to_owned()))
}

#[cfg(test)]
mod tests;
