//! The configuration of a run.

mod images;
mod programs;
mod store;

use std::path::PathBuf;

use judge::KnownIssues;
use model::history::Versions;
use model::{Level, PodSettings, Profile, Provider};
use provision::argo::install::NAMESPACE;
use provision::argo_source::DEFAULT_ARGO;
use provision::argo_source::release::RELEASES;
use provision::existing::ControllerSearch;
use provision::kind::Settings;
use rundir::Challenge;
use rundir::shard::ShardNumber;

pub use images::ImageConfig;
pub use programs::ProgramConfig;
pub use store::StoreConfig;

/// The cases of a run.
#[derive(Clone, Debug)]
pub struct Selection {
    /// Globs of case ids. Empty: all cases.
    pub patterns: Vec<String>,
    /// Directory of the cases.
    pub directory: PathBuf,
    /// The last of the levels that count.
    pub level: Level,
}

impl Selection {
    /// The cases of a directory that match these globs, of every level.
    pub fn all_levels(directory: PathBuf, patterns: Vec<String>) -> Self {
        Self { patterns, directory, level: Level::Provisional }
    }
}

/// The stored workflows of a recorded run.
#[derive(Clone, Debug)]
pub struct StoredConfig {
    /// The run directory.
    pub directory: PathBuf,
    /// The installation that wrote them.
    pub versions: Versions,
}

/// Components of other versions than the installation's.
#[derive(Clone, Debug)]
pub struct Components {
    /// Source of the controller and its manifests.
    pub controller: Option<String>,
    /// Sources of argoexec. Each version runs with each of them. Empty: that of the version.
    pub executors: Vec<String>,
    /// Sources of the `argo` program. Each version runs with each of them. Empty: that of the
    /// version.
    pub clis: Vec<String>,
    /// URL of published releases.
    pub releases: String,
}

impl Default for Components {
    fn default() -> Self {
        let releases = RELEASES.to_owned();
        Self { controller: None, executors: Vec::new(), clis: Vec::new(), releases }
    }
}

impl Components {
    /// Whether a component is named.
    pub(crate) fn any(&self) -> bool {
        self.controller.is_some() || !self.executors.is_empty() || !self.clis.is_empty()
    }
}

/// A cluster with an installed Argo that the harness did not start.
#[derive(Clone, Debug)]
pub struct ExistingConfig {
    /// The kubeconfig. Default: the user's.
    pub kubeconfig: Option<PathBuf>,
    /// Context of the kubeconfig. Default: the current context.
    pub context: Option<String>,
    /// The prepared namespaces. One case runs in each.
    pub namespaces: Vec<String>,
    /// Namespace of the workflow controller.
    pub argo_namespace: String,
    /// The search for the workflow controller.
    pub controller: ControllerSearch,
    /// URL of the object store from this machine.
    pub store: Option<String>,
    /// Address of the object store from pods. Default: the address from this machine.
    pub store_in_cluster: Option<String>,
    /// Bucket of the object store.
    pub bucket: Option<String>,
    /// Access key of the object store.
    pub store_user: Option<String>,
    /// Secret key of the object store.
    pub store_password: Option<String>,
    /// The other settings of the artifacts' place.
    pub store_settings: StoreConfig,
    /// Image with a shell for the steps of workflows.
    pub shell_image: String,
    /// The `argo` program. Default: one of the controller's version is built.
    pub argo_cli: Option<PathBuf>,
    /// Settings for the pods of cases.
    pub pods: PodSettings,
}

impl Default for ExistingConfig {
    fn default() -> Self {
        Self {
            kubeconfig: None,
            context: None,
            namespaces: Vec::new(),
            argo_namespace: NAMESPACE.to_owned(),
            controller: ControllerSearch::default(),
            store: None,
            store_in_cluster: None,
            bucket: None,
            store_user: None,
            store_password: None,
            store_settings: StoreConfig::default(),
            shell_image: String::new(),
            argo_cli: None,
            pods: PodSettings::default(),
        }
    }
}

/// The configuration of a run. [`RunConfig::new`] has the default of each field.
#[derive(Clone, Debug)]
pub struct RunConfig {
    /// The cases.
    pub selection: Selection,
    /// The programs of the clusters and of Argo.
    pub programs: ProgramConfig,
    /// The source of the clusters.
    pub provider: Provider,
    /// Number of an installation that `up` left running, to run on it.
    pub on: Option<u16>,
    /// Name of an installation that several runs share.
    pub shared: Option<String>,
    /// Sources of Argo. Empty: the default version, or the version of the existing cluster.
    pub argo: Vec<String>,
    /// Whether only cases that upgrade Argo run.
    pub upgrades: bool,
    /// The recorded run whose workflows are the cases, in place of the directory of cases.
    pub stored: Option<StoredConfig>,
    /// Components of other versions.
    pub components: Components,
    /// Settings of the controller. Each version runs with each of them.
    pub profiles: Vec<Profile>,
    /// Releases of Kubernetes. Each version runs on each of them. Empty: the provider's default.
    pub kubernetes: Vec<String>,
    /// The meaning of a known issue.
    pub known_issues: KnownIssues,
    /// Largest number of cases at once. Default: by cores and memory.
    pub jobs: Option<usize>,
    /// The shard of the selected cases.
    pub shard: Option<ShardNumber>,
    /// The new run directory. Default: one in the cache.
    pub out: Option<PathBuf>,
    /// The challenge of a verifier.
    pub challenge: Option<Challenge>,
    /// The run directory of a run to resume.
    pub resume: Option<PathBuf>,
    /// Stops the run when standard input ends, instead of showing the running cases.
    pub stop_with_input: bool,
    /// Images of releases and of workflows.
    pub images: ImageConfig,
    /// Settings of clusters in Docker.
    pub kind: Settings,
    /// The existing cluster.
    pub existing: ExistingConfig,
}

impl RunConfig {
    /// The configuration of a run of these cases, with the default of each other field.
    pub fn new(selection: Selection, provider: Provider, kind: Settings) -> Self {
        Self {
            selection,
            programs: ProgramConfig::default(),
            provider,
            on: None,
            shared: None,
            argo: Vec::new(),
            upgrades: false,
            stored: None,
            components: Components::default(),
            profiles: vec![Profile::Fast],
            kubernetes: Vec::new(),
            known_issues: KnownIssues::Fail,
            jobs: None,
            shard: None,
            out: None,
            challenge: None,
            resume: None,
            stop_with_input: false,
            images: ImageConfig::default(),
            kind,
            existing: ExistingConfig::default(),
        }
    }

    /// Whether Argo is installed for this run alone.
    pub(crate) fn installs(&self) -> bool {
        self.on.is_none() && self.shared.is_none() && self.provider.installs()
    }

    /// The settings for the pods of cases: those of an existing cluster, else none.
    pub(crate) fn pods(&self) -> PodSettings {
        if self.is_existing() { self.existing.pods.clone() } else { PodSettings::default() }
    }

    /// The configured artifact repository of an existing cluster that the cases use.
    pub(crate) fn artifact_repository(&self) -> Option<String> {
        self.existing.store_settings.artifact_repository.clone().filter(|_| self.is_existing())
    }

    /// Whether the cases run on an Argo that was there before.
    fn is_existing(&self) -> bool {
        self.on.is_none() && self.shared.is_none() && !self.provider.installs()
    }

    /// The sources of Argo, where Argo is installed.
    pub(crate) fn argo(&self) -> Vec<String> {
        match self.argo.as_slice() {
            [] => vec![DEFAULT_ARGO.to_owned()],
            named => named.to_vec(),
        }
    }
}
