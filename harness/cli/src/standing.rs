//! A cluster with Argo in it, put up for a run or for `up`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use provision::access::Access;
use provision::argo::controller_ready;
use provision::argo::install::{self, Definition};
use provision::argo::overlay::Values;
use provision::argo::rendered_manifests::RenderedManifests;
use provision::argo_source::ArgoSource;
use provision::cache::entry::Entry;
use provision::client::Client;
use provision::cluster::Cluster;
use provision::image::Image;
use provision::installation::{Installation, Namespaces, ReadBack};
use provision::native::stored_definitions::StoredDefinitions;
use provision::progress::{Notice, Progress, awaited};
use provision::shell::SHELL_IMAGE;

use tokio::sync::oneshot;

use crate::budgets;
use crate::maker::{Definitions, Images, Maker};
use crate::out;
use crate::programs::{self, Argo, Programs};
use crate::session::Session;

/// A cluster with Argo in it.
pub(crate) struct Standing {
    pub(crate) cluster: Cluster,
    pub(crate) installation: Installation,
    pub(crate) read_back: ReadBack,
}

/// Which Argo, on what.
pub(crate) struct Which<'a> {
    pub(crate) maker: &'a Maker,
    pub(crate) argo: &'a Argo,
    /// Archives of images that pods will use besides.
    pub(crate) archives: &'a [PathBuf],
}

impl Standing {
    /// Puts up a cluster and installs Argo; logs and manifests go to `directory`.
    pub(crate) async fn put_up(
        session: &Arc<Session>,
        programs: &Programs,
        which: &Which<'_>,
        directory: &Path,
    ) -> anyhow::Result<Self> {
        let began = Instant::now();
        let name = which.argo.wanted.name();
        let stage = format!("Argo {name}: controller Available since nothing ran");
        session.show.notice(Notice::Started { stage: stage.clone() });
        // Removes the leftovers of killed runs, beside the start, which needs none of them. `sweep`
        // prints those that cannot be removed.
        tokio::task::spawn_blocking(|| sandbox::slot::sweep(Path::new(sandbox::slot::LOCKS)));
        let cache = session.cache.clone();
        tokio::spawn(async move { provision::kind::sweep(&cache).await });
        let logs = directory.join("servers");
        std::fs::create_dir_all(&logs)?;
        let images = Images { made: made(which.argo), archives: which.archives.to_vec() };
        let stored = stored(session, programs, which);
        let (say_api, api) = oneshot::channel();
        let has_definitions = stored.is_some();
        let definitions = Definitions { stored, api: say_api };
        let (cluster, defined) = tokio::join!(
            which.maker.put_up(session, programs, which.argo, images, &logs, definitions),
            define(session, programs, which.argo, api, has_definitions),
        );
        let cluster = cluster?;
        let access = cluster.access();
        let installed =
            async { Box::pin(install_argo(session, which, defined?, access, directory)).await };
        match installed.await {
            Ok((installation, read_back)) => {
                session.show.notice(Notice::Finished { stage, elapsed: began.elapsed() });
                Ok(Self { cluster, installation, read_back })
            }
            Err(error) => {
                if let Err(left) = cluster.end().await {
                    session.show.say(&format!("not taken down: {}", out::chain(&left.into())));
                }
                Err(error)
            }
        }
    }

    /// Takes everything down.
    pub(crate) async fn end(self, session: &Session) -> anyhow::Result<()> {
        for end in &self.cluster.ended() {
            session.show.say(end);
        }
        Ok(self.cluster.end().await?)
    }
}

/// Installs Argo in a cluster, and reads back what runs.
async fn install_argo(
    session: &Arc<Session>,
    which: &Which<'_>,
    defined: Defined,
    access: &Access,
    directory: &Path,
) -> anyhow::Result<(Installation, ReadBack)> {
    let Access { client, store_address, .. } = access;
    let Defined { rendered, definitions, created } = defined;
    let wanted = &which.argo.wanted;
    let values = Values {
        controller_tag: wanted.controller.tag(),
        executor_tag: wanted.executor.tag(),
        store: store_address.clone(),
    };
    rendered.write(&values, &directory.join("manifests"))?;
    let name = wanted.name();
    let stage = |what: &str| format!("Argo {name}: {what}");
    let objects = rendered.objects(&values)?;
    let applied = install::apply(client, &objects);
    awaited(&*session.show, &stage("manifests applied"), applied).await?;
    let served = install::served(client, &definitions, budgets::ARGO_READY.time);
    awaited(&*session.show, &stage("kinds served"), served).await?;
    let available = async {
        install::deploy(client, &objects).await?;
        install::available(client, budgets::ARGO_READY.time).await
    };
    awaited(&*session.show, &stage("controller Available"), available).await?;
    if created {
        keep_definitions(session, which.argo, access, &rendered, &definitions).await;
    }
    let ready = controller_ready::wait(client, &session.run, budgets::ARGO_READY.time);
    awaited(&*session.show, "first workflow taken up", ready).await?;
    let installation = installation(session, which, access);
    let read_back = installation.read_back().await.context("read back what runs")?;
    let said = programs::version_of_argo(&session.guard, &installation.argo).await?;
    let cli = &installation.versions.cli;
    anyhow::ensure!(said == *cli, "the argo program says that it is {said}, and it is to be {cli}");
    if let Some(version) = &installation.versions.kubernetes {
        let said = read_back.kubernetes.trim_start_matches('v');
        anyhow::ensure!(said == version, "the API server says {said}, and it is to be {version}");
    }
    let text = serde_json::to_string_pretty(&read_back)?;
    std::fs::write(directory.join("installation.json"), text)?;
    Ok((installation, read_back))
}

