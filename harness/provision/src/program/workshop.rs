//! Directory, Go and caches of one build.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::error::{BuildError, Refusal};
use super::go_caches::GoCaches;
use super::item::Item;
use super::package::Package;
use crate::cache::entry;
use crate::cache::lock::{Lock, Tried};
use crate::cache::removals::remove_in_thread;
use crate::cache::{Cache, CacheError, children, failed};
use crate::git::{Git, GitError};
use crate::go::answer::{Trouble, classify, module_of};
use crate::go::run::{RunOutput, RunSpec, Runner};
use crate::go::{Environment, Go, Places, TELEMETRY};
use crate::progress::{Progress, stage};

/// Largest number of lines of a failed command in an error.
const SHOWN: usize = 20;

/// Inputs of a build.
#[derive(Clone, Copy)]
pub(super) struct Means<'a> {
    pub(super) cache: &'a Cache,
    pub(super) runner: &'a dyn Runner,
    pub(super) progress: &'a dyn Progress,
    /// Environment of the process.
    pub(super) environment: &'a Environment,
}

/// Go and a directory for one build. Drop begins the removal of the directory.
pub(super) struct Workshop<'a> {
    pub(super) go: Go,
    pub(super) progress: &'a dyn Progress,
    pub(super) cache: &'a Cache,
    /// Go's caches that stay. `None`: the caches are in the directory of this build.
    pub(super) kept: Option<GoCaches>,
    means: Means<'a>,
    places: Places,
    /// Packages that this build has compiled.
    compiled: Mutex<HashSet<Package>>,
    /// The first failure. Every command ends at its next line.
    failure: Mutex<Option<BuildError>>,
    /// `None` after the drop.
    lock: Option<Lock>,
}

impl<'a> Workshop<'a> {
    /// Makes the directories of a build, with caches of its own or with caches that stay.
    pub(super) fn open(
        means: Means<'a>,
        go: Go,
        kept: Option<GoCaches>,
    ) -> Result<Self, BuildError> {
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
        let (compiled, failure) = (Mutex::default(), Mutex::default());
        Ok(Self { go, progress, cache, kept, means, places, compiled, failure, lock: Some(lock) })
    }

    pub(super) fn dir(&self) -> &Path {
        &self.places.build
    }

    /// Number of packages that this build has not compiled yet.
    pub(super) fn not_compiled(&self, packages: &HashSet<Package>) -> usize {
        packages.difference(&self.compiled.lock().unwrap_or_else(PoisonError::into_inner)).count()
    }

    /// Remembers packages as compiled. The compilation of the last ones may still run.
    pub(super) fn compiled<'p>(&self, packages: impl Iterator<Item = &'p Package>) {
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        compiled.extend(packages.cloned());
    }

    /// Ends every command of this build at its next line. The first failure stays.
    pub(super) fn stop(&self, failure: BuildError) {
        self.failure().get_or_insert(failure);
    }

    /// The first failure.
    pub(super) fn take_failure(&self) -> Option<BuildError> {
        self.failure().take()
    }

    fn failure(&self) -> MutexGuard<'_, Option<BuildError>> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Finds the program `git` in the `PATH` of the environment.
    pub(super) fn git(&self) -> Result<Git<'a>, GitError> {
        Git::find(self.means.runner, self.means.environment)
    }

    /// Runs `go`. A failure of the command is no error. A failure of another command of this build
    /// ends the command with [`BuildError::Cancelled`].
    pub(super) fn go(
        &self,
        args: &[&str],
        cwd: &Path,
        cgo: bool,
        on_line: &mut dyn FnMut(&str),
    ) -> Result<RunOutput, BuildError> {
        let spec: RunSpec = self.go.command(args, cwd, &self.places, cgo);
        if self.failure().is_some() {
            return Err(BuildError::Cancelled);
        }
        let mut on_line = |line: &str| {
            on_line(line);
            if self.failure().is_some() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        self.means.runner.run(spec, &mut on_line).map_err(|source| match source.kind() {
            std::io::ErrorKind::Interrupted => BuildError::Cancelled,
            _ => BuildError::Run { command: command_line(args), source },
        })
    }

    /// Runs `go`. A failure of the command is an error.
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
        let lines: Vec<&str> = last_lines(output);
        let shown = lines[lines.len().saturating_sub(SHOWN)..].join("\n");
        // The directory no longer exists when the user reads this message.
        let dir = format!("{}/", self.dir().display());
        BuildError::Failed {
            stage: stage.to_owned(),
            command: command_line(args).replace(&dir, ""),
            output: shown.replace(&dir, ""),
        }
    }

    /// The error of a failed command that may have downloaded modules for `item`.
    pub(super) fn not_fetched(
        &self,
        stage: &str,
        item: &Item,
        args: &[&str],
        output: &RunOutput,
    ) -> BuildError {
        let lines = last_lines(output);
        // A compiler writes the name of the package in a line before its messages.
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

    /// The error for a reason that concerns no version.
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
            Trouble::Refused(output) | Trouble::Other(output) => BuildError::Failed {
                stage: format!("build {what}"),
                command: command_line(args),
                output,
            },
        }
    }
}

impl Drop for Workshop<'_> {
    fn drop(&mut self) {
        if let Some(lock) = self.lock.take() {
            remove_in_thread(self.dir().to_owned(), lock);
        }
    }
}

/// Removes the directories of killed builds. The locks of killed builds are free.
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

/// True if a line is the name of a package from `go build -v`. Other lines of Go start with `#` or
/// `go: `, or are messages of a compiler.
pub(super) fn names_package(line: &str) -> bool {
    !line.is_empty() && !line.contains([' ', '\t', ':', '#'])
}

/// The lines of a failed command, without names of packages and downloads.
fn last_lines(output: &RunOutput) -> Vec<&str> {
    let lines = output.stderr_tail.iter().map(String::as_str);
    lines.filter(|line| !names_package(line) && !line.starts_with("go: downloading ")).collect()
}

/// Command line of Go, in the syntax of a shell.
fn command_line(args: &[&str]) -> String {
    let mut line = "go".to_owned();
    for arg in args {
        let quote = if arg.is_empty() || arg.contains([' ', '{']) { "'" } else { "" };
        line.extend([" ", quote, arg, quote]);
    }
    line
}
