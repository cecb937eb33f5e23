//! The cluster of an installation, from its provider.

use std::path::{Path, PathBuf};

use anyhow::Context;
use provision::cache::entry::Entry;
use provision::client::Client;
use provision::cluster::Cluster;
use provision::image::Image;
use provision::kind::{self, KindCluster};
use provision::native::stored_definitions::StoredDefinitions;
use provision::native::{self, NativeCluster};
use provision::shell;
use tokio::sync::oneshot;

use super::programs::{Argo, Programs};
use super::provider::{ClusterProvider, of_kind};
use crate::session::Session;

/// Images that pods will use.
pub(super) struct Images {
    pub(super) made: Vec<Image>,
    /// Archives of more, as `docker save` writes them.
    pub(super) archives: Vec<PathBuf>,
}

/// The definitions of Argo in a cluster that is put up.
pub(super) struct Definitions {
    /// Those that a native cluster has from the start.
    pub(super) stored: Option<StoredDefinitions>,
    /// Gets a client as soon as the API server is ready.
    pub(super) api: oneshot::Sender<Client>,
}

/// Puts up a cluster that has these images, and that of the shell.
pub(super) async fn put_up(
    provider: &ClusterProvider,
    session: &Session,
    programs: &Programs,
    argo: &Argo,
    images: Images,
    logs: &Path,
    Definitions { stored, api }: Definitions,
) -> anyhow::Result<Cluster> {
    match provider {
        ClusterProvider::Native => {
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
            let cluster = Box::pin(NativeCluster::start(ingredients, &*session.progress)).await?;
            Ok(Cluster::Native(Box::new(cluster)))
        }
        ClusterProvider::Kind(settings) => {
            let shell = shell::image(|name| programs.path(name).unwrap_or_default());
            let own = programs.path("kind").or_else(|| kind::in_path("kind"));
            let settings = of_kind(settings, &argo.spec);
            session.progress.say(&format!("provider kind, node {}", settings.node_image));
            let ingredients = kind::Ingredients {
                settings: &settings,
                run: &session.run,
                cache: &session.cache,
                kind: &own.context("failed to find the program kind")?,
                guard: &session.guard,
                logs,
                images: images.made.into_iter().chain([shell]).collect(),
                archives: images.archives,
            };
            let cluster = Box::pin(KindCluster::start(ingredients, &*session.progress)).await?;
            let _ = api.send(cluster.access.client.clone());
            Ok(Cluster::Kind(Box::new(cluster)))
        }
    }
}
