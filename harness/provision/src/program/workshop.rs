//! Where one call builds: a directory, Go's caches, and how Go is run there.

use std::path::Path;

use super::Item;
use super::compile::names_package;
use super::error::{BuildError, Refusal};
use super::kept::Kept;
use crate::cache::entry;
use crate::cache::lock::{Lock, Tried};
use crate::cache::{Cache, CacheError, children, failed};
use crate::git::{Git, GitError};
use crate::go::answer::{Trouble, classify, module_of};
use crate::go::run::{RunOutput, RunSpec, Runner};
use crate::go::{Environment, Go, Places, TELEMETRY};
use crate::progress::{Progress, stage};

/// How many of a failed command's lines are shown.
const SHOWN: usize = 20;

/// What a call builds with.
#[derive(Clone, Copy)]
pub(super) struct Means<'a> {
    pub(super) cache: &'a Cache,
    pub(super) runner: &'a dyn Runner,
    pub(super) progress: &'a dyn Progress,
    /// Variables of the process.
    pub(super) environment: &'a Environment,
}

/// Where one call builds: Go, and a directory that is removed when the call ends.
pub(super) struct Workshop<'a> {
    pub(super) go: Go,
    pub(super) progress: &'a dyn Progress,
    pub(super) cache: &'a Cache,
    /// Go's caches, where they stay for the next build.
    pub(super) kept: Option<Kept>,
    means: Means<'a>,
    places: Places,
    _lock: Lock,
}

impl<'a> Workshop<'a> {
    /// With Go's caches for this call alone, or with those that stay.
    pub(super) fn open(means: Means<'a>, go: Go, kept: Option<Kept>) -> Result<Self, BuildError> {
        let Means { cache, progress, .. } = means;
        sweep(cache, progress)?;
        let lock = Lock::of_this_process(cache, "build", "building programs")?;
        let build = cache.builds().join(lock.name());
        let caches = kept.as_ref().map_or_else(|| build.clone(), |kept| kept.dir().to_owned());
        let places = Places { build, caches };
        for (_, path) in places.directories() {
            std::fs::create_dir_all(&path).map_err(failed("create", &path))?;
        }
        let (telemetry, mode) = TELEMETRY;
        let path = places.build.join(telemetry);
        std::fs::create_dir_all(&path).map_err(failed("create", &path))?;
        std::fs::write(path.join(mode), "off").map_err(failed("write", &path))?;
        Ok(Self { go, progress, cache, kept, means, places, _lock: lock })
    }

    pub(super) fn dir(&self) -> &Path {
        &self.places.build
    }

    /// The git program.
    pub(super) fn git(&self) -> Result<Git<'a>, GitError> {
        Git::find(self.means.runner, self.means.environment)
    }

    /// Runs `go`, however it ends.
    pub(super) fn go(
        &self,
        args: &[&str],
        cwd: &Path,
        cgo: bool,
        on_line: &mut dyn FnMut(&str),
    ) -> Result<RunOutput, BuildError> {
        let spec: RunSpec = self.go.command(args, cwd, &self.places, cgo);
        self.means.runner.run(spec, on_line).map_err(|source| match source.kind() {
            std::io::ErrorKind::Interrupted => BuildError::Cancelled,
            _ => BuildError::Run { command: command_line(args), source },
        })
    }

    /// Runs `go` and takes it for an error if it fails.
    pub(super) fn must(
        &self,
        stage: &str,
        args: &[&str],
        cwd: &Path,
        cgo: bool,
        on_line: &mut dyn FnMut(&str),
    ) -> Result<RunOutput, BuildError> {
        let output = self.go(args, cwd, cgo, on_line)?;
        if output.status.success() { Ok(output) } else { Err(self.failed(stage, args, &output)) }
    }

    /// The error of a command that failed.
    pub(super) fn failed(&self, stage: &str, args: &[&str], output: &RunOutput) -> BuildError {
        let lines: Vec<&str> = telling(output);
        let shown = lines[lines.len().saturating_sub(SHOWN)..].join("\n");
        // The directory is gone when somebody reads this.
        let dir = format!("{}/", self.dir().display());
        BuildError::Failed {
            stage: stage.to_owned(),
            command: command_line(args).replace(&dir, ""),
            output: shown.replace(&dir, ""),
        }
    }

    /// The error of a module that could not be had in a stage that fetches for `item`.
    pub(super) fn not_fetched(
        &self,
        stage: &str,
        item: &Item,
        args: &[&str],
        output: &RunOutput,
    ) -> BuildError {
        let lines = telling(output);
        // A compiler names the package before its own words.
        if lines.iter().any(|line| line.starts_with("# ")) {
            return self.failed(stage, args, output);
        }
        let message = lines.join("\n");
        match classify(&message) {
            Trouble::Refused(reason) => {
                let module = module_of(&message).unwrap_or("a module");
                let reason = format!("for {module}, which it needs, {reason}");
                let (name, release) = (item.name.clone(), item.release.clone());
                BuildError::Refused(vec![Refusal { name, release, reason }])
            }
            Trouble::Other(_) => self.failed(stage, args, output),
            trouble => self.trouble(trouble, &item.label(), args),
        }
    }

    /// The error of trouble that concerns no version.
    pub(super) fn trouble(&self, trouble: Trouble, what: &str, args: &[&str]) -> BuildError {
        match trouble {
            Trouble::Unreachable(reason) => {
                BuildError::Unreachable { proxy: self.go.proxy().to_owned(), reason }
            }
            Trouble::GoTooOld { needs } => BuildError::GoTooOld {
                what: what.to_owned(),
                needed: needs,
                found: self.go.version_text().to_owned(),
            },
            Trouble::Refused(output) | Trouble::Other(output) => {
                BuildError::Failed { stage: what.to_owned(), command: command_line(args), output }
            }
        }
    }
}

impl Drop for Workshop<'_> {
    fn drop(&mut self) {
        // What cannot be removed now is swept at the next build.
        let _ = entry::remove(self.dir());
    }
}

/// Removes the directories of builds that were killed: their locks are free.
fn sweep(cache: &Cache, progress: &dyn Progress) -> Result<(), CacheError> {
    for dir in children(&cache.builds())? {
        let name = dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if let Tried::Held(lock) = Lock::try_take(cache, &name, "removing a dead build")? {
            stage(progress, "remove what a killed build left", || entry::remove(&dir))?;
            drop(lock);
        }
    }
    Ok(())
}

/// The lines of a failed command that are not about what went well.
fn telling(output: &RunOutput) -> Vec<&str> {
    let lines = output.stderr_tail.iter().map(String::as_str);
    lines.filter(|line| !names_package(line) && !line.starts_with("go: downloading ")).collect()
}

/// A command of Go as one would type it.
fn command_line(args: &[&str]) -> String {
    let mut line = "go".to_owned();
    for arg in args {
        let quote = if arg.is_empty() || arg.contains([' ', '{']) { "'" } else { "" };
        line.extend([" ", quote, arg, quote]);
    }
    line
}
