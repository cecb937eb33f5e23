//! Source of an item in place of the published module: a checkout, or a commit.

use serde::{Deserialize, Serialize};

use super::tree::Tree;
use crate::git::Repository;

/// Number of digits in the short name of a commit.
const SHORT: usize = 12;

/// Source that a user gives in place of a published module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Given {
    /// A checkout on this machine.
    Tree(Tree),
    /// A commit of a git repository.
    Commit(Commit),
}

/// A commit of a git repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    /// The repository. The name of an entry does not depend on this value.
    #[serde(skip)]
    pub repository: Repository,
    /// The text that selects this commit again: `git:/argo-workflows@main=4.2.0`.
    #[serde(skip)]
    pub asked: String,
    /// The full hash of the commit, in hexadecimal.
    pub commit: String,
}

impl Commit {
    /// Short name: the first 12 digits of the hash.
    pub fn short(&self) -> &str {
        self.commit.get(..SHORT).unwrap_or(&self.commit)
    }
}