/// Images of the components that run in pods; those of a release are there or are pulled.
fn made(argo: &Argo) -> Vec<Image> {
    let Argo { wanted, controller, executor, .. } = argo;
    let made = |source: &ArgoSource, entry: &Entry, image: fn(&Path, &str) -> Image| {
        source.item().map(|_| image(&entry.bin(), &source.tag()))
    };
    let controller = made(&wanted.controller, controller, provision::argo::controller);
    let executor = made(&wanted.executor, executor, provision::argo::executor);
    controller.into_iter().chain(executor).collect()
}

fn installation(session: &Session, which: &Which<'_>, cluster: &Access) -> Installation {
    Installation {
        run: session.run.clone(),
        client: cluster.client.clone(),
        requests: cluster.requests.clone(),
        alarm: cluster.alarm.clone(),
        store: cluster.store.clone(),
        store_address: cluster.store_address.clone(),
        proxy: cluster.proxy.clone(),
        argo: which.argo.cli.bin().join("argo"),
        kubeconfig: cluster.kubeconfig.clone(),
        guard: session.guard.clone(),
        shell_image: SHELL_IMAGE.to_owned(),
        versions: which.argo.wanted.versions(),
        source: which.argo.source(),
        profile: Some(which.argo.wanted.profile),
        argo_namespace: install::NAMESPACE.to_owned(),
        namespaces: Namespaces::Made,
    }
}

/// Argo's manifests, with the definitions in the cluster.
struct Defined {
    rendered: RenderedManifests,
    definitions: Vec<Definition>,
    /// Through the API, in this cluster.
    created: bool,
}

/// The definitions that an earlier native cluster with these programs stored.
fn stored(session: &Session, programs: &Programs, which: &Which<'_>) -> Option<StoredDefinitions> {
    let Argo { controller, kubernetes, wanted, .. } = which.argo;
    let kustomize = programs.path("kustomize")?;
    let rendered = RenderedManifests::find(&session.cache, controller, wanted.profile, &kustomize)?;
    StoredDefinitions::find(&session.cache, &rendered, kubernetes.as_ref()?)
}

/// Keeps the definitions of a native cluster for later ones. A failure costs later starts some
/// seconds, and this run nothing.
async fn keep_definitions(
    session: &Session,
    argo: &Argo,
    access: &Access,
    rendered: &RenderedManifests,
    definitions: &[Definition],
) {
    let (Some(etcd), Some(kubernetes)) = (&access.etcd, &argo.kubernetes) else { return };
    let names = definitions.iter().map(Definition::name);
    let kept = StoredDefinitions::keep(&session.cache, rendered, kubernetes, names, etcd).await;
    if let Err(error) = kept {
        session.show.say(&format!("warning: {}", out::chain(&error.into())));
    }
}

/// Creates the definitions as soon as the API server is ready. Those of Argo 4 take seconds of the
/// API server, and nothing but Argo needs them.
async fn define(
    session: &Arc<Session>,
    programs: &Programs,
    argo: &Argo,
    api: oneshot::Receiver<Client>,
    has_definitions: bool,
) -> anyhow::Result<Defined> {
    let rendered = render(session, programs, argo).await?;
    let definitions = rendered.definitions()?;
    let client = api.await.context("failed to reach the API server: it never was ready")?;
    if has_definitions {
        return Ok(Defined { rendered, definitions, created: false });
    }
    let stage = format!("Argo {}: definitions created", argo.wanted.name());
    awaited(&*session.show, &stage, install::define(&client, &definitions)).await?;
    Ok(Defined { rendered, definitions, created: true })
}

/// Argo's own manifests with our overlay on top. The first call for a version takes seconds.
async fn render(
    session: &Arc<Session>,
    programs: &Programs,
    argo: &Argo,
) -> anyhow::Result<RenderedManifests> {
    let kustomize = programs.path("kustomize").context("find the program kustomize")?;
    let (session, entry, profile) =
        (Arc::clone(session), argo.controller.clone(), argo.wanted.profile);
    let stage = format!("Argo {}: manifests rendered", argo.wanted.name());
    let show = Arc::clone(&session.show);
    let rendering = tokio::task::spawn_blocking(move || {
        RenderedManifests::get(&session.cache, &entry, profile, &kustomize, &session.guard)
    });
    let rendering = async { anyhow::Ok(rendering.await??) };
    awaited(&*show, &stage, rendering).await
}
