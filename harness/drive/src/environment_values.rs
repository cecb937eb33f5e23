//! Values of environment variables, which no file of a run directory has.

use serde_json::Value;

/// Prefix of the variables that Argo sets itself. Their values are no keys.
const OF_ARGO: &str = "ARGO_";
/// The fields of a pod that have containers.
const CONTAINERS: [&str; 3] = ["initContainers", "containers", "ephemeralContainers"];

/// Removes the values of the environment variables of a pod, and leaves the names. Argo puts
/// `executor.env` of its settings into each pod: a value can be a key of the object store.
pub(crate) fn remove(pod: &mut Value) {
    let Some(spec) = pod.get_mut("spec") else { return };
    for field in CONTAINERS {
        let containers = spec.get_mut(field).and_then(Value::as_array_mut);
        for container in containers.into_iter().flatten() {
            let variables = container.get_mut("env").and_then(Value::as_array_mut);
            for variable in variables.into_iter().flatten().filter_map(Value::as_object_mut) {
                let name = variable.get("name").and_then(Value::as_str).unwrap_or_default();
                if !name.starts_with(OF_ARGO) {
                    variable.shift_remove("value");
                }
            }
        }
    }
}
