//! What was asked of a run: the versions, the cases, and the part of them that it was to run.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// What was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The program.
    pub program: Build,
    /// Versions of Argo, in order.
    pub argo: Vec<String>,
    /// How those were asked for that do not come from a Go module, by version: a checkout as
    /// `PATH=VERSION`, a release as `release:VERSION`. Since 1.4.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sources: BTreeMap<String, String>,
    /// Names of the settings that Argo was to have.
    pub profile: String,
    /// What a known issue means: `fail` or `expect`.
    pub known_issues: String,
    /// Every case that was selected, by id, with the SHA-256 of its files.
    pub cases: BTreeMap<String, String>,
    /// The part of them that was to run; all of them unless given.
    pub shard: Option<Shard>,
    /// The value that a verifier gave for the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<String>,
}

/// One build of the program.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Build {
    /// Version of the program.
    pub version: String,
    /// Git commit that it was built from; `None` if it was not built in a git checkout.
    pub commit: Option<String>,
    /// Whether the checkout differed from the commit.
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

/// One of several parts of the selected cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// Its number, from 1.
    pub number: usize,
    /// How many parts there are.
    pub of: usize,
    /// The cases in it, by id.
    pub cases: Vec<String>,
}

impl Asked {
    /// Ids of the cases that were to run.
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
