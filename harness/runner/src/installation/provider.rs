//! The provider of the clusters of a run: its choice, its programs and its limits.

use std::path::Path;

use model::Provider;
use model::provider::{JobsForEachCore, ProviderFacts};
use provision::kind::{self, Settings};
use provision::program::{self, DEFAULT_KUBERNETES, Item};
use rundir::error::Error;
use rundir::manifest::RunManifest;

use crate::config::RunConfig;
use crate::installation::spec::InstallationSpec;

/// A provider that puts clusters up.
#[derive(Clone, Debug)]
pub enum ClusterProvider {
    /// The native provider.
    Native,
    /// The kind provider.
    Kind(Settings),
}

/// The provider of a run: the named one, or kind if a Docker daemon answers, or native.
/// Installations that stay or are shared are native. `resume`: a run directory, whose run keeps its
/// provider.
///
/// # Errors
/// The run cannot be resumed. An installation that stays is not of kind.
pub async fn choose(
    named: Option<Provider>,
    stays: bool,
    resume: Option<&Path>,
) -> anyhow::Result<Provider> {
    let begun = resume.map(RunManifest::read).transpose()?;
    match begun.map(|begun| begun.provider).or(named) {
        None if !stays && kind::answers().await => Ok(Provider::Kind),
        None => Ok(Provider::Native),
        Some(Provider::Kind) if stays => {
            let error = Error::usage(
                "invalid --provider: an installation of `up` or a shared one is native",
            );
            Err(error.with_hint("Leave --provider out.").into())
        }
        Some(named) => Ok(named),
    }
}

/// Number of cases that run at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Jobs {
    /// Cases at once under any load of the cores.
    pub(crate) surely: usize,
    /// Cases at once while the cores keep up.
    pub(crate) most: usize,
}

impl ClusterProvider {
    /// The one for a run whose provider is known.
    pub(crate) fn of(config: &RunConfig) -> Self {
        match config.provider {
            Provider::Kind => Self::Kind(config.kind.clone()),
            Provider::Native | Provider::Existing => Self::Native,
        }
    }

    /// Largest number of clusters at once.
    pub(crate) fn clusters_at_once(&self) -> usize {
        self.facts().clusters_at_once
    }

    /// Number of cases that run at once for each core of this machine. Default of `--jobs`.
    pub(crate) fn jobs_for_each_core(&self) -> Jobs {
        let JobsForEachCore { surely, most } = self.facts().jobs_for_each_core;
        Jobs { surely, most }
    }

    fn facts(&self) -> &'static ProviderFacts {
        match self {
            Self::Native => Provider::Native.facts(),
            Self::Kind(_) => Provider::Kind.facts(),
        }
    }

    /// The programs that the provider needs, for any version of Kubernetes.
    pub(crate) fn programs(&self) -> Vec<Item> {
        match self {
            Self::Native => program::cluster_programs(),
            Self::Kind(_) => program::programs_for_kind(kind::in_path("kind").is_some()),
        }
    }

    /// The items to build for an installation.
    pub(crate) fn items(&self, spec: &InstallationSpec) -> Vec<Item> {
        self.kubernetes(spec).into_iter().chain(spec.items().cloned()).collect()
    }

    /// The parts of Kubernetes, if the provider builds them.
    pub(crate) fn kubernetes(&self, spec: &InstallationSpec) -> Option<Item> {
        let version = spec.kubernetes.as_deref().unwrap_or(DEFAULT_KUBERNETES);
        matches!(self, Self::Native).then(|| program::kubernetes(version))
    }
}

/// The settings of the cluster of kind for an installation.
pub(super) fn of_kind(settings: &Settings, spec: &InstallationSpec) -> Settings {
    match &spec.kubernetes {
        Some(version) => settings.with_kubernetes(version),
        None => settings.clone(),
    }
}
