//! The results of the command `check`: whether cases can run on an existing installation.
//!
//! A [`CheckReport`] has one item for each thing that was checked, in the order of the topics. The
//! program prints the report as text or JSON. A run on an existing cluster writes it as
//! `check.json`, and its report and statement contain it.

mod failure;
mod json;
mod text;

use jiff::Timestamp;
use model::Untrusted;
use serde::{Deserialize, Serialize};

pub use failure::Failure;
pub use json::json;
pub use text::text;

/// Version of the written format.
pub const SCHEMA: u32 = 1;

/// The results of one check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckReport {
    /// Version of the format: [`SCHEMA`].
    pub schema: u32,
    /// Id of the run. Every object of the check has the id in a label.
    pub run: String,
    /// Time at which the check began.
    pub started: Timestamp,
    /// Milliseconds from the beginning of the check to its end.
    pub elapsed_ms: u64,
    /// The connection; `None` in a run directory, which names no server and no kubeconfig.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<CheckConnection>,
    /// The items, in the order of their topics.
    pub items: Vec<CheckItem>,
}

/// The connection to the cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckConnection {
    /// URL of the API server.
    pub server: Untrusted,
    /// Name of the context; `None` in a pod.
    pub context: Option<Untrusted>,
    /// Path of the kubeconfig; `None` in a pod.
    pub kubeconfig: Option<Untrusted>,
}

/// The result of one thing that was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckItem {
    /// The subject.
    pub topic: Topic,
    /// The prepared namespace; `None` for an item of the whole installation.
    pub namespace: Option<String>,
    /// The outcome.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// The observation, on one line or on several.
    pub message: Untrusted,
    /// An imperative sentence. Each failure has one.
    pub remedy: Option<String>,
}

/// The subject of an item, in the order of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// Server, context, kubeconfig and user.
    Connection,
    /// The controller and its settings.
    Controller,
    /// The prepared namespaces: whether they are prepared, free and empty.
    Namespace,
    /// The rights of the user.
    Rights,
    /// The object store, or the configured artifact repository.
    Store,
    /// The admission and the start of a pod like those of the cases.
    Admission,
    /// The canary workflow: its end, its artifact, its deletion.
    Canary,
    /// The time from the API server's answer to the event of the watch.
    Watch,
    /// Nodes, clocks and other facts that block nothing.
    Environment,
}

impl Topic {
    /// Every topic, in order.
    pub const ALL: [Self; 9] = [
        Self::Connection,
        Self::Controller,
        Self::Namespace,
        Self::Rights,
        Self::Store,
        Self::Admission,
        Self::Canary,
        Self::Watch,
        Self::Environment,
    ];
}

/// The outcome of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// Cases can run as far as this item goes.
    Ok,
    /// Cases can run. The message is worth reading.
    Note,
    /// Cases cannot run.
    Fail {
        /// The kind of the failure.
        failure: Failure,
    },
}

impl CheckItem {
    /// An item of the whole installation.
    pub fn ok(topic: Topic, message: impl Into<Untrusted>) -> Self {
        let (outcome, message) = (Outcome::Ok, message.into());
        Self { topic, namespace: None, outcome, message, remedy: None }
    }

    /// A note about the whole installation.
    pub fn note(topic: Topic, message: impl Into<Untrusted>) -> Self {
        Self { outcome: Outcome::Note, ..Self::ok(topic, message) }
    }

    /// A failure of the whole installation, with the remedy of its kind.
    pub fn fail(topic: Topic, failure: Failure, message: impl Into<Untrusted>) -> Self {
        let remedy = Some(failure.remedy().to_owned());
        Self { outcome: Outcome::Fail { failure }, remedy, ..Self::ok(topic, message) }
    }

    /// The item of a prepared namespace.
    #[must_use]
    pub fn of(self, namespace: &str) -> Self {
        Self { namespace: Some(namespace.to_owned()), ..self }
    }

    /// The item with this remedy. `None`: the remedy of the item stays.
    #[must_use]
    pub fn with_remedy(self, remedy: Option<String>) -> Self {
        Self { remedy: remedy.or(self.remedy), ..self }
    }

    /// Whether cases cannot run.
    pub fn is_failed(&self) -> bool {
        matches!(self.outcome, Outcome::Fail { .. })
    }
}

impl CheckReport {
    /// The items that failed, in order.
    pub fn failed(&self) -> impl Iterator<Item = &CheckItem> {
        self.items.iter().filter(|item| item.is_failed())
    }

    /// The notes, each on one line for a terminal.
    pub fn notes(&self) -> impl Iterator<Item = String> {
        let notes = self.items.iter().filter(|item| item.outcome == Outcome::Note);
        notes.map(|item| {
            let place = item.namespace.iter().map(|name| format!("{name}: "));
            format!("{}{}", place.collect::<String>(), item.message.raw())
        })
    }

    /// Whether cases cannot run.
    pub fn is_failed(&self) -> bool {
        self.failed().next().is_some()
    }

    /// The report for a run directory, which others may read: without the connection.
    #[must_use]
    pub fn recorded(self) -> Self {
        Self { connection: None, ..self }
    }
}
