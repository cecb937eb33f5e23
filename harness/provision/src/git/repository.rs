//! A git repository, and how its commits are read.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use model::diagnostic::nearest;

use super::{Git, GitError, failure, mirror};
use crate::cache::{Cache, failed};

/// Names that a hint shows at most.
const NAMES: usize = 3;
/// Files that a checkout leaves out, since a partial repository can lack them. Nothing reads them.
const LEFT_OUT: &str = "/*\n!/manifests/quick-start-*\n";
/// Tags that may be releases of Argo.
const RELEASES: &str = "v[0-9]*.[0-9]*.[0-9]*";

/// A git repository of this machine, or the mirror of a remote one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repository {
    place: String,
    directory: PathBuf,
}

/// A commit on a chain of commits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The commit.
    pub commit: String,
    /// The first line of its message.
    pub subject: String,
    /// Files that differ from its first parent.
    pub files: Vec<String>,
}

/// A chain of commits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Its commits, oldest first.
    pub links: Vec<Link>,
    /// How many commits of merged branches stand in their merge.
    pub merged: usize,
}

impl Repository {
    /// Opens a repository by its path or URL. The branches and tags of a URL are fetched into
    /// `cache`, unless `revision` is a whole commit that the cache has.
    ///
    /// # Errors
    /// [`GitError::NoRepository`] for a path, a failed fetch for a URL.
    pub fn open(
        git: &Git<'_>,
        place: &str,
        revision: &str,
        cache: Option<&Path>,
    ) -> Result<Self, GitError> {
        let path = place.strip_prefix("file://").unwrap_or(place);
        if mirror::is_url(path) {
            if mirror::holds_credential(path) {
                let (_, shown) = path.rsplit_once('@').unwrap_or_default();
                return Err(GitError::Credential(shown.to_owned()));
            }
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

    /// Its absolute path, or its URL.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// The whole name of the commit that a tag, a branch or the beginning of a commit names.
    ///
    /// # Errors
    /// [`GitError::Revision`] with near names.
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

    /// Names like this one; the newest tags if none is like it.
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

    /// Whether a tag has this name.
    ///
    /// # Errors
    /// git does not run.
    pub fn has_tag(&self, git: &Git<'_>, name: &str) -> Result<bool, GitError> {
        let name = format!("refs/tags/{name}");
        self.answer(git, "look for a tag", &["show-ref", "--verify", "--quiet", &name])
    }

    /// The release tag of a commit itself, or the nearest one before it. `None` if no tag is.
    ///
    /// # Errors
    /// git does not run.
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

    /// The text of a file of a commit; `None` if the commit has no such file.
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

    /// The directories of these that a commit has.
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

    /// Whether all of `older` is in `newer`.
    ///
    /// # Errors
    /// git does not run.
    pub fn is_ancestor(&self, git: &Git<'_>, older: &str, newer: &str) -> Result<bool, GitError> {
        self.answer(git, "compare two commits", &["merge-base", "--is-ancestor", older, newer])
    }

    /// The answer of a command that exits with 0 for yes and 1 for no. Another code is a failure.
    fn answer(&self, git: &Git<'_>, action: &str, args: &[&str]) -> Result<bool, GitError> {
        let output = git.run(&self.directory, &self.here(), args)?;
        match output.status.code() {
            Some(0) => Ok(true),
            Some(1) => Ok(false),
            Some(_) | None => Err(failure(action, &output)),
        }
    }

    /// The newest commit that two commits share, if they share any.
    ///
    /// # Errors
    /// git does not run.
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

    /// The commits after `older` up to `newer` that contain `older`, by first parents, oldest
    /// first. A merge stands for all that it merges.
    ///
    /// # Errors
    /// git fails.
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

    /// The first line of a commit's message.
    ///
    /// # Errors
    /// git fails.
    pub fn subject(&self, git: &Git<'_>, commit: &str) -> Result<String, GitError> {
        let args = ["log", "-1", "--no-show-signature", "--format=%s", commit];
        let text = git.must("read the commit", &self.directory, &self.here(), &args)?;
        Ok(text.trim_end().to_owned())
    }

    /// Writes the files of a commit to the directory `to`, by a git directory beside it.
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

/// A commit with its subject and its files, as `log` writes them.
fn link(text: &str) -> Option<Link> {
    let (line, files) = text.split_once('\n')?;
    let (commit, subject) = line.split_once('\t')?;
    let files = files.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
    Some(Link { commit: commit.to_owned(), subject: subject.to_owned(), files })
}
