//! Collects the state of a case that went wrong, before anything is deleted.

use std::path::Path;

use k8s_openapi::api::core::v1::Pod;
use kube::api::{ListParams, LogParams};
use kube::core::Request;
use kube::{Api, Client};
use model::argo_api;
use provision::installation::Installation;
use serde_json::Value;

use crate::answer::{in_time, words};
use crate::budgets;
use crate::environment_values;
use crate::watch::ControllerPods;

/// The collected objects: name of the file, path of the API group, and resource.
const COLLECTED: [(&str, &str, &str); 6] = [
    ("workflows", argo_api::PATH, argo_api::WORKFLOW.plural),
    ("task-results", argo_api::PATH, argo_api::TASK_RESULT.plural),
    ("gc-tasks", argo_api::PATH, argo_api::ARTIFACT_GC_TASK.plural),
    ("pods", "/api/v1", "pods"),
    ("events", "/api/v1", "events"),
    ("role-bindings", "/apis/rbac.authorization.k8s.io/v1", "rolebindings"),
];

/// Writes the state of a namespace to `directory`: one file for each kind, and the controller's
/// log. A file has the error if the API server did not give the objects. A failure to write a file
/// is ignored. The failure must not hide the trouble of the case.
pub async fn collect(installation: &Installation, namespace: &str, directory: &Path) {
    let client = &installation.client;
    let _ = tokio::fs::create_dir_all(directory).await;
    let objects = COLLECTED.map(|(name, group, resource)| async move {
        let path = format!("{group}/namespaces/{namespace}/{resource}");
        let text = match in_time(budgets::DIAGNOSIS_ANSWER.time, get(client, &path)).await {
            Ok(mut value) => {
                let items = value.get_mut("items").and_then(Value::as_array_mut);
                items.into_iter().flatten().for_each(environment_values::remove);
                serde_json::to_string_pretty(&value).unwrap_or_default()
            }
            Err(error) => cannot(&error),
        };
        let _ = tokio::fs::write(directory.join(format!("{name}.json")), text).await;
    });
    let log = async {
        let said =
            in_time(budgets::DIAGNOSIS_ANSWER.time, controller(installation, namespace)).await;
        let said = said.unwrap_or_else(|error| cannot(&error));
        let _ = tokio::fs::write(directory.join("controller.log"), said).await;
    };
    tokio::join!(futures::future::join_all(objects), log);
}

fn cannot(error: &kube::Error) -> String {
    format!("cannot be had: {}\n", words(error))
}

/// The lines of the controller's log that contain the name of the namespace.
async fn controller(installation: &Installation, namespace: &str) -> Result<String, kube::Error> {
    let client = installation.client.clone();
    let pods: Api<Pod> = Api::namespaced(client, &installation.argo_namespace);
    let observed = ControllerPods::of(installation);
    let mut said = String::new();
    for pod in pods.list(&ListParams::default()).await?.items {
        let pod = serde_json::to_value(pod).unwrap_or_default();
        let Some(container) = observed.container(&pod).map(str::to_owned) else { continue };
        let name = pod["metadata"]["name"].as_str().unwrap_or_default();
        let params = LogParams { container: Some(container), ..LogParams::default() };
        // A replica that has no log hides the log of no other.
        let all = match pods.logs(name, &params).await {
            Ok(all) => all,
            Err(error) => {
                said.extend(["the log of ", name, " ", &cannot(&error)]);
                continue;
            }
        };
        for line in all.lines().filter(|line| line.contains(namespace)) {
            said += line;
            said.push('\n');
        }
    }
    Ok(said)
}

async fn get(client: &Client, path: &str) -> Result<Value, kube::Error> {
    let request = Request::new(path).list(&ListParams::default());
    client.request(request.map_err(kube::Error::BuildRequest)?).await
}
