//! The kind provider: a cluster in a container of a Docker daemon, made by the real `kind`, with
//! `MinIO` beside it.
//!
//! Containers outlive whoever made them, so there is a record of each cluster in the cache from
//! before its first container until after its last: by it [`sweep`] finds what killed runs left.

mod command;
mod docker;
mod error;
mod record;
mod requirements;
mod store;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures::future::select_all;
use kube::Client;
use sandbox::guard::Guard;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::cache::Cache;
use crate::client;
use crate::cluster::{Access, EVENTS_A_SECOND};
use crate::image::Image;
use crate::installation::Alarm;
use crate::objects;
use crate::progress::{Progress, awaited};
use crate::requests::Requests;
use command::Kind;
use docker::Docker;
use record::Record;
use store::StoreContainer;

pub use docker::answers;
pub use error::KindError;
pub use record::{Swept, sweep};
pub use requirements::{in_path, lacks};

/// The node image unless another is named: the Kubernetes line of native clusters, as published
/// with the `kind` that is built here.
pub const NODE_IMAGE: &str = "kindest/node:v1.34.3@sha256:\
    08497ee19eace7b4b5348db5c6a1591d7752b164530a36f855cb0f2bdcbadd48";
/// The store's image unless another is named.
pub const STORE_IMAGE: &str = "quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z";

/// How long kube-proxy may take once the cluster is made.
const PATIENCE: Duration = Duration::from_mins(1);

/// What a cluster is made with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Image of the node; with it comes the version of Kubernetes.
    pub node_image: String,
    /// Image of the store.
    pub store_image: String,
}

impl Settings {
    /// With the node's image whose tag is this release of Kubernetes.
    #[must_use]
    pub fn with_kubernetes(&self, version: &str) -> Self {
        let (named, _digest) = self.node_image.split_once('@').unwrap_or((&self.node_image, ""));
        let repository = match named.rsplit_once(':') {
            Some((repository, tag)) if !tag.contains('/') => repository,
            _ => named,
        };
        Self { node_image: format!("{repository}:v{version}"), ..self.clone() }
    }
}

/// What a cluster is made of.
pub struct Ingredients<'a> {
    /// Its images.
    pub settings: &'a Settings,
    /// Id of the run.
    pub run: &'a str,
    /// Keeps the record of it.
    pub cache: &'a Cache,
    /// The `kind` program.
    pub kind: &'a Path,
    /// Runs it.
    pub guard: &'a Guard,
    /// Directory for what `kind` says.
    pub logs: &'a Path,
    /// Images that pods will use.
    pub images: Vec<Image>,
    /// Archives of more images, as `docker save` writes them.
    pub archives: Vec<PathBuf>,
}

/// A running kind cluster. [`KindCluster::end`] removes it; dropped, it is left for [`sweep`].
pub struct KindCluster {
    /// How it is reached.
    pub access: Access,
    docker: Docker,
    store: StoreContainer,
    record: Record,
    watching: JoinHandle<()>,
}

impl KindCluster {
    /// Brings up a cluster: API server ready, bucket made, images loaded. The node may still be on
    /// its way to Ready.
    ///
    /// # Errors
    /// See [`KindError`]. Nothing is left, or what is left is found by [`sweep`].
    pub async fn start(
        ingredients: Ingredients<'_>,
        progress: &dyn Progress,
    ) -> Result<Self, KindError> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let docker = Docker::reach().await?;
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("argo-conformance-{}-{number}", ingredients.run);
        let record = Record::make(ingredients.cache, &name, &docker)?;
        match Box::pin(bring_up(&docker, &record, ingredients, progress)).await {
            Ok((access, store)) => {
                let containers = vec![record.node(), store.name().to_owned()];
                let watching =
                    tokio::spawn(watch(docker.clone(), containers, access.alarm.clone()));
                Ok(Self { access, docker, store, record, watching })
            }
            Err(error) => {
                // What cannot be removed stays on record; why it did not come up says more.
                let _ = record.clear(&docker).await;
                Err(error)
            }
        }
    }

    /// Removes everything of it.
    ///
    /// # Errors
    /// If the Docker daemon does not do it.
    pub async fn end(self) -> Result<(), KindError> {
        self.watching.abort();
        let Self { docker, store, record, .. } = self;
        store.end().await?;
        record.clear(&docker).await
    }
}

