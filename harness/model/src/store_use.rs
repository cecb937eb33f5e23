//! Whether a workflow uses the object store.

use serde_json::Value;

/// Whether it, or a template in it, has artifacts, archives its logs, or collects artifacts.
pub fn uses_store(workflow: &Value) -> bool {
    match workflow {
        Value::Object(fields) => fields.iter().any(|(name, value)| match name.as_str() {
            "artifacts" => value.as_array().is_some_and(|artifacts| !artifacts.is_empty()),
            "archiveLogs" => value == true,
            "artifactGC" => value.is_object(),
            _ => uses_store(value),
        }),
        Value::Array(items) => items.iter().any(uses_store),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
