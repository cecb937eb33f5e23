//! The provider of the clusters of a run: which one, its requirements, and its calls.

use std::path::{Path, PathBuf};

use anyhow::Context;
use model::provider::{JobsForEachCore, ProviderFacts};
use provision::cache::entry::Entry;
use provision::client::Client;
use provision::cluster::Cluster;
use provision::image::Image;
use provision::kind::{self, KindCluster, Settings};
use provision::native::stored_definitions::StoredDefinitions;
use provision::native::{self, NativeCluster};
use provision::program::{self, DEFAULT_KUBERNETES, Item, Missing};
use provision::shell;
use tokio::sync::oneshot;

use crate::args::{Provider, RunArgs};
use crate::begun::Begun;
use crate::out::Explained;
use crate::programs::{Argo, Programs};
use crate::session::Session;
use crate::wanted::Wanted;

/// A provider that puts clusters up.
#[derive(Clone, Debug)]
pub(crate) enum Maker {
    /// The native provider.
    Native,
    /// The kind provider.
    Kind(Settings),
}

/// Images that pods will use.
pub(crate) struct Images {
    pub(crate) made: Vec<Image>,
    /// Archives of more, as `docker save` writes them.
    pub(crate) archives: Vec<PathBuf>,
}

/// The definitions of Argo in a cluster that is put up.
pub(crate) struct Definitions {
    /// Those that a native cluster has from the start.
    pub(crate) stored: Option<StoredDefinitions>,
    /// Gets a client as soon as the API server is ready.
    pub(crate) api: oneshot::Sender<Client>,
}

/// The provider that is meant: the named one, or kind if a Docker daemon answers, or native.
/// Installations that stay or are shared are native. A resumed run keeps its provider.
pub(crate) async fn provider(args: &RunArgs) -> anyhow::Result<Provider> {
    let stays = args.on.is_some() || args.shared.is_some();
    let begun = args.resume.as_deref().map(Begun::read).transpose()?;
    match begun.map_or(args.provider, |begun| begun.provider) {
        Provider::Auto if !stays && kind::answers().await => Ok(Provider::Kind),
        Provider::Auto => Ok(Provider::Native),
        Provider::Kind if stays => {
            let text = "error: an installation that stays is not of kind\n\
                        hint: leave --provider out"
                .to_owned();
            Err(Explained { code: report::exit::USAGE, text }.into())
        }
        named => Ok(named),
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

impl Maker {
    /// The one for a run whose provider is known.
    pub(crate) fn of(args: &RunArgs) -> Self {
        match args.provider {
            Provider::Kind => Self::Kind((&args.kind).into()),
            Provider::Auto | Provider::Native | Provider::Existing => Self::Native,
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
            Self::Native => model::provider::Provider::Native.facts(),
            Self::Kind(_) => model::provider::Provider::Kind.facts(),
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
    pub(crate) fn items(&self, wanted: &Wanted) -> Vec<Item> {
        self.kubernetes(wanted).into_iter().chain(wanted.items().cloned()).collect()
    }

    /// The parts of Kubernetes, if the provider builds them.
    pub(crate) fn kubernetes(&self, wanted: &Wanted) -> Option<Item> {
        let version = wanted.kubernetes.as_deref().unwrap_or(DEFAULT_KUBERNETES);
        matches!(self, Self::Native).then(|| program::kubernetes(version))
    }

    /// Everything that the machine lacks for these installations, besides programs.
    pub(crate) async fn lacks(&self, session: &Session, wanted: &[Wanted]) -> Vec<Missing> {
        match self {
            Self::Native => {
                let missing = sandbox::requirements::missing(&session.exe);
                let missing = missing.into_iter();
                missing.map(|m| Missing { what: m.what, remedy: m.remedy }).collect()
            }
            Self::Kind(settings) => {
                let settings: Vec<Settings> =
                    wanted.iter().map(|one| of_kind(settings, one)).collect();
                kind::lacks(&settings, &*session.show).await
            }
        }
    }

    /// Puts up a cluster that has these images, and that of the shell.
    pub(crate) async fn put_up(
        &self,
        session: &Session,
        programs: &Programs,
        argo: &Argo,
        images: Images,
        logs: &Path,
        Definitions { stored, api }: Definitions,
    ) -> anyhow::Result<Cluster> {
        match self {
            Self::Native => {
                let directories = programs.directories().into_iter();
                let kubernetes = argo.kubernetes.iter().map(Entry::bin);
                let ingredients = native::Ingredients {
                    exe: &session.exe,
                    programs: &directories.chain(kubernetes).collect::<Vec<_>>(),
                    data: &session.cache.root().join("sandboxes"),
                    logs,
                    images: images.made,
                    archives: images.archives,
                    stored,
                    api,
                };
                let cluster = Box::pin(NativeCluster::start(ingredients, &*session.show)).await?;
                Ok(Cluster::Native(Box::new(cluster)))
            }
            Self::Kind(settings) => {
                let shell = shell::image(|name| programs.path(name).unwrap_or_default());
                let own = programs.path("kind").or_else(|| kind::in_path("kind"));
                let settings = of_kind(settings, &argo.wanted);
                session.show.say(&format!("provider kind, node {}", settings.node_image));
                let ingredients = kind::Ingredients {
                    settings: &settings,
                    run: &session.run,
                    cache: &session.cache,
                    kind: &own.context("find the program kind")?,
                    guard: &session.guard,
                    logs,
                    images: images.made.into_iter().chain([shell]).collect(),
                    archives: images.archives,
                };
                let cluster = Box::pin(KindCluster::start(ingredients, &*session.show)).await?;
                let _ = api.send(cluster.access.client.clone());
                Ok(Cluster::Kind(Box::new(cluster)))
            }
        }
    }
}

/// The settings of the cluster of kind for an installation.
fn of_kind(settings: &Settings, wanted: &Wanted) -> Settings {
    match &wanted.kubernetes {
        Some(version) => settings.with_kubernetes(version),
        None => settings.clone(),
    }
}
