//! The record of a search by commits, in its directory: a search that broke off goes on with it.

use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::range::Range;
use rundir::error::Error;

/// Its file in the directory.
const FILE: &str = "bisect.json";
/// How often a commit is tried whose verdict is unknown.
pub(super) const TRIES: usize = 3;

/// The question and the tries so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) question: Question,
    pub(super) tries: Vec<Try>,
}

/// The question: a search with another one does not go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Question {
    pub(super) case: String,
    pub(super) case_sha256: String,
    pub(super) good: String,
    pub(super) bad: String,
    pub(super) settings: String,
}

/// One try of a commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Try {
    pub(super) commit: String,
    pub(super) outcome: Outcome,
    pub(super) reason: String,
    /// Claims that failed.
    pub(super) failed: Vec<String>,
    /// Path of the history, in the directory.
    pub(super) history: Option<String>,
    pub(super) elapsed_ms: u64,
}

/// The outcome of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Outcome {
    Pass,
    Fail,
    Unknown,
    NotApplicable,
    NotBuilt,
}

impl Outcome {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::NotApplicable => "not applicable",
            Self::NotBuilt => "not built",
        }
    }
}

/// The sum of the tries of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CommitState {
    Passes,
    Fails,
    /// Nothing, and no further try.
    Nothing,
    /// Nothing yet.
    TryAgain,
}

impl Record {
    /// A record of a search that begins.
    pub(super) fn new(question: Question) -> Self {
        Self { question, tries: Vec::new() }
    }

    /// The record of a directory, if it has one.
    ///
    /// # Errors
    /// It is of another question, or cannot be read.
    pub(super) fn read(directory: &Path, question: &Question) -> anyhow::Result<Option<Self>> {
        let path = directory.join(FILE);
        if !path.exists() {
            return Ok(None);
        }
        let text =
            std::fs::read(&path).with_context(|| format!("failed to read {}", path.display()))?;
        let record: Self = serde_json::from_slice(&text)
            .with_context(|| format!("failed to read {}", path.display()))?;
        let differences = record.question.differences(question);
        if differences.is_empty() {
            return Ok(Some(record));
        }
        let (directory, differences) = (directory.display(), differences.join(", "));
        let message = format!("invalid --out: the search in {directory} differs in {differences}");
        Err(Error::usage(message).with_hint("Name a new directory by --out.").into())
    }

    /// Writes it, whole or not at all.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn write(&self, directory: &Path) -> anyhow::Result<()> {
        let (path, new) = (directory.join(FILE), directory.join(format!("{FILE}.new")));
        let text = serde_json::to_string_pretty(self)? + "\n";
        let written = std::fs::write(&new, text).and_then(|()| std::fs::rename(&new, &path));
        written.with_context(|| format!("failed to write {}", path.display()))
    }

    /// The sum of the tries of this commit.
    pub(super) fn state(&self, commit: &str) -> CommitState {
        let tries: Vec<&Try> = self.of(commit).collect();
        match tries.last().map(|last| last.outcome) {
            Some(Outcome::Pass) => CommitState::Passes,
            Some(Outcome::Fail) => CommitState::Fails,
            Some(Outcome::NotApplicable | Outcome::NotBuilt) => CommitState::Nothing,
            Some(Outcome::Unknown) if tries.len() >= TRIES => CommitState::Nothing,
            Some(Outcome::Unknown) | None => CommitState::TryAgain,
        }
    }

    /// The tries of a commit, in order.
    pub(super) fn of<'a>(&'a self, commit: &'a str) -> impl Iterator<Item = &'a Try> {
        self.tries.iter().filter(move |one| one.commit == commit)
    }

    /// The mean time of a try in seconds, if there was one.
    pub(super) fn mean_seconds(&self) -> Option<u64> {
        let sum: u64 = self.tries.iter().map(|one| one.elapsed_ms).sum();
        sum.checked_div(1000 * self.tries.len() as u64)
    }
}

impl Question {
    /// The question about a case between two ends.
    pub(super) fn new(case: &model::Case, range: &Range, settings: &str) -> Self {
        Self {
            case: case.id.clone(),
            case_sha256: rundir::digest::case_sha256(case),
            good: range.good.clone(),
            bad: range.bad.clone(),
            settings: settings.to_owned(),
        }
    }

    /// Names of the parts in which another question differs.
    fn differences(&self, other: &Self) -> Vec<&'static str> {
        let parts = [
            ("the case", self.case == other.case),
            ("the files of the case", self.case_sha256 == other.case_sha256),
            ("the good end", self.good == other.good),
            ("the bad end", self.bad == other.bad),
            ("the settings", self.settings == other.settings),
        ];
        parts.into_iter().filter(|(_, same)| !same).map(|(name, _)| name).collect()
    }
}

#[cfg(test)]
mod tests;
