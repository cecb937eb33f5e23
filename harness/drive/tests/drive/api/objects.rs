//! The state of the API server: objects, their versions, and their watches.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::asked::Asked;
use super::body::Chunk;

/// The place of an object. The kind is as in a path: `workflows`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) kind: String,
    pub(super) namespace: String,
    pub(super) name: String,
}

impl Key {
    pub(super) fn new(kind: &str, namespace: &str, name: &str) -> Self {
        let [kind, namespace, name] = [kind, namespace, name].map(str::to_owned);
        Self { kind, namespace, name }
    }

    pub(super) fn of(object: &Value) -> Self {
        let meta = &object["metadata"];
        let kind = object["kind"].as_str().expect("a kind").to_lowercase() + "s";
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Self { kind, namespace: text(&meta["namespace"]), name: text(&meta["name"]) }
    }
}

struct Told {
    version: u64,
    key: Key,
    line: Value,
}

struct Watcher {
    asked: Asked,
    lines: UnboundedSender<Chunk>,
}

/// All objects.
#[derive(Default)]
pub(super) struct Objects {
    version: u64,
    there: BTreeMap<Key, Value>,
    told: Vec<Told>,
    forgotten: BTreeMap<String, u64>,
    hung_up: BTreeSet<String>,
    watchers: Vec<Watcher>,
    muted: bool,
    held: bool,
}

impl Objects {
    pub(super) fn version(&self) -> u64 {
        self.version
    }

    pub(super) fn get(&self, key: &Key) -> Option<&Value> {
        self.there.get(key)
    }

    pub(super) fn matching(&self, asked: &Asked) -> Vec<(Key, Value)> {
        let labels = |object: &Value| object["metadata"]["labels"].clone();
        let meant = |key, object| asked.takes(key) && asked.takes_labels(&labels(object));
        let there = self.there.iter().filter(|(key, object)| meant(key, object));
        there.map(|(key, object)| (key.clone(), object.clone())).collect()
    }

    pub(super) fn in_namespace(&self, kind: &str, namespace: &str) -> Vec<&Value> {
        let there = self.there.iter().filter(|(k, _)| k.kind == kind && k.namespace == namespace);
        there.map(|(_, object)| object).collect()
    }

    /// Makes or replaces an object. Adds the metadata that every object has.
    pub(super) fn put(&mut self, key: &Key, mut object: Value) -> Value {
        self.version += 1;
        let old = self.there.get(key);
        let meta = &mut object["metadata"];
        meta["resourceVersion"] = json!(self.version.to_string());
        if meta["uid"].is_null() {
            let known = old.map(|old| old["metadata"]["uid"].clone());
            meta["uid"] = known.unwrap_or_else(|| json!(format!("uid-{}", self.version)));
        }
        let kept = meta["finalizers"].as_array().is_some_and(|names| !names.is_empty());
        if meta["deletionTimestamp"].is_string() && !kept {
            self.there.remove(key);
            self.tell(key, "DELETED", &object);
            return object;
        }
        let change = if old.is_some() { "MODIFIED" } else { "ADDED" };
        self.there.insert(key.clone(), object.clone());
        self.tell(key, change, &object);
        if key.kind == "namespaces" && change == "ADDED" {
            let account = json!({ "kind": "ServiceAccount",
                "metadata": { "name": "default", "namespace": key.name } });
            self.put(&Key::of(&account), account);
        }
        object
    }

    pub(super) fn merge(&mut self, key: &Key, patch: &Value) -> Option<Value> {
        let mut object = self.there.get(key)?.clone();
        merge(&mut object, patch);
        Some(self.put(key, object))
    }

