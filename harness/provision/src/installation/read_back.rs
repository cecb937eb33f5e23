//! Reads the state of the running components.

use k8s_openapi::api::core::v1::Pod;
use kube::Error;
use kube::api::{Api, ListParams};
use model::controller::is_live;
use model::read_back::ReadBack;
use serde_json::Value;

use super::{Installation, node};

/// The value of a variable that the pod has from another object.
const FROM_THE_POD: &str = "(from the pod)";
/// The value of a variable that a run does not record, because it may be secret.
const NOT_RECORDED: &str = "(not recorded)";

impl Installation {
    /// Reads the state of the running components. Without a controller pod or a node, the fields of
    /// that object are empty. Values of the variables of a controller that the harness did not
    /// install are left out.
    ///
    /// # Errors
    /// The API server does not answer, or refuses the request.
    pub async fn read_back(&self) -> Result<ReadBack, Error> {
        let version = self.client.apiserver_version().await?;
        let pods: Api<Pod> = Api::namespaced(self.client.clone(), &self.argo_namespace);
        let pods = serde_json::to_value(pods.list(&ListParams::default()).await?.items);
        let pods = pods.unwrap_or_default();
        let pod = self.controller_pod(&pods);
        let container = self.controller_selector.container(pod).unwrap_or(&Value::Null);
        let statuses = pod["status"]["containerStatuses"].as_array().into_iter().flatten();
        let status = statuses.into_iter().find(|status| status["name"] == container["name"]);
        let image_id = status.map(|status| text(&status["imageID"])).unwrap_or_default();
        Ok(ReadBack {
            kubernetes: version.git_version,
            controller_image: text(&container["image"]),
            controller_image_id: image_id,
            controller_args: list(&container["args"], text),
            controller_env: list(&container["env"], |variable| self.variable(variable)),
            node: node::describe(&self.client, &text(&pod["spec"]["nodeName"])).await?,
            source: self.source.clone(),
            controller: self.found.clone(),
        })
    }

    /// The pod of the controller: of the leader, if several replicas run. Null without one.
    fn controller_pod<'p>(&self, pods: &'p Value) -> &'p Value {
        let of_controller = |pod: &&Value| self.controller_selector.container(pod).is_some();
        let pods = || pods.as_array().into_iter().flatten().filter(of_controller);
        let leader = self.found.as_ref().and_then(|found| found.leader.known());
        let leading = leader.and_then(|name| pods().find(|pod| pod["metadata"]["name"] == name));
        let live = || pods().find(|pod| is_live(pod));
        leading.or_else(live).or_else(|| pods().next()).unwrap_or(&Value::Null)
    }

    /// A variable as `NAME=value`.
    fn variable(&self, variable: &Value) -> String {
        let name = text(&variable["name"]);
        let value = match (variable["value"].as_str(), &self.found) {
            (None, _) => FROM_THE_POD,
            (Some(_), Some(_)) => NOT_RECORDED,
            (Some(value), None) => value,
        };
        format!("{name}={value}")
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value, of: impl Fn(&Value) -> String) -> Vec<String> {
    value.as_array().into_iter().flatten().map(of).collect()
}
