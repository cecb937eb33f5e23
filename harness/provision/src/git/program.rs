//! The program `git`, and its errors.

use std::ffi::OsString;
use std::io;
use std::path::Path;

use crate::cache::CacheError;
use crate::go::run::{RunOutput, RunSpec, Runner, ignored};
use crate::go::{Environment, INHERITED, in_path};

/// Variables that separate git from the user, from terminals and from other repositories.
const FIXED: [(&str, &str); 13] = [
    ("GIT_CONFIG_NOSYSTEM", "1"),
    ("GIT_CONFIG_SYSTEM", "/dev/null"),
    ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ("GIT_ATTR_NOSYSTEM", "1"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_SSH_COMMAND", "ssh -o BatchMode=yes"),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_PAGER", "cat"),
    // Git must not fetch the objects that a partial repository lacks.
    ("GIT_ALLOW_PROTOCOL", ""),
    ("LC_ALL", "C"),
    ("SSH_ASKPASS_REQUIRE", "never"),
];

/// Settings that override the settings of a repository: no hook, no helper, no background work.
const SETTINGS: [(&str, &str); 9] = [
    ("safe.directory", "*"),
    ("core.hooksPath", "/dev/null"),
    ("core.fsmonitor", "false"),
    ("core.attributesFile", "/dev/null"),
    ("core.quotePath", "false"),
    ("log.showSignature", "false"),
    ("fetch.recurseSubmodules", "false"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
];

/// The git program of this machine.
#[derive(Clone)]
pub struct Git<'a> {
    pub(super) runner: &'a dyn Runner,
    environment: Environment,
}

/// Error of a run of git.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// `PATH` has no program `git`.
    #[error("failed to find the git program: PATH has no `git`")]
    Missing,
    /// The program failed to start.
    #[error("failed to run git")]
    Run(#[source] io::Error),
    /// The place is not a git repository.
    #[error("failed to open {0}: not a git repository")]
    NoRepository(String),
    /// A URL has a password, or a user for HTTP. The value is the URL without the credential.
    #[error("invalid repository: the URL of {0} holds a credential")]
    Credential(String),
    /// The repository lacks the revision.
    #[error(
        "failed to find the revision `{revision}` in {place}: no tag, branch or commit has this name"
    )]
    Revision {
        /// Path or URL of the repository.
        place: String,
        /// The revision that the user named.
        revision: String,
        /// Similar names of tags and branches, or the newest tags.
        near: Vec<String>,
    },
    /// A command of git failed.
    #[error("failed to {action}: {output}")]
    Failed {
        /// The action, as a verb and object: `read the commit`.
        action: String,
        /// The last lines of git's output.
        output: String,
    },
    /// An operation on the cache failed.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// The user cancelled a run of git.
    #[error("cancelled while git ran")]
    Cancelled,
}

impl GitError {
    /// The remedy. `None` for a cancel.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Missing => "install git and put it in PATH (Debian: apt-get install git)".into(),
            Self::Run(_) => "see that `git version` works in this shell".into(),
            Self::NoRepository(_) => {
                "name a directory with a git repository, bare or not, or its URL".into()
            }
            Self::Credential(_) => {
                "leave the credential out; git takes it from ~/.netrc or an SSH agent".into()
            }
            Self::Revision { near, .. } if near.is_empty() => {
                "fetch the revision into the repository".into()
            }
            Self::Revision { near, .. } => format!("near it are: {}", near.join(", ")),
            Self::Failed { .. } => "see that the repository is whole: `git fsck`".into(),
            Self::Cache(error) => return error.hint(),
            Self::Cancelled => return None,
        })
    }
}

impl<'a> Git<'a> {
    /// Finds the git in the `PATH` of `environment`.
    ///
    /// # Errors
    /// [`GitError::Missing`].
    pub fn find(runner: &'a dyn Runner, environment: &Environment) -> Result<Self, GitError> {
        let inherited = INHERITED.iter().chain(&["SSH_AUTH_SOCK"]);
        let mut own: Environment = inherited
            .filter_map(|name| {
                Some(((*name).into(), environment.get(OsString::from(name).as_os_str())?.clone()))
            })
            .collect();
        own.extend(FIXED.map(|(name, value)| (name.into(), value.into())));
        own.insert("GIT_CONFIG_COUNT".into(), SETTINGS.len().to_string().into());
        for (number, (name, value)) in SETTINGS.iter().enumerate() {
            own.insert(format!("GIT_CONFIG_KEY_{number}").into(), name.into());
            own.insert(format!("GIT_CONFIG_VALUE_{number}").into(), value.into());
        }
        in_path(&own, "git").ok_or(GitError::Missing)?;
        Ok(Self { runner, environment: own })
    }

    /// Runs git. A failure of the command is no error.
    pub(super) fn run(
        &self,
        cwd: &Path,
        more: &[(&str, OsString)],
        args: &[&str],
    ) -> Result<RunOutput, GitError> {
        let mut env = self.environment.clone();
        env.extend(more.iter().map(|(name, value)| ((*name).into(), value.clone())));
        let program = in_path(&env, "git").ok_or(GitError::Missing)?;
        let args = args.iter().map(OsString::from).collect();
        let spec = RunSpec { program, args, env: env.into_iter().collect(), cwd: cwd.to_owned() };
        self.runner.run(spec, &mut ignored).map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => GitError::Cancelled,
            _ => GitError::Run(error),
        })
    }

    /// Runs git and returns its output. A failure of the command is an error.
    pub(super) fn must(
        &self,
        action: &str,
        cwd: &Path,
        more: &[(&str, OsString)],
        args: &[&str],
    ) -> Result<String, GitError> {
        let output = self.run(cwd, more, args)?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        Err(failure(action, &output))
    }
}

/// The error of a command that failed.
pub(super) fn failure(action: &str, output: &RunOutput) -> GitError {
    let lines = &output.stderr_tail;
    let last = lines[lines.len().saturating_sub(SHOWN)..].join("; ");
    GitError::Failed { action: action.to_owned(), output: last }
}

/// Largest number of lines of a failed command in an error.
const SHOWN: usize = 5;