    /// Deletes an object. Returns the last state that was told.
    pub(super) fn delete(&mut self, key: &Key) -> Option<Value> {
        let mut object = self.there.get(key)?.clone();
        object["metadata"]["deletionTimestamp"] = json!("2026-01-01T00:00:00Z");
        if key.kind == "namespaces" {
            let inside = self.there.keys().filter(|k| k.namespace == key.name);
            for key in inside.cloned().collect::<Vec<_>>() {
                self.delete(&key);
            }
        }
        if key.kind == "namespaces" && self.there.keys().any(|k| k.namespace == key.name) {
            // The namespace stays until its objects are gone.
            object["metadata"]["finalizers"] = json!(["kubernetes"]);
        }
        Some(self.put(key, object))
    }

    pub(super) fn left_in(&self, namespace: &str) -> Vec<String> {
        let mine = |key: &&Key| {
            key.namespace == namespace || (key.kind == "namespaces" && key.name == namespace)
        };
        let left = self.there.keys().filter(mine);
        left.map(|key| format!("{}/{}", key.kind, key.name)).collect()
    }

    /// Whether watches are told of nothing.
    pub(super) fn mute(&mut self, muted: bool) {
        self.muted = muted;
    }

    /// Whether open watches are told of nothing. A watch that is opened later is told all.
    pub(super) fn hold(&mut self, held: bool) {
        self.held = held;
    }

    fn tell(&mut self, key: &Key, change: &str, object: &Value) {
        if self.muted {
            return;
        }
        let line = json!({ "type": change, "object": object });
        let held = self.held;
        self.watchers.retain(|watcher| {
            held || !watcher.asked.takes(key) || watcher.lines.send(Chunk::line(&line)).is_ok()
        });
        self.told.push(Told { version: self.version, key: key.clone(), line });
    }

    /// Begins a watch: what was told since its version comes first.
    pub(super) fn watch(&mut self, asked: &Asked) -> UnboundedReceiver<Chunk> {
        let (lines, body) = unbounded_channel();
        let from = asked.query.get("resourceVersion").and_then(|v| v.parse().ok()).unwrap_or(0);
        if self.forgotten.get(&asked.kind).is_some_and(|oldest| from < *oldest) {
            let status = json!({ "kind": "Status", "status": "Failure", "code": 410,
                "reason": "Expired", "message": format!("too old resource version: {from}") });
            let _ = lines.send(Chunk::line(&json!({ "type": "ERROR", "object": status })));
            return body;
        }
        for told in self.told.iter().filter(|told| told.version > from && asked.takes(&told.key)) {
            let _ = lines.send(Chunk::line(&told.line));
        }
        if !self.hung_up.contains(&asked.kind) {
            self.watchers.push(Watcher { asked: asked.clone(), lines });
        }
        body
    }

    pub(super) fn bookmark(&mut self, kind: &str) {
        let mark = json!({ "kind": "any", "apiVersion": "v1",
            "metadata": { "resourceVersion": self.version.to_string() } });
        self.say(kind, &Chunk::line(&json!({ "type": "BOOKMARK", "object": mark })));
    }

    pub(super) fn say(&mut self, kind: &str, chunk: &Chunk) {
        for watcher in self.watchers.iter().filter(|watcher| watcher.asked.kind == kind) {
            let _ = watcher.lines.send(chunk.clone());
        }
    }

    pub(super) fn close(&mut self, kind: &str) {
        self.watchers.retain(|watcher| watcher.asked.kind != kind);
    }

    pub(super) fn hang_up(&mut self, kind: &str) {
        self.hung_up.insert(kind.to_owned());
    }

    pub(super) fn forget(&mut self, kind: &str) {
        self.forgotten.insert(kind.to_owned(), self.version);
    }
}

/// A JSON merge patch.
fn merge(object: &mut Value, patch: &Value) {
    let Value::Object(fields) = patch else {
        object.clone_from(patch);
        return;
    };
    for (key, value) in fields {
        if value.is_null() {
            object.as_object_mut().map(|map| map.shift_remove(key));
        } else {
            merge(&mut object[key], value);
        }
    }
}
