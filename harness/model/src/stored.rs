//! The namespace in stored objects: case files have a text for it.

use serde_json::Value;

/// Stands for the namespace of the case in the file of a step `restore`.
pub const NAMESPACE: &str = "argo-conformance.namespace";

/// Replaces the text for the namespace in every text of an object.
pub fn move_to(object: &mut Value, namespace: &str) {
    replace(object, NAMESPACE, namespace);
}

/// Replaces a text in every text of a value. Names of fields stay.
pub fn replace(value: &mut Value, from: &str, to: &str) {
    match value {
        Value::String(text) if text.contains(from) => *text = text.replace(from, to),
        Value::Object(fields) => fields.values_mut().for_each(|value| replace(value, from, to)),
        Value::Array(items) => items.iter_mut().for_each(|value| replace(value, from, to)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{NAMESPACE, move_to, replace};

    #[test]
    fn a_namespace_moves_there_and_back() {
        let recorded = json!({ "status": { "nodes": { "a": { "outputs": [
            { "key": "retry-3/a/main.log" }, 3, null, true] } } } });
        let mut object = recorded.clone();
        replace(&mut object, "retry-3", NAMESPACE);
        assert_ne!(object, recorded);
        move_to(&mut object, "retry-3");
        assert_eq!(object, recorded);
    }
}
