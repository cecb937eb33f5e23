//! A commit of a git repository as a source: any tag, branch or commit.

use std::path::Path;

use semver::{BuildMetadata, Prerelease, Version};

use super::layout;
use super::source::{ArgoSource, argo};
use crate::git::{Git, GitError, Repository, refuse_credential};
use crate::program::given::{Commit, Given};

/// The prefix of a source that is a commit.
pub const MARK: &str = "git:";
/// An example for hints.
const FORM: &str = "git:./argo-workflows@v4.1.2 or git:./argo-workflows@main=4.2.0";

/// Error of a commit: the text names no source of Argo that can be built.
#[derive(Debug, thiserror::Error)]
pub enum GitSourceError {
    /// The text does not have the form `REPOSITORY@REVISION[=VERSION]`.
    #[error("invalid source `{MARK}{0}`: it names no revision of a repository")]
    Form(String),
    /// The text after the `=` is not a version of Argo.
    #[error("invalid target release `{version}` of {revision}: it is not a version of Argo")]
    Version {
        /// The revision that the user named.
        revision: String,
        /// The text after the `=`.
        version: String,
    },
    /// No tag tells the target release.
    #[error("failed to find the target release of {revision}: no release tag is before it")]
    NoTag {
        /// The text before the `=`.
        text: String,
        /// The revision that the user named.
        revision: String,
    },
    /// The commit is not Argo's source.
    #[error("invalid source {revision} of {place}: it is not Argo Workflows: {reason}")]
    Other {
        /// Path or URL of the repository.
        place: String,
        /// The revision that the user named.
        revision: String,
        /// The difference from Argo's source.
        reason: String,
    },
    /// The target release has another major version than the commit.
    #[error("invalid target release {version} of {revision}: its module is {module}")]
    Major {
        /// The text before the `=`.
        text: String,
        /// The revision that the user named.
        revision: String,
        /// Module path of the commit.
        module: String,
        /// The target release.
        version: String,
    },
    /// A run of git failed.
    #[error(transparent)]
    Git(#[from] GitError),
}

impl GitSourceError {
    /// The remedy.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Form(_) => format!("write it like {FORM}"),
            Self::Version { .. } => format!("write all three numbers, as in {FORM}"),
            Self::NoTag { text, .. } => {
                format!("name the target release, as in {MARK}{text}=4.2.0, or fetch the tags")
            }
            Self::Other { .. } => "name a repository of Argo Workflows".to_owned(),
            Self::Major { text, module, .. } => {
                let major = module.rsplit_once("/v").map_or("4", |(_, major)| major);
                format!("name a release of that major version, as in {MARK}{text}={major}.0.0")
            }
            Self::Git(error) => return error.hint(),
        })
    }
}

/// A commit by `REPOSITORY@REVISION[=VERSION]`.
pub(super) fn source(
    text: &str,
    git: &Git<'_>,
    cache: Option<&Path>,
) -> Result<ArgoSource, GitSourceError> {
    let form = || GitSourceError::Form(text.to_owned());
    let Some((place, rest)) = split(text) else {
        refuse_credential(text)?;
        return Err(form());
    };
    let (revision, said) = match rest.rsplit_once('=') {
        Some((revision, version)) => (revision, Some(version)),
        None => (rest, None),
    };
    if place.is_empty() || revision.is_empty() {
        return Err(form());
    }
    let said = said.map(|version| target(revision, version)).transpose()?;
    let repository = Repository::open(git, place, revision, cache)?;
    let commit = repository.commit(git, revision)?;
    let module = module(git, &repository, revision, &commit)?;
    let found = match &said {
        Some(version) => Some(version.clone()),
        None => of_tags(git, &repository, revision, &commit)?,
    };
    let text = format!("{place}@{revision}");
    let revision = revision.to_owned();
    let mut version = found
        .ok_or_else(|| GitSourceError::NoTag { text: text.clone(), revision: revision.clone() })?;
    if !layout::is_of(&module, version.major) {
        let version = version.to_string();
        return Err(GitSourceError::Major { text, revision, module, version });
    }
    let asked = said.map(|version| format!("={version}")).unwrap_or_default();
    let asked = format!("{MARK}{}@{revision}{asked}", repository.place());
    let commit = Commit { repository, asked, commit };
    // The value has hexadecimal digits, letters and a dot. Such a value is always build metadata.
    version.build = BuildMetadata::new(&format!("git.{}", commit.short())).unwrap_or_default();
    let mut item = argo(&version.to_string(), &module);
    item.given = Some(Given::Commit(commit));
    Ok(ArgoSource::built(version.to_string(), item))
}

/// The repository and the rest. An `@` before the path of a URL is a part of the URL. A text with a
/// colon before its first slash is a URL of the form `USER@HOST:PATH`.
fn split(text: &str) -> Option<(&str, &str)> {
    let path = match text.find("://") {
        Some(scheme) => {
            let host = scheme + "://".len();
            text[host..].find('/').map_or(text.len(), |path| host + path)
        }
        None => text.find([':', '/']).filter(|at| text[*at..].starts_with(':')).unwrap_or_default(),
    };
    let at = path + text[path..].rfind('@')?;
    Some((&text[..at], &text[at + 1..]))
}

/// The target release that a user names.
fn target(revision: &str, version: &str) -> Result<Version, GitSourceError> {
    let parsed = version.strip_prefix('v').unwrap_or(version).parse::<Version>().ok();
    parsed.filter(|v| v.major >= 3 && v.build.is_empty()).ok_or_else(|| {
        let (revision, version) = (revision.to_owned(), version.to_owned());
        GitSourceError::Version { revision, version }
    })
}

/// The target release, by tags. A tag of a release tells that release. Another commit gets the
/// release after its nearest tag. `None`: the nearest tag is missing or is not of a release.
fn of_tags(
    git: &Git<'_>,
    repository: &Repository,
    revision: &str,
    commit: &str,
) -> Result<Option<Version>, GitError> {
    if let Some(own) = release(revision)
        && repository.has_tag(git, revision)?
    {
        return Ok(Some(own));
    }
    let exact = repository.nearest_tag(git, commit, true)?;
    if let Some(own) = exact.as_deref().and_then(release) {
        return Ok(Some(own));
    }
    let before = repository.nearest_tag(git, commit, false)?;
    Ok(before.as_deref().and_then(release).map(after))
}

/// The release that a tag of this name has. `None`: the tag is not of a release.
fn release(tag: &str) -> Option<Version> {
    tag.strip_prefix('v')?.parse().ok().filter(|version: &Version| version.build.is_empty())
}

/// The release after this one. The final release follows a candidate.
fn after(mut release: Version) -> Version {
    if release.pre.is_empty() {
        release.patch += 1;
    }
    release.pre = Prerelease::EMPTY;
    release
}

/// Module path of a commit. The commit must have every part of Argo that a build needs.
fn module(
    git: &Git<'_>,
    repository: &Repository,
    revision: &str,
    commit: &str,
) -> Result<String, GitSourceError> {
    let other = |reason: String| GitSourceError::Other {
        place: repository.place().to_owned(),
        revision: revision.to_owned(),
        reason,
    };
    let go_mod = repository.file(git, commit, "go.mod")?;
    let go_mod = go_mod.ok_or_else(|| other("it has no go.mod".to_owned()))?;
    let module = layout::module(&go_mod).map_err(other)?;
    let found = repository.directories(git, commit, &layout::NEEDED)?;
    layout::lacks(|name| found.iter().any(|found| found == name)).map_err(other)?;
    Ok(module)
}

#[cfg(test)]
mod tests;
