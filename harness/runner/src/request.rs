//! The request of a run, for its report.

use std::collections::BTreeSet;

use model::Case;
use model::history::Versions;
use model::profile::Profile;
use report::RunRequest;

use crate::config::RunConfig;
use crate::installation::released::ReleasedInstallation;
use crate::installation::spec::InstallationSpec;
use rundir::digest::case_sha256;
use rundir::program_build;

/// The request that these arguments make. `specs` has the installations that the run puts up. With
/// `--on`, the version is that of the installation in the slot.
pub(crate) fn of(
    config: &RunConfig,
    specs: &[InstallationSpec],
    cases: &[Case],
) -> anyhow::Result<RunRequest> {
    let versions: Vec<Versions> = match config.on {
        Some(slot) => vec![ReleasedInstallation::read(slot)?.versions],
        None => specs.iter().map(InstallationSpec::versions).collect(),
    };
    let ids: Vec<&str> = cases.iter().map(|case| case.id.as_str()).collect();
    Ok(RunRequest {
        program: program_build::get()?,
        argo: versions.iter().map(Versions::name).collect(),
        sources: specs.iter().flat_map(InstallationSpec::sources).collect(),
        profiles: profiles(config, &versions),
        known_issues: config.known_issues,
        cases: cases.iter().map(|case| (case.id.clone(), case_sha256(case))).collect(),
        shard: config.shard.map(|part| part.of(&ids)).transpose()?,
        challenge: config.challenge.as_ref().map(ToString::to_string),
        pods: config.pods(),
        artifact_repository: config.artifact_repository(),
    })
}

/// The settings of installations, each once, sorted; empty for an existing installation.
fn profiles(config: &RunConfig, versions: &[Versions]) -> Vec<Profile> {
    if config.on.is_none() && !config.provider.installs() {
        return Vec::new();
    }
    let profile = |one: &Versions| Profile::of_settings(one.settings.as_deref());
    Vec::from_iter(versions.iter().filter_map(profile).collect::<BTreeSet<_>>())
}
