//! A cluster with Argo in it, put up for a run or for `up`.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use model::ControllerSelector;
use model::hints::chain;
use model::read_back::ReadBack;
use provision::access::Access;
use provision::argo::controller_ready;
use provision::argo::install::{self, Definition};
use provision::argo::overlay::Values;
use provision::argo::pair::{Member, Pair};
use provision::argo::rendered_manifests::RenderedManifests;
use provision::argo_source::ArgoSource;
use provision::cache::entry::Entry;
use provision::client::Client;
use provision::cluster::Cluster;
use provision::image::Image;
use provision::installation::{Installation, Namespaces};
use provision::native::stored_definitions::StoredDefinitions;
use provision::progress::{Notice, Progress, awaited};
use provision::shell::SHELL_IMAGE;
use provision::store::{Artifacts, StoreAddress};
use serde_json::Value;

use tokio::sync::oneshot;

use super::cluster::{Definitions, Images, put_up};
use super::provider::ClusterProvider;
use crate::budgets;
use crate::installation::programs::{self, Argo, Programs};
use crate::installation::spec::InstallationSpec;
use crate::session::Session;

/// A cluster with Argo in it.
pub struct RunningInstallation {
    /// The cluster.
    pub cluster: Cluster,
    pub(crate) installation: Installation,
    pub(crate) read_back: ReadBack,
}

/// Start Argo, on what.
pub struct Start<'a> {
    /// The provider of the cluster.
    pub provider: &'a ClusterProvider,
    /// The programs of Argo, and their spec.
    pub argo: &'a Argo,
}

impl RunningInstallation {
    /// Puts up a cluster and installs Argo; logs and manifests go to `directory`.
    pub async fn put_up(
        session: &Arc<Session>,
        programs: &Programs,
        start: &Start<'_>,
        directory: &Path,
    ) -> anyhow::Result<Self> {
        let began = Instant::now();
        let name = start.argo.spec.name();
        let stage = format!("Argo {name}: controller Available since nothing ran");
        session.progress.notice(Notice::Started { stage: stage.clone() });
        // Removes the leftovers of killed runs, beside the start, which needs none of them. `sweep`
        // prints those that cannot be removed.
        tokio::task::spawn_blocking(|| sandbox::slot::sweep(Path::new(sandbox::slot::LOCKS)));
        let cache = session.cache.clone();
        tokio::spawn(async move { provision::kind::sweep(&cache).await });
        let logs = directory.join("servers");
        std::fs::create_dir_all(&logs)?;
        let images = Images { made: made(start.argo), archives: programs.archives.clone() };
        let stored = stored(session, programs, start);
        let (say_api, api) = oneshot::channel();
        let has_definitions = stored.is_some();
        let definitions = Definitions { stored, api: say_api };
        let (cluster, defined) = tokio::join!(
            put_up(start.provider, session, programs, start.argo, images, &logs, definitions),
            define(session, programs, start.argo, api, has_definitions),
        );
        let cluster = cluster?;
        let access = cluster.access();
        let installed =
            async { Box::pin(install_argo(session, start, defined?, access, directory)).await };
        match installed.await {
            Ok((installation, read_back)) => {
                session.progress.notice(Notice::Finished { stage, elapsed: began.elapsed() });
                Ok(Self { cluster, installation, read_back })
            }
            Err(error) => {
                if let Err(left) = cluster.end().await {
                    session.progress.say(&format!("failed to stop the cluster: {}", chain(&left)));
                }
                Err(error)
            }
        }
    }

    /// Takes everything down.
    pub(crate) async fn end(self, session: &Session) -> anyhow::Result<()> {
        for end in &self.cluster.ended() {
            session.progress.say(end);
        }
        Ok(self.cluster.end().await?)
    }
}

/// Installs Argo in a cluster, and reads back what runs.
async fn install_argo(
    session: &Arc<Session>,
    start: &Start<'_>,
    defined: Defined,
    access: &Access,
    directory: &Path,
) -> anyhow::Result<(Installation, ReadBack)> {
    let Access { client, store_address, .. } = access;
    let Defined { rendered, definitions, created, second } = defined;
    let spec = &start.argo.spec;
    let values = values(spec, store_address);
    rendered.write(&values, &directory.join("manifests"))?;
    let name = spec.name();
    let stage = |what: &str| format!("Argo {name}: {what}");
    let objects = rendered.objects(&values)?;
    let applied = install::apply(client, &objects);
    awaited(&*session.progress, &stage("manifests applied"), applied).await?;
    let served = install::served(client, &definitions, budgets::ARGO_READY.time);
    awaited(&*session.progress, &stage("kinds served"), served).await?;
    let available = async {
        install::deploy(client, &objects).await?;
        install::available(client, budgets::ARGO_READY.time).await
    };
    awaited(&*session.progress, &stage("controller Available"), available).await?;
    if created {
        keep_definitions(session, start.argo, access, &rendered, &definitions).await;
    }
    let ready = controller_ready::wait(client, &session.run, budgets::ARGO_READY.time);
    awaited(&*session.progress, "readiness probe processed", ready).await?;
    let pair = second.map(|second| pair(start.argo, &second, definitions, objects, store_address));
    let pair = pair.transpose()?.flatten().map(Arc::new);
    let installation = Installation { pair, ..installation(session, start, access) };
    let read_back =
        installation.read_back().await.context("failed to read back the installation")?;
    has_version(session, &installation.argo, &installation.versions.cli).await?;
    if let Some(pair) = &installation.pair {
        has_version(session, &pair.second.argo, &pair.second.versions.cli).await?;
    }
    if let Some(version) = &installation.versions.kubernetes {
        let said = read_back.kubernetes.trim_start_matches('v');
        anyhow::ensure!(said == version, "the API server has version {said}, not {version}");
    }
    let text = serde_json::to_string_pretty(&read_back)?;
    std::fs::write(directory.join("installation.json"), text)?;
    Ok((installation, read_back))
}