async fn bring_up(
    docker: &Docker,
    record: &Record,
    ingredients: Ingredients<'_>,
    progress: &dyn Progress,
) -> Result<(Access, StoreContainer), KindError> {
    let Ingredients { settings, kind, guard, logs, images, archives: given, .. } = ingredients;
    let kind = Kind { program: kind, guard, log: &logs.join("kind.log"), cluster: record.name() };
    let kubeconfig = record.file("kubeconfig");
    let config = record.file("kind.json");
    record::write(&config, &configuration(docker.freezes).to_string())?;
    let create = async { kind.create(&settings.node_image, &config, &kubeconfig).await };
    let serve = StoreContainer::start(&settings.store_image, record.name());
    let (mut archives, (), mut store) = tokio::try_join!(
        awaited(progress, "images made", archives(record, images)),
        awaited(progress, "kind cluster created", create),
        awaited(progress, "store started", serve),
    )?;
    archives.extend(given);
    let join = async {
        let client = store.join_network(docker).await?;
        client.until_bucket(store::PATIENCE).await?;
        Ok(client)
    };
    let requests = Requests::default();
    let client = client::direct(&kubeconfig, &requests).await?;
    let (client_of_store, (), ()) = tokio::try_join!(
        awaited(progress, "bucket made", join),
        awaited(progress, "images loaded", kind.load(&archives)),
        awaited(progress, "service network made", service_network(&client)),
    )?;
    record.complete()?;
    let access = Access {
        client,
        requests,
        alarm: Alarm::default(),
        kubeconfig,
        store: client_of_store,
        store_address: store.address().clone(),
        proxy: None,
        etcd: None,
    };
    Ok((access, store))
}

/// Waits for kube-proxy, without which no pod reaches the API server.
async fn service_network(client: &Client) -> Result<(), KindError> {
    let proxy = json!({
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": { "name": "kube-proxy", "namespace": "kube-system" },
    });
    let ready = |o: &Value| o["status"]["numberReady"].as_i64().is_some_and(|ready| ready > 0);
    objects::until(client, &proxy, "Ready", PATIENCE, ready).await?;
    Ok(())
}

/// With it nothing freezes a container while it starts: systemd as cgroup driver does, on cgroups
/// v1, and what has much to do then is not started at all ("unable to freeze").
const WITHOUT_SYSTEMD: &str = r#"[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
SystemdCgroup = false
"#;

/// One node, with room for as many pods as a native one, and no limit to what it says of them.
fn configuration(freezes: bool) -> Value {
    let mut kubelet = json!({
        "kind": "KubeletConfiguration",
        "maxPods": 250,
        "serializeImagePulls": false,
        "registryPullQPS": 0,
        "eventRecordQPS": EVENTS_A_SECOND,
        "eventBurst": 2 * EVENTS_A_SECOND,
        "kubeAPIQPS": 200,
        "kubeAPIBurst": 400,
    });
    let mut patches = Vec::new();
    if freezes {
        kubelet["cgroupDriver"] = json!("cgroupfs");
        patches.push(WITHOUT_SYSTEMD);
    }
    json!({
        "kind": "Cluster",
        "apiVersion": "kind.x-k8s.io/v1alpha4",
        "kubeadmConfigPatches": [kubelet.to_string()],
        "containerdConfigPatches": patches,
    })
}

/// Makes the images' archives.
async fn archives(record: &Record, images: Vec<Image>) -> Result<Vec<PathBuf>, KindError> {
    let directory = record.file("images");
    let make = move || {
        let made = images.iter().enumerate().map(|(index, image)| {
            let path = directory.join(format!("{index}.tar"));
            image.write(&path).map(|()| path)
        });
        made.collect::<Result<Vec<_>, _>>()
    };
    Ok(tokio::task::spawn_blocking(make).await??)
}

/// Raises the alarm when one of the containers has ended, or nobody can say.
async fn watch(docker: Docker, containers: Vec<String>, alarm: Alarm) {
    let ends = containers.iter().map(|container| Box::pin(docker.ended(container)));
    let (how, ..) = select_all(ends).await;
    alarm.raise(how);
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::{NODE_IMAGE, Settings, configuration};

    #[rstest]
    #[case::as_it_is(NODE_IMAGE, "kindest/node:v1.33.7")]
    #[case::of_a_registry_with_a_port("localhost:5000/node", "localhost:5000/node:v1.33.7")]
    #[case::with_both("localhost:5000/node:v1.34.4", "localhost:5000/node:v1.33.7")]
    fn the_tag_of_the_node_image_is_the_release(#[case] image: &str, #[case] expected: &str) {
        let node_image = image.to_owned();
        let settings = Settings { node_image, store_image: "minio".to_owned() };
        let settings = settings.with_kubernetes("1.33.7");
        assert_eq!(
            (settings.node_image.as_str(), settings.store_image.as_str()),
            (expected, "minio")
        );
    }

    #[test]
    fn kubelet_has_a_rate_for_events() {
        let all = configuration(false);
        let kubelet = all["kubeadmConfigPatches"][0].as_str().expect("a patch");
        let kubelet: serde_json::Value = serde_json::from_str(kubelet).expect("JSON");
        assert!(kubelet["eventRecordQPS"].as_u64() > Some(5), "0 would be five: {kubelet}");
    }

    #[test]
    fn systemd_is_the_cgroup_driver_where_it_does_not_freeze() {
        let (with, without) = (configuration(false), configuration(true));
        let kubelet = |all: &serde_json::Value| all["kubeadmConfigPatches"][0].to_string();
        assert_eq!(with["containerdConfigPatches"], json!([]));
        assert!(!kubelet(&with).contains("cgroupDriver"));
        let containerd = without["containerdConfigPatches"][0].to_string();
        assert!(containerd.contains("SystemdCgroup = false"), "{containerd}");
        assert!(kubelet(&without).contains("cgroupfs"));
    }
}
