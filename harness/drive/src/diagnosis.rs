//! What a person wants to see of a case that went wrong, collected before anything is deleted.

use std::path::Path;

use kube::Client;
use kube::api::ListParams;
use kube::core::Request;
use serde_json::Value;

/// What is collected: a name for the file, and where the API server has it.
const COLLECTED: [(&str, &str); 6] = [
    ("workflows", "/apis/argoproj.io/v1alpha1/namespaces/NS/workflows"),
    ("task-results", "/apis/argoproj.io/v1alpha1/namespaces/NS/workflowtaskresults"),
    ("gc-tasks", "/apis/argoproj.io/v1alpha1/namespaces/NS/workflowartifactgctasks"),
    ("pods", "/api/v1/namespaces/NS/pods"),
    ("events", "/api/v1/namespaces/NS/events"),
    ("role-bindings", "/apis/rbac.authorization.k8s.io/v1/namespaces/NS/rolebindings"),
];

/// Writes the state of a namespace below `directory`, one file a kind. What cannot be had is said
/// in its file: trouble here never hides the cause of the trouble that is being looked at.
pub async fn collect(client: &Client, namespace: &str, directory: &Path) {
    let _ = tokio::fs::create_dir_all(directory).await;
    for (name, path) in COLLECTED {
        let text = match get(client, &path.replace("NS", namespace)).await {
            Ok(value) => serde_json::to_string_pretty(&value).unwrap_or_default(),
            Err(error) => format!("cannot be had: {error}\n"),
        };
        let _ = tokio::fs::write(directory.join(format!("{name}.json")), text).await;
    }
}

async fn get(client: &Client, path: &str) -> Result<Value, kube::Error> {
    let request = Request::new(path).list(&ListParams::default());
    client.request(request.map_err(kube::Error::BuildRequest)?).await
}