/// Checks the version of an `argo` program.
async fn has_version(session: &Session, argo: &Path, cli: &str) -> anyhow::Result<()> {
    let said = programs::version_of_argo(&session.guard, argo).await?;
    anyhow::ensure!(said == *cli, "the argo program has version {said}, not {cli}");
    Ok(())
}

/// The values of the manifests of an installation.
fn values(spec: &InstallationSpec, store: &StoreAddress) -> Values {
    Values {
        controller_tag: spec.controller.tag(),
        executor_tag: spec.executor.tag(),
        store: store.clone(),
    }
}

/// Both Argos of a pair, ready to be installed. `None`: the installation is no pair.
fn pair(
    argo: &Argo,
    second: &RenderedManifests,
    definitions: Vec<Definition>,
    objects: Vec<Value>,
    store: &StoreAddress,
) -> anyhow::Result<Option<Pair>> {
    let Some(next) = &argo.next else { return Ok(None) };
    let program = |argo: &Argo| argo.cli.bin().join("argo");
    let versions = argo.spec.versions().first();
    let first = Member { versions, argo: program(argo), definitions, objects };
    let second = Member {
        versions: next.spec.versions(),
        argo: program(next),
        definitions: second.definitions()?,
        objects: second.objects(&values(&next.spec, store))?,
    };
    Ok(Some(Pair { first, second }))
}

/// Images of the components that run in pods; those of a release are there or are pulled.
fn made(argo: &Argo) -> Vec<Image> {
    let Argo { spec, controller, executor, next, .. } = argo;
    let made = |source: &ArgoSource, entry: &Entry, image: fn(&Path, &str) -> Image| {
        source.item().map(|_| image(&entry.bin(), &source.tag()))
    };
    let controller = made(&spec.controller, controller, provision::argo::controller);
    let executor = made(&spec.executor, executor, provision::argo::executor);
    let mut images: Vec<Image> = controller.into_iter().chain(executor).collect();
    let next = next.iter().flat_map(|next| self::made(next));
    let known: Vec<String> = images.iter().map(|image| image.reference.clone()).collect();
    images.extend(next.filter(|image| !known.contains(&image.reference)));
    images
}

fn installation(session: &Session, start: &Start<'_>, cluster: &Access) -> Installation {
    Installation {
        run: session.run.clone(),
        client: cluster.client.clone(),
        requests: cluster.requests.clone(),
        alarm: cluster.alarm.clone(),
        store: Some(cluster.store.clone()),
        artifacts: Artifacts::Own(cluster.store_address.clone()),
        proxy: cluster.proxy.clone(),
        cgroup: cluster.cgroup.clone(),
        argo: start.argo.cli.bin().join("argo"),
        argo_environment: Vec::new(),
        kubeconfig: cluster.kubeconfig.clone(),
        guard: session.guard.clone(),
        shell_image: SHELL_IMAGE.to_owned(),
        versions: start.argo.spec.versions(),
        source: start.argo.source(),
        pair: None,
        profile: Some(start.argo.spec.profile),
        argo_namespace: install::NAMESPACE.to_owned(),
        controller_selector: ControllerSelector::default(),
        found: None,
        namespaces: Namespaces::Made,
    }
}

/// Argo's manifests, with the definitions in the cluster.
struct Defined {
    rendered: RenderedManifests,
    definitions: Vec<Definition>,
    /// Through the API, in this cluster.
    created: bool,
    /// The manifests of the second installation of a pair.
    second: Option<RenderedManifests>,
}

/// The definitions that an earlier native cluster with these programs stored.
fn stored(session: &Session, programs: &Programs, start: &Start<'_>) -> Option<StoredDefinitions> {
    let Argo { controller, kubernetes, spec, .. } = start.argo;
    let kustomize = programs.path("kustomize")?;
    let rendered = RenderedManifests::find(&session.cache, controller, spec.profile, &kustomize)?;
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
        session.progress.say(&format!("warning: {}", chain(&error)));
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
    let second = match &argo.next {
        Some(next) => Some(render(session, programs, next).await?),
        None => None,
    };
    let definitions = rendered.definitions()?;
    let client = api.await.context("failed to reach the API server: the server was never ready")?;
    if has_definitions {
        return Ok(Defined { rendered, definitions, created: false, second });
    }
    let stage = format!("Argo {}: definitions created", argo.spec.name());
    awaited(&*session.progress, &stage, install::define(&client, &definitions)).await?;
    Ok(Defined { rendered, definitions, created: true, second })
}

/// Argo's own manifests with our overlay on top. The first call for a version takes seconds.
async fn render(
    session: &Arc<Session>,
    programs: &Programs,
    argo: &Argo,
) -> anyhow::Result<RenderedManifests> {
    let kustomize = programs.path("kustomize").context("failed to find the program kustomize")?;
    let (session, entry, profile) =
        (Arc::clone(session), argo.controller.clone(), argo.spec.profile);
    let stage = format!("Argo {}: manifests rendered", argo.spec.name());
    let show = Arc::clone(&session.progress);
    let rendering = tokio::task::spawn_blocking(move || {
        RenderedManifests::get(&session.cache, &entry, profile, &kustomize, &session.guard)
    });
    let rendering = async { anyhow::Ok(rendering.await??) };
    awaited(&*show, &stage, rendering).await
}
