//! Provider `kind`: a cluster in a container of a Docker daemon, with `MinIO` beside it.
//!
//! The program `kind` makes the cluster. Containers outlive the harness, so the cache has a record
//! of each cluster. The record exists from before the first container until after the last
//! container. [`sweep`] finds the clusters of killed runs by their records.

mod command;
mod docker;
mod endpoint;
mod error;
mod record;
mod requirements;
mod settings;
mod store;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use futures::future::select_all;
use kube::Client;
use sandbox::guard::Guard;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::access::Access;
use crate::budgets;
use crate::cache::Cache;
use crate::client;
use crate::image::Image;
use crate::installation::Alarm;
use crate::kubelet;
use crate::objects;
use crate::progress::{Progress, awaited};
use crate::requests::Requests;
use command::Kind;
use docker::Docker;
use record::Record;
use store::StoreContainer;

pub use docker::answers;
pub use endpoint::{EndpointError, endpoint_of_context};
pub use error::KindError;
pub use record::{Swept, sweep};
pub use requirements::{in_path, lacks};
pub use settings::{NODE_IMAGE, STORE_IMAGE, Settings};

/// Inputs of [`KindCluster::start`].
pub struct Ingredients<'a> {
    /// Images of the cluster.
    pub settings: &'a Settings,
    /// Id of the run.
    pub run: &'a str,
    /// Cache with the records of clusters.
    pub cache: &'a Cache,
    /// Path of the `kind` program.
    pub kind: &'a Path,
    /// Guard that runs `kind`.
    pub guard: &'a Guard,
    /// Directory for the output of `kind`.
    pub logs: &'a Path,
    /// Images that the harness makes for pods.
    pub images: Vec<Image>,
    /// Archives of more images, in the format of `docker save`.
    pub archives: Vec<PathBuf>,
}

/// A running kind cluster. [`KindCluster::end`] removes the cluster. After a drop, [`sweep`]
/// removes the cluster.
pub struct KindCluster {
    /// Clients and addresses of the cluster.
    pub access: Access,
    docker: Docker,
    store: StoreContainer,
    record: Record,
    watching: JoinHandle<()>,
}

impl KindCluster {
    /// Starts a cluster. At the return, the API server and kube-proxy are ready, the bucket exists,
    /// and the images are loaded. The node may not be Ready yet.
    ///
    /// # Errors
    /// [`KindError`]. The function removes the cluster; [`sweep`] removes the parts that remain.
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
                // The record keeps the parts that cannot be removed. The first error tells the
                // cause.
                let _ = record.clear(&docker).await;
                Err(error)
            }
        }
    }

    /// Removes every container of the cluster, and its record.
    ///
    /// # Errors
    /// The Docker daemon does not remove a container, or the record cannot be removed.
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
    let cgroups = if docker.freezes {
        Cgroups::One { minor: settings.kubernetes_minor() }
    } else {
        Cgroups::Two
    };
    record::write(&config, &configuration(cgroups).to_string())?;
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
        client.until_bucket(budgets::KIND_STORE_READY.time).await?;
        Ok(client)
    };
    let requests = Requests::default();
    let client = client::direct(&kubeconfig, &requests)?;
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
        cgroup: None,
        etcd: None,
    };
    Ok((access, store))
}

/// Waits for kube-proxy. Without kube-proxy, no pod reaches the API server.
async fn service_network(client: &Client) -> Result<(), KindError> {
    let proxy = json!({
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": { "name": "kube-proxy", "namespace": "kube-system" },
    });
    let ready = |o: &Value| o["status"]["numberReady"].as_i64().is_some_and(|ready| ready > 0);
    objects::until(client, &proxy, "Ready", budgets::KUBE_PROXY_READY.time, ready).await?;
    Ok(())
}

/// Configuration of containerd without systemd as cgroup driver. On cgroups v1, the systemd driver
/// freezes a container during its start. A busy container then fails with "unable to freeze".
const WITHOUT_SYSTEMD: &str = r#"[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
SystemdCgroup = false
"#;

/// First minor version of Kubernetes whose kubelet can refuse cgroups v1. The kubelet refuses them
/// by default since 1.35.
const REFUSES_CGROUPS_V1: u32 = 31;

/// The version of the daemon's cgroups.
#[derive(Clone, Copy, Debug)]
enum Cgroups {
    /// Version 1.
    One {
        /// Minor version of Kubernetes. `None`: the version is unknown.
        minor: Option<u32>,
    },
    /// Version 2.
    Two,
}

/// Configuration of one node. The node has the limits of a native node for pods and events.
fn configuration(cgroups: Cgroups) -> Value {
    let mut kubelet = Value::Object(kubelet::limits());
    kubelet["kind"] = json!("KubeletConfiguration");
    let mut patches = Vec::new();
    if let Cgroups::One { minor } = cgroups {
        kubelet["cgroupDriver"] = json!("cgroupfs");
        patches.push(WITHOUT_SYSTEMD);
        if minor.is_none_or(|minor| minor >= REFUSES_CGROUPS_V1) {
            kubelet["failCgroupV1"] = json!(false);
        }
    }
    json!({
        "kind": "Cluster",
        "apiVersion": "kind.x-k8s.io/v1alpha4",
        "kubeadmConfigPatches": [kubelet.to_string()],
        "containerdConfigPatches": patches,
    })
}

/// Writes an archive of each image. Returns the paths.
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

/// Raises the alarm when a container ends, or when Docker cannot report its state.
async fn watch(docker: Docker, containers: Vec<String>, alarm: Alarm) {
    let ends = containers.iter().map(|container| Box::pin(docker.ended(container)));
    let (how, ..) = select_all(ends).await;
    alarm.raise(how);
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::{Cgroups, configuration};

    fn kubelet(all: &serde_json::Value) -> serde_json::Value {
        let text = all["kubeadmConfigPatches"][0].as_str().expect("a patch");
        serde_json::from_str(text).expect("JSON")
    }

    #[test]
    fn kubelet_has_a_rate_for_events() {
        let kubelet = kubelet(&configuration(Cgroups::Two));
        assert!(kubelet["eventRecordQPS"].as_u64() > Some(5), "0 would be five: {kubelet}");
    }

    #[test]
    fn systemd_is_the_cgroup_driver_where_it_does_not_freeze() {
        let (with, without) =
            (configuration(Cgroups::Two), configuration(Cgroups::One { minor: Some(34) }));
        assert_eq!(with["containerdConfigPatches"], json!([]));
        assert_eq!(kubelet(&with)["cgroupDriver"], json!(null));
        let containerd = without["containerdConfigPatches"][0].to_string();
        assert!(containerd.contains("SystemdCgroup = false"), "{containerd}");
        assert_eq!(kubelet(&without)["cgroupDriver"], json!("cgroupfs"));
    }

    #[rstest]
    #[case::cgroups_v2(Cgroups::Two, json!(null))]
    #[case::a_kubelet_without_the_field(Cgroups::One { minor: Some(30) }, json!(null))]
    #[case::a_kubelet_with_the_field(Cgroups::One { minor: Some(31) }, json!(false))]
    #[case::a_kubelet_that_refuses_by_default(Cgroups::One { minor: Some(35) }, json!(false))]
    #[case::an_unknown_version(Cgroups::One { minor: None }, json!(false))]
    fn kubelet_takes_cgroups_v1(#[case] cgroups: Cgroups, #[case] expected: serde_json::Value) {
        assert_eq!(kubelet(&configuration(cgroups))["failCgroupV1"], expected);
    }
}
