//! The request of a run: its versions, its cases and its shard.

use std::collections::BTreeMap;
use std::fmt;

use model::PodSettings;
use model::profile::Profile;
use model::stance::KnownIssues;
use serde::{Deserialize, Serialize};

/// The request of a run, written at its start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRequest {
    /// The build that runs the cases.
    pub program: Build,
    /// Names of the requested installations, in order.
    pub argo: Vec<String>,
    /// Sources other than Go modules, by version of a component. A checkout is `PATH=VERSION`, a
    /// release `release:VERSION`, a commit the requested text.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sources: BTreeMap<String, String>,
    /// Settings of the installations, each once, sorted; empty for an Argo that was there before.
    pub profiles: Vec<Profile>,
    /// Meaning of a known issue.
    pub known_issues: KnownIssues,
    /// SHA-256 of the files of every selected case, by id.
    pub cases: BTreeMap<String, String>,
    /// The shard of this run; `None` for all selected cases.
    pub shard: Option<Shard>,
    /// The challenge that the run carries; `None` without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<String>,
    /// Settings for the pods of cases, which change the submitted workflows.
    #[serde(default, skip_serializing_if = "PodSettings::is_none")]
    pub pods: PodSettings,
    /// The configured artifact repository of the cases: `default`, or `CONFIGMAP:KEY`. `None`: a
    /// repository that the run writes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_repository: Option<String>,
}

/// One build of the program.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Build {
    /// Version of the program.
    pub version: String,
    /// Git commit of the build; `None` for a build outside a git checkout.
    pub commit: Option<String>,
    /// Whether the checkout differed from the commit at the build.
    pub dirty: bool,
    /// SHA-256 of the executable, in hexadecimal.
    pub executable: String,
}

impl fmt::Display for Build {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let commit = self.commit.as_deref().unwrap_or("unknown");
        let dirty = if self.dirty { ", dirty" } else { "" };
        write!(f, "{} commit {commit}{dirty} sha256:{}", self.version, self.executable)
    }
}

/// One of several shards of the selected cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// Number of the shard, from 1.
    pub number: usize,
    /// Number of shards.
    pub of: usize,
    /// The cases of the shard, by id.
    pub cases: Vec<String>,
}

impl RunRequest {
    /// Ids of the requested cases: those of the shard, or all selected cases.
    pub fn to_run(&self) -> Vec<&str> {
        match &self.shard {
            Some(shard) => shard.cases.iter().map(String::as_str).collect(),
            None => self.cases.keys().map(String::as_str).collect(),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}
