//! Resumes a run that was interrupted: by a signal, by SIGKILL, with the machine.
//!
//! The cases, the versions and the settings are those of the run manifest. [`rundir::attempt`] says
//! which cases run again.

use std::fs::File;
use std::path::Path;

use model::Case;
use report::RunRequest;
use rundir::digest::case_sha256;
use rundir::error::{Error, Problem};
use rundir::layout::OBJECTS;
use rundir::manifest::{self, RunManifest};
use rundir::resume::archive::set_aside;
use rundir::resume::{Earlier, scan};
use rundir::{program_build, shard};

use crate::config::{RunConfig, Selection};
use crate::installation::spec::{self, InstallationSpec};
use crate::selection;

/// A run that is resumed.
pub(crate) struct Resumed {
    pub(crate) config: RunConfig,
    pub(crate) request: RunRequest,
    pub(crate) specs: Vec<InstallationSpec>,
    pub(crate) cases: Vec<Case>,
    pub(crate) earlier: Earlier,
    pub(crate) lock: File,
}

/// Reads the run directory, and sets aside the attempts that run again.
///
/// # Errors
/// The run cannot be resumed. A refusal has every reason, and leaves the histories where they are.
pub(crate) fn resume(mut config: RunConfig, directory: &Path) -> anyhow::Result<Resumed> {
    let manifest = RunManifest::read(directory)?;
    let lock = manifest::lock(directory)?;
    config.known_issues = manifest.request.known_issues;
    let challenge = manifest.request.challenge.as_deref().map(str::parse).transpose();
    config.challenge = challenge.map_err(|error: String| {
        anyhow::anyhow!("invalid {}: invalid challenge: {error}", manifest::FILE)
    })?;
    let mut refusals = Vec::new();
    let this = program_build::get()?;
    if manifest.request.program != this {
        let begun_by = &manifest.request.program;
        refusals.push(format!("another build began the run: {begun_by}; this build is {this}"));
    }
    let (releases, cache) = (&config.components.releases, config.programs.cache.as_deref());
    let specs = spec::again(&manifest.request, releases, cache, &mut refusals)?;
    // A run of stored workflows made its cases itself.
    let made = directory.join(OBJECTS);
    let of_cases = if made.is_dir() { made } else { config.selection.directory.clone() };
    let cases = cases(&of_cases, &manifest, &mut refusals)?;
    let found = scan::look(directory, &manifest, &cases, config.known_issues, &mut refusals)?;
    if !refusals.is_empty() {
        let problems = refusals.into_iter().map(Problem::refused).collect();
        let error = Error::all(report::exit::BAD_CASE, problems);
        return Err(error.with_hint("Begin a new run.").into());
    }
    let earlier = set_aside(directory, &manifest, &cases, found)?;
    let cases = shard::to_run(cases, &manifest.request);
    Ok(Resumed { config, request: manifest.request, specs, cases, earlier, lock })
}

/// The cases of the run manifest, which must be the same.
fn cases(
    directory: &Path,
    manifest: &RunManifest,
    refusals: &mut Vec<String>,
) -> anyhow::Result<Vec<Case>> {
    let mut cases = selection::select(&Selection::all_levels(directory.to_owned(), Vec::new()))?;
    cases.retain(|case| manifest.request.cases.contains_key(&case.id));
    for (id, digest) in &manifest.request.cases {
        match cases.iter().find(|case| case.id == *id) {
            None => refusals.push(format!("case {id} no longer exists")),
            Some(case) if case_sha256(case) != *digest => {
                refusals.push(format!("case {id} has changed since the run began"));
            }
            Some(_) => {}
        }
    }
    Ok(cases)
}
