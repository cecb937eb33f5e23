//! The instance ID of the controller, on the objects that the controller takes up.

use model::argo_api::{API_VERSION, label};
use provision::installation::Installation;
use serde_json::{Value, json};

/// Puts the instance ID on an object of Argo. A controller with an instance ID takes up no object
/// without it.
pub fn mark(installation: &Installation, object: &mut Value) {
    if let Some(id) = installation.instance_id()
        && object["apiVersion"] == API_VERSION
    {
        object["metadata"]["labels"][label::INSTANCE_ID] = json!(id);
    }
}
