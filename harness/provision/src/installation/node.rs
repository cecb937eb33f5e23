//! The node of the workflow controller.

use k8s_openapi::api::core::v1::Node;
use kube::api::Api;
use kube::{Client, Error};

/// Container runtime and kernel of a node. A client that may not read nodes gets the refusal in
/// their place.
///
/// # Errors
/// The API server does not answer.
pub(super) async fn describe(client: &Client, name: &str) -> Result<String, Error> {
    let nodes: Api<Node> = Api::all(client.clone());
    let node = match nodes.get_opt(name).await {
        Ok(node) => node,
        Err(Error::Api(status)) if status.code == 403 => {
            return Ok(format!("not observed: {}", status.message));
        }
        Err(error) => return Err(error),
    };
    let info = node.and_then(|node| node.status?.node_info);
    let (runtime, kernel) =
        info.map(|info| (info.container_runtime_version, info.kernel_version)).unwrap_or_default();
    Ok(format!("{runtime}, kernel {kernel}"))
}
