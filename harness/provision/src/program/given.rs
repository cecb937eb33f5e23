//! Source of an item that is not its published module: a directory, or a commit.

use serde::{Deserialize, Serialize};

use super::tree::Tree;
use crate::git::Repository;

/// Digits of a commit by which it is called.
const SHORT: usize = 12;

/// Source that a user gives in place of a published module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Given {
    /// A directory of this machine.
    Tree(Tree),
    /// A commit of a git repository.
    Commit(Commit),
}

/// A commit of a git repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    /// The repository. Says nothing of what comes out.
    #[serde(skip)]
    pub repository: Repository,
    /// The text that asks for it again: `git:/argo-workflows@main=4.2.0`.
    #[serde(skip)]
    pub asked: String,
    /// The whole name of the commit.
    pub commit: String,
}

impl Commit {
    /// The first digits, by which it is called.
    pub fn short(&self) -> &str {
        self.commit.get(..SHORT).unwrap_or(&self.commit)
    }
}
