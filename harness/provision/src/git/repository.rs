//! A git repository, and the commands that read its commits.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use model::diagnostic::nearest;

use super::mirror;
use super::program::{Git, GitError, failure};
use crate::cache::{Cache, failed};

/// Largest number of names in a hint.
const NAMES: usize = 3;
/// Patterns of a checkout. The patterns omit files that no build reads and a partial repository can
/// lack.
const LEFT_OUT: &str = "/*\n!/manifests/quick-start-*\n";
/// Pattern of tags that may be releases of Argo.
const RELEASES: &str = "v[0-9]*.[0-9]*.[0-9]*";

/// A git repository of this machine, or a mirror of a remote one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repository {
    place: String,
    directory: PathBuf,
}

/// A commit of a [`Chain`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Full hash of the commit.
    pub commit: String,
    /// First line of the commit message.
    pub subject: String,
    /// Paths of the files that differ from the first parent.
    pub files: Vec<String>,
}

/// A chain of commits by first parents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Commits of the chain, oldest first.
    pub links: Vec<Link>,
    /// Number of commits of the range that are not in `links`, as the commits of merged branches.
    pub merged: usize,
}

impl Repository {
    /// Opens a repository by its path or URL. The function fetches the branches and tags of a URL
    /// into `cache`. A `revision` that is a full hash in the cache needs no fetch.
    ///
    /// # Errors
    /// [`GitError::NoRepository`] for a path. [`GitError::Credential`], or a failed fetch, for a
    /// URL.
    pub fn open(
        git: &Git<'_>,
        place: &str,
        revision: &str,
        cache: Option<&Path>,
    ) -> Result<Self, GitError> {
        let path = place.strip_prefix("file://").unwrap_or(place);
        if mirror::is_url(path) {
            mirror::refuse_credential(path)?;
            let directory = mirror::of(git, &Cache::open(cache)?, path, revision)?;
            return Ok(Self { place: place.to_owned(), directory });
        }
        let none = || GitError::NoRepository(place.to_owned());
        let real = Path::new(path).canonicalize().ok().filter(|real| real.is_dir());
        let real = real.ok_or_else(none)?;
        let ceiling = real.parent().unwrap_or(&real).into();
        let more = [("GIT_CEILING_DIRECTORIES", ceiling)];
        let output = git.run(&real, &more, &["rev-parse", "--absolute-git-dir"])?;
        if !output.status.success() {
            return Err(none());
        }
        let directory = String::from_utf8_lossy(&output.stdout).trim_end().into();
        let place = real.display().to_string();
        Ok(Self { place, directory })
    }

    /// Absolute path or URL of the repository.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Full hash of the commit of a tag, a branch, or the first digits of a commit.
    ///
    /// # Errors
    /// [`GitError::Revision`] with similar names.
    pub fn commit(&self, git: &Git<'_>, revision: &str) -> Result<String, GitError> {
        let object = format!("{revision}^{{commit}}");
        let option = revision.is_empty() || revision.starts_with('-');
        if !option {
            let args = ["rev-parse", "--verify", "--quiet", &object];
            let output = git.run(&self.directory, &self.here(), &args)?;
            if output.status.success() {
                return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
            }
        }
        Err(GitError::Revision {
            place: self.place.clone(),
            revision: revision.to_owned(),
            near: self.near(git, revision)?,
        })
    }

    /// Names similar to this one. Default: the newest tags.
    fn near(&self, git: &Git<'_>, revision: &str) -> Result<Vec<String>, GitError> {
        let refs = |place: &[&str]| {
            let mut args = vec!["for-each-ref", "--format=%(refname:lstrip=2)"];
            args.extend(place);
            let names = git.must("list tags and branches", &self.directory, &self.here(), &args)?;
            Ok::<_, GitError>(names.lines().map(str::to_owned).collect::<Vec<String>>())
        };
        let all = refs(&["refs/tags", "refs/heads"])?;
        let mut left: Vec<&str> = all.iter().map(String::as_str).collect();
        let mut near = Vec::new();
        while let Some(one) = nearest(revision, &left).filter(|_| near.len() < NAMES) {
            left.retain(|name| *name != one);
            near.push(one.to_owned());
        }
        if near.is_empty() {
            near = refs(&["--sort=-version:refname", "--count=3", "refs/tags"])?;
        }
        Ok(near)
    }

    /// True if a tag has this name.
    ///
    /// # Errors
    /// [`GitError`] if git fails to start or fails.
    pub fn has_tag(&self, git: &Git<'_>, name: &str) -> Result<bool, GitError> {
        let name = format!("refs/tags/{name}");
        self.answer(git, "look for a tag", &["show-ref", "--verify", "--quiet", &name])
    }

    /// The nearest release tag: on the commit, or, without `exact`, also before the commit. `None`:
    /// no such tag exists, or git fails.
    ///
    /// # Errors
    /// [`GitError`] if git fails to start.
    pub fn nearest_tag(
        &self,
        git: &Git<'_>,
        commit: &str,
        exact: bool,
    ) -> Result<Option<String>, GitError> {
        let how = if exact { "--exact-match" } else { "--abbrev=0" };
        let args = ["describe", "--tags", how, "--match", RELEASES, commit];
        let output = git.run(&self.directory, &self.here(), &args)?;
        let name = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Ok(output.status.success().then_some(name))
    }

    /// Text of a file of a commit. `None`: the commit has no such file, or git fails.
    pub(crate) fn file(
        &self,
        git: &Git<'_>,
        commit: &str,
        path: &str,
    ) -> Result<Option<String>, GitError> {
        let object = format!("{commit}:{path}");
        let output = git.run(&self.directory, &self.here(), &["cat-file", "blob", &object])?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        Ok(output.status.success().then_some(text))
    }

