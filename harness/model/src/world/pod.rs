//! A pod, as far as facts read it.

use crate::argo_api::{annotation, label};
use serde_json::Value;

use super::names::Asked;

#[derive(Clone, Debug)]
pub(super) struct Pod {
    pub(super) name: Option<String>,
    pub(super) node: Option<String>,
    pub(super) phase: Option<String>,
    pub(super) collects_garbage: bool,
    pub(super) there: bool,
    address: Option<String>,
}

impl Pod {
    pub(super) fn read(object: &Value, there: bool) -> Self {
        let meta = &object["metadata"];
        let component = &meta["labels"][label::COMPONENT];
        let node = meta["annotations"][annotation::NODE_NAME].as_str();
        Self {
            name: meta["name"].as_str().map(str::to_owned),
            node: node.map(str::to_owned),
            phase: object["status"]["phase"].as_str().map(str::to_owned),
            collects_garbage: component == "artifact-gc",
            there,
            address: object["status"]["podIP"].as_str().map(str::to_owned),
        }
    }

    /// Whether the pod runs the node of this name.
    pub(super) fn runs(&self, asked: &Asked) -> bool {
        self.node.as_deref().is_some_and(|full| asked.is_full(full))
    }

    pub(super) fn phase_is(&self, phase: &str) -> bool {
        self.phase.as_deref() == Some(phase)
    }

    /// Whether this is its address.
    pub(super) fn is_at(&self, address: &str) -> bool {
        self.address.as_deref() == Some(address)
    }

    pub(super) fn words(&self) -> String {
        let what = self.node.as_deref().unwrap_or("(artifact GC)");
        let phase = self.phase.as_deref().unwrap_or("no phase");
        format!("pod of {what}: {phase}{}", if self.there { "" } else { ", deleted" })
    }
}
