//! The commits between two ends, and which of them change what is built.

use anyhow::Context;
use provision::git::repository::{Chain, Link};
use provision::git::{Git, GitError, Repository};
use semver::Version;

use super::usage;
use rundir::error::{Error, Problem};

/// Digits of a commit in messages.
const SHORT: usize = 12;

/// The commits between two ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Range {
    /// The commit of the end that passes.
    pub(super) good: String,
    /// The commit of the end that fails.
    pub(super) bad: String,
    /// The older end, then all commits up to the newer end.
    pub(super) commits: Vec<Link>,
    /// Places of those that are tried, in order: the older end, and commits that change what is
    /// built.
    pub(super) tried: Vec<usize>,
    /// Commits of merged branches, which are tried with their merge.
    pub(super) merged: usize,
}

impl Range {
    /// The commits between these ends, each a tag, a version or a commit.
    ///
    /// # Errors
    /// An end is not in the repository, or neither end contains the other.
    pub(super) fn of(
        git: &Git<'_>,
        repository: &Repository,
        good: &str,
        bad: &str,
    ) -> anyhow::Result<Self> {
        let ends = [("--good", good), ("--bad", bad)];
        let [good, bad] = ends.map(|(flag, text)| {
            commit(git, repository, text).map_err(|error| explained(flag, error))
        });
        let (good, bad) = match (good, bad) {
            (Ok(good), Ok(bad)) => (good, bad),
            (good, bad) => {
                let problems = good.err().into_iter().chain(bad.err()).collect();
                return Err(Error::all(report::exit::USAGE, problems).into());
            }
        };
        let (older, newer) = if repository.is_ancestor(git, &good, &bad)? {
            (&good, &bad)
        } else if repository.is_ancestor(git, &bad, &good)? {
            (&bad, &good)
        } else {
            return Err(apart(git, repository, &good, &bad)?);
        };
        let Chain { links, merged } = repository.chain(git, older, newer)?;
        let subject = repository.subject(git, older)?;
        let first = Link { commit: older.clone(), subject, files: Vec::new() };
        let commits: Vec<Link> = std::iter::once(first).chain(links).collect();
        let is_tried = |at: &usize| *at == 0 || commits[*at].files.iter().any(|f| is_built(f));
        let tried: Vec<usize> = (0..commits.len()).filter(is_tried).collect();
        if tried.len() < 2 {
            let what =
                format!("no commit between {} and {} changes a file of the build", &older, &newer);
            return Err(usage(&what, "Name a commit that passes and a commit that fails."));
        }
        Ok(Self { good, bad, commits, tried, merged })
    }

    /// The commit at a place among those that are tried.
    pub(super) fn link(&self, at: usize) -> &Link {
        &self.commits[self.tried[at]]
    }

    /// Whether the good end is the newer one.
    pub(super) fn is_fixed(&self) -> bool {
        self.commits[0].commit != self.good
    }
}

/// Whether a file decides what is built or installed.
fn is_built(path: &str) -> bool {
    let code = path.strip_suffix(".go").is_some_and(|name| !name.ends_with("_test"));
    let quick_start = path.starts_with("manifests/quick-start-");
    code || matches!(path, "go.mod" | "go.sum") || (path.starts_with("manifests/") && !quick_start)
}

/// The commit of an end: `3.5.11` is the tag `v3.5.11`.
fn commit(git: &Git<'_>, repository: &Repository, text: &str) -> Result<String, GitError> {
    let tag = format!("v{text}");
    if text.parse::<Version>().is_ok() && repository.has_tag(git, &tag)? {
        return repository.commit(git, &tag);
    }
    repository.commit(git, text)
}

fn explained(flag: &str, error: GitError) -> Problem {
    let hint = error.hint();
    Problem::of(&error.into()).with_hint_of(hint).of_flag(flag)
}

/// The ends are on different branches.
fn apart(
    git: &Git<'_>,
    repository: &Repository,
    good: &str,
    bad: &str,
) -> anyhow::Result<anyhow::Error> {
    let what = format!(
        "{} and {} are on different branches: neither contains the other",
        short(good),
        short(bad)
    );
    let base = repository.merge_base(git, good, bad).context("failed to compare the ends")?;
    let hint = match base {
        Some(base) => {
            let tag = repository.nearest_tag(git, &base, false)?;
            let tag = tag.map(|tag| format!(", after {tag}")).unwrap_or_default();
            format!("Name {} as an end, which both branches contain{tag}.", short(&base))
        }
        None => "Name two commits of one branch.".to_owned(),
    };
    Ok(usage(&what, &hint))
}

/// The first digits of a commit.
pub(super) fn short(commit: &str) -> &str {
    commit.get(..SHORT).unwrap_or(commit)
}

#[cfg(test)]
mod tests;