    /// The paths that are directories of a commit.
    pub(crate) fn directories(
        &self,
        git: &Git<'_>,
        commit: &str,
        paths: &[&str],
    ) -> Result<Vec<String>, GitError> {
        let mut args = vec!["ls-tree", "-d", "--name-only", "--full-tree", commit, "--"];
        args.extend(paths);
        let text = git.must("read the commit", &self.directory, &self.here(), &args)?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// True if `newer` contains `older`. A commit contains itself.
    ///
    /// # Errors
    /// [`GitError`] if git fails to start or fails, as for a missing commit.
    pub fn is_ancestor(&self, git: &Git<'_>, older: &str, newer: &str) -> Result<bool, GitError> {
        self.answer(git, "compare two commits", &["merge-base", "--is-ancestor", older, newer])
    }

    /// Answer of a command that exits with 0 for yes and 1 for no. Another exit code is an error.
    fn answer(&self, git: &Git<'_>, action: &str, args: &[&str]) -> Result<bool, GitError> {
        let output = git.run(&self.directory, &self.here(), args)?;
        match output.status.code() {
            Some(0) => Ok(true),
            Some(1) => Ok(false),
            Some(_) | None => Err(failure(action, &output)),
        }
    }

    /// The newest commit that both commits contain. `None`: no such commit exists, or git fails.
    ///
    /// # Errors
    /// [`GitError`] if git fails to start.
    pub fn merge_base(
        &self,
        git: &Git<'_>,
        one: &str,
        other: &str,
    ) -> Result<Option<String>, GitError> {
        let output = git.run(&self.directory, &self.here(), &["merge-base", one, other])?;
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Ok(output.status.success().then_some(text))
    }

    /// Commits after `older` up to `newer` by first parents, oldest first. Each contains `older`. A
    /// merge represents the commits of its merged branch.
    ///
    /// # Errors
    /// [`GitError`] if git fails to start or fails.
    pub fn chain(&self, git: &Git<'_>, older: &str, newer: &str) -> Result<Chain, GitError> {
        let range = format!("{older}..{newer}");
        let must = |args: &[&str]| git.must("list commits", &self.directory, &self.here(), args);
        let descendants = must(&["rev-list", "--ancestry-path", &range])?;
        let descendants: std::collections::HashSet<&str> = descendants.lines().collect();
        let text = must(&[
            "log",
            "--first-parent",
            "--reverse",
            "-m",
            "--name-only",
            "--no-renames",
            "--no-show-signature",
            "--no-ext-diff",
            "--format=%x01%H%x09%s",
            &range,
        ])?;
        let links = text.split('\u{1}').filter_map(link);
        let links: Vec<Link> =
            links.filter(|link| descendants.contains(link.commit.as_str())).collect();
        let all = must(&["rev-list", "--count", &range])?.trim().parse().unwrap_or(links.len());
        Ok(Chain { merged: all.saturating_sub(links.len()), links })
    }

    /// First line of the message of a commit.
    ///
    /// # Errors
    /// [`GitError`] if git fails to start or fails.
    pub fn subject(&self, git: &Git<'_>, commit: &str) -> Result<String, GitError> {
        let args = ["log", "-1", "--no-show-signature", "--format=%s", commit];
        let text = git.must("read the commit", &self.directory, &self.here(), &args)?;
        Ok(text.trim_end().to_owned())
    }

    /// Writes the files of a commit to the directory `to`. A temporary git directory exists beside
    /// `to`.
    pub(crate) fn checkout(&self, git: &Git<'_>, commit: &str, to: &Path) -> Result<(), GitError> {
        let mut own = to.as_os_str().to_owned();
        own.push(".git");
        let own = PathBuf::from(own);
        let args = ["rev-parse", "--git-path", "objects"];
        let objects = git.must("find the objects", &self.directory, &self.here(), &args)?;
        let objects = self.directory.join(objects.trim_end());
        std::fs::create_dir_all(to).map_err(failed("create", to))?;
        let bare = [("GIT_DIR", OsString::from(&own))];
        let args = ["init", "--quiet", "--bare", "--template="];
        git.must("make a checkout", to, &bare, &args)?;
        for (name, text) in [
            ("objects/info/alternates", format!("{}\n", objects.display())),
            ("info/sparse-checkout", LEFT_OUT.to_owned()),
        ] {
            let path = own.join(name);
            let parent = path.parent().unwrap_or(&own);
            std::fs::create_dir_all(parent).map_err(failed("create", parent))?;
            std::fs::write(&path, text).map_err(failed("write", &path))?;
        }
        let [bare] = bare;
        let more = [bare, ("GIT_WORK_TREE", to.into())];
        let args = [
            "-c",
            "core.bare=false",
            "-c",
            "core.sparseCheckout=true",
            "-c",
            "core.sparseCheckoutCone=false",
            "read-tree",
            "-m",
            "-u",
            commit,
        ];
        git.must(&format!("check out {commit}"), to, &more, &args)?;
        Ok(crate::cache::entry::remove(&own)?)
    }

    fn here(&self) -> [(&'static str, OsString); 1] {
        [("GIT_DIR", self.directory.clone().into())]
    }
}

/// Reads a commit with its subject and files from the output of `git log`.
fn link(text: &str) -> Option<Link> {
    let (line, files) = text.split_once('\n')?;
    let (commit, subject) = line.split_once('\t')?;
    let files = files.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
    Some(Link { commit: commit.to_owned(), subject: subject.to_owned(), files })
}
