//! Source of one component, by the text that asks for it.

use std::path::Path;

use model::diagnostic::nearest;
use model::history::Versions;
use provision::argo_source::git::MARK as GIT;
use provision::argo_source::release::MARK as RELEASE;
use provision::argo_source::{ArgoSource, GitSourceError, TESTED, VersionError};
use provision::git::Git;
use sandbox::guard::Guard;

use rundir::error::Problem;

/// Places that have sources.
#[derive(Clone, Copy)]
pub(super) struct Places<'a> {
    /// The address of published releases.
    pub(super) releases: &'a str,
    /// The cache directory, if one was named.
    pub(super) cache: Option<&'a Path>,
}

impl Places<'_> {
    /// Sources of the components of an installation: by its name, or all from one source.
    pub(super) fn sources(&self, text: &str) -> [Result<ArgoSource, Problem>; 3] {
        let Some(Versions { controller, executor, cli, .. }) = by_name(text) else {
            let one = self.source(text);
            return [one.clone(), one.clone(), one];
        };
        [controller, executor, cli].map(|version| self.source(&version))
    }

    /// The source of a component, or the error in the text that asks for it.
    pub(super) fn source(&self, text: &str) -> Result<ArgoSource, Problem> {
        if let Some(named) = text.strip_prefix(RELEASE) {
            let release = ArgoSource::release(named, self.releases);
            return release
                .map_err(|error| Problem::new(error.to_string()).with_hint_of(error.hint()));
        }
        if let Some(named) = text.strip_prefix(GIT) {
            return self.git(named).map_err(|error| {
                let hint = error.hint();
                Problem::of(&error.into()).with_hint_of(hint)
            });
        }
        if is_path(text) {
            return ArgoSource::checkout(text).map_err(|error| {
                let hint = error.hint();
                Problem::of(&error.into()).with_hint_of(hint)
            });
        }
        ArgoSource::module(text).map_err(|error| {
            let near = match &error {
                VersionError::Form(_) => nearest(text, &TESTED),
                VersionError::Checkout(_)
                | VersionError::Commit(_)
                | VersionError::MisplacedModule(_) => None,
            };
            let near = near.map(|near| format!("did you mean {near}? ")).unwrap_or_default();
            let hint = format!("{near}{}", error.hint().unwrap_or_default());
            Problem::new(error.to_string()).with_hint(hint)
        })
    }

    fn git(&self, text: &str) -> Result<ArgoSource, GitSourceError> {
        let guard = guard()?;
        let git = Git::find(&guard, &std::env::vars_os().collect())?;
        ArgoSource::git(text, &git, self.cache)
    }
}

/// A guard for programs that run before a session is open.
pub(crate) fn guard() -> Result<Guard, provision::git::GitError> {
    std::env::current_exe().map(Guard::new).map_err(provision::git::GitError::Run)
}

/// The versions in the name of an installation. `None`: the text names one source for all
/// components, which is no module.
pub(super) fn by_name(text: &str) -> Option<Versions> {
    let marked = [RELEASE, GIT].iter().any(|mark| text.starts_with(mark));
    (!marked && !is_path(text)).then(|| Versions::of_name(text))
}

/// Whether a directory is meant, and not a version.
fn is_path(text: &str) -> bool {
    text.contains('/')
}
