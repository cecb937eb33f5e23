//! A request to the API server, read.

use std::collections::BTreeMap;

use serde_json::Value;

use super::objects::Key;

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// `list`, `list-metadata`, `watch`, `get`, `create`, `apply`, `merge`, `delete`, `delete-all`.
    pub(crate) verb: &'static str,
    /// Without the query.
    pub(crate) path: String,
    /// The query, by key.
    pub(crate) query: BTreeMap<String, String>,
    /// The body, if there is one.
    pub(crate) body: Value,
    /// The kind that the path names, as in a path.
    pub(super) kind: String,
    pub(super) namespace: Option<String>,
    pub(super) name: Option<String>,
}

impl Asked {
    pub(super) fn read(parts: &http::request::Parts, body: &[u8]) -> Self {
        let path = parts.uri.path().to_owned();
        let pairs = parts.uri.query().unwrap_or_default().split('&');
        let query: BTreeMap<String, String> = pairs
            .filter_map(|pair| pair.split_once('='))
            .map(|(key, value)| (key.to_owned(), value.replace("%3D", "=")))
            .collect();
        let (kind, namespace, name) = place(&path);
        let content = parts.headers.get("content-type").and_then(|value| value.to_str().ok());
        let accept = parts.headers.get("accept").and_then(|value| value.to_str().ok());
        let metadata = accept.is_some_and(|accept| accept.contains("as=PartialObjectMetadataList"));
        let verb = match (parts.method.as_str(), content.unwrap_or_default(), &name) {
            ("GET", _, _) if query.contains_key("watch") => "watch",
            ("GET", _, None) if metadata => "list-metadata",
            ("GET", _, None) if path.starts_with("/api") => "list",
            ("GET", ..) => "get",
            ("POST", ..) => "create",
            ("PATCH", "application/apply-patch+yaml", _) => "apply",
            ("PATCH", "application/merge-patch+json", _) => "merge",
            ("DELETE", _, Some(_)) => "delete",
            ("DELETE", ..) => "delete-all",
            (method, content, _) => panic!("the fake does not know {method} {path} ({content})"),
        };
        let body = serde_json::from_slice(body).unwrap_or_default();
        Self { verb, path, query, body, kind, namespace, name }
    }

    /// Whether the request has this verb, and this text in the path.
    pub(crate) fn is(&self, verb: &str, path: &str) -> bool {
        self.verb == verb && self.path.contains(path)
    }

    /// The object that the path names.
    pub(super) fn key(&self) -> Key {
        let name = self.name.clone().or_else(|| {
            let name = self.body["metadata"]["name"].as_str();
            name.map(str::to_owned)
        });
        let namespace = self.namespace.clone().unwrap_or_default();
        Key { kind: self.kind.clone(), namespace, name: name.unwrap_or_default() }
    }

    /// Whether a list takes in an object with these labels. A list takes in every object, or
    /// objects with a label, or objects with a label and its value.
    pub(super) fn takes_labels(&self, labels: &Value) -> bool {
        let Some(selector) = self.query.get("labelSelector") else { return true };
        let selector = selector.replace("%2F", "/");
        match selector.split_once('=') {
            Some((label, value)) => labels[label] == value,
            None => labels[selector.as_str()].is_string(),
        }
    }

    /// Whether a list or watch takes this object in.
    pub(super) fn takes(&self, key: &Key) -> bool {
        let field = self.query.get("fieldSelector").and_then(|f| f.strip_prefix("metadata.name="));
        key.kind == self.kind
            && self.namespace.as_ref().is_none_or(|namespace| *namespace == key.namespace)
            && field.is_none_or(|name| name == key.name)
    }
}

/// Kind, namespace and name of `/apis/GROUP/VERSION/namespaces/NAMESPACE/KIND/NAME`.
fn place(path: &str) -> (String, Option<String>, Option<String>) {
    let mut parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match parts.first() {
        Some(&"api") => drop(parts.drain(..2)),
        Some(&"apis") => drop(parts.drain(..3)),
        _ => {}
    }
    let namespace = if parts.len() > 2 && parts[0] == "namespaces" {
        let namespace = parts[1].to_owned();
        parts.drain(..2);
        Some(namespace)
    } else {
        None
    };
    (parts[0].to_owned(), namespace, parts.get(1).map(|name| (*name).to_owned()))
}
