//! Takes down the objects of a case, in reverse order, and reports the leftovers.
//!
//! The teardown comes after the verdict and cannot change it. A finalizer that is still there is
//! reported before it is removed. An object that cannot be removed is reported. The removal of the
//! others continues.

use k8s_openapi::api::core::v1::{Namespace, Pod};
use kube::Client;
use kube::api::{Api, ApiResource, DeleteParams, DynamicObject, GroupVersionKind, ListParams};
use kube::api::{Patch, PatchParams};
use model::argo_api::{self, ArgoKind};
use provision::installation::{Installation, Namespaces};
use provision::objects::{RUN, resource_of};
use provision::store::Store;
use serde_json::json;

use crate::answer::{in_time, is_absence, words};
use crate::budgets;
use crate::namespace;
use crate::pauses;

/// Group, version and kind of the objects of a case, except those that Argo makes.
const MADE: [(&str, &str, &str); 7] = [
    (argo_api::GROUP, argo_api::VERSION, argo_api::CRON_WORKFLOW.kind),
    (argo_api::GROUP, argo_api::VERSION, argo_api::WORKFLOW_TEMPLATE.kind),
    ("rbac.authorization.k8s.io", "v1", "RoleBinding"),
    ("rbac.authorization.k8s.io", "v1", "Role"),
    ("", "v1", "Secret"),
    ("", "v1", "ConfigMap"),
    ("", "v1", "ResourceQuota"),
];

/// Takes down the case of a namespace. Returns one message for each leftover, and for each object
/// that could not be removed.
pub async fn case(installation: &Installation, namespace: &str) -> Vec<String> {
    let mut teardown = Teardown::new(&installation.client, namespace);
    let ended = tokio::time::timeout(budgets::TEARDOWN.time, teardown.all(installation)).await;
    teardown.left(ended.is_ok())
}

/// Removes the objects of killed runs in a prepared namespace that this run holds. They are those
/// of `run`, or of every run. Kubernetes removes the objects of their workflows. Returns one
/// message for each object that could not be removed.
pub async fn of_killed(client: &Client, namespace: &str, run: Option<&str>) -> Vec<String> {
    let label = run.map_or_else(|| RUN.to_owned(), |run| format!("{RUN}={run}"));
    let of_runs = ListParams::default().labels(&label);
    let mut teardown = Teardown { tells_finalizers: false, ..Teardown::new(client, namespace) };
    let ended = tokio::time::timeout(budgets::TEARDOWN.time, teardown.of_runs(&of_runs)).await;
    teardown.left(ended.is_ok())
}

struct Teardown<'a> {
    client: &'a Client,
    namespace: &'a str,
    /// Whether a finalizer is a leftover.
    tells_finalizers: bool,
    left: Vec<String>,
}

impl<'a> Teardown<'a> {
    fn new(client: &'a Client, namespace: &'a str) -> Self {
        Self { client, namespace, tells_finalizers: true, left: Vec::new() }
    }

    /// The leftovers, and whether the teardown ended in time.
    fn left(mut self, ended: bool) -> Vec<String> {
        if !ended {
            self.left
                .push(format!("teardown did not end within {}s", budgets::TEARDOWN.time.as_secs()));
        }
        self.left
    }

    /// Removes the listed objects of runs.
    async fn of_runs(&mut self, which: &ListParams) {
        self.made(which).await;
        if self.objects(argo_api::WORKFLOW, "workflow", which).await > 0 {
            self.until_collected().await;
        }
    }

    async fn all(&mut self, installation: &Installation) {
        let every = ListParams::default();
        let prepared = matches!(installation.namespaces, Namespaces::Prepared(_));
        if prepared {
            self.made(&ListParams::default().labels(RUN)).await;
        }
        self.objects(argo_api::WORKFLOW, "workflow", &every).await;
        self.objects(argo_api::ARTIFACT_GC_TASK, "GC task", &every).await;
        let pods: Api<Pod> = Api::namespaced(self.client.clone(), self.namespace);
        let now = DeleteParams::default().grace_period(0);
        self.ask("delete the pods", pods.delete_collection(&now, &every)).await;
        if let Some(store) = &installation.store {
            self.stored(store).await;
        }
        if prepared {
            self.objects(argo_api::TASK_RESULT, "task result", &every).await;
            return self.until_empty().await;
        }
        let namespaces: Api<Namespace> = Api::all(self.client.clone());
        let plain = DeleteParams::default();
        self.ask("delete the namespace", namespaces.delete(self.namespace, &plain)).await;
    }

    /// Removes the stored objects of the case. Without a listing, the harness does not know which
    /// objects are of the case, and removes none.
    async fn stored(&mut self, store: &Store) {
        match store.delete_all(&format!("{}/", self.namespace)).await {
            Ok(0) => {}
            Ok(n) => self.left.push(format!("{n} objects were in the store")),
            Err(error) => self.left.push(error.to_string()),
        }
    }

    /// Removes the listed objects of runs in a namespace that stays.
    async fn made(&mut self, of_runs: &ListParams) {
        for (group, version, kind) in MADE {
            let resource = ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, kind));
            let client = self.client.clone();
            let api: Api<DynamicObject> = Api::namespaced_with(client, self.namespace, &resource);
            let listed = self.ask(&format!("list each {kind}"), api.list(of_runs)).await;
            for object in listed.into_iter().flat_map(|list| list.items) {
                let name = object.metadata.name.unwrap_or_default();
                let action = format!("delete the {kind} {name}");
                self.ask(&action, api.delete(&name, &DeleteParams::default())).await;
            }
        }
    }

    /// Waits until the namespace has no object of this case. A schedule may have made more objects
    /// meanwhile.
    async fn until_empty(&mut self) {
        let client = self.client.clone();
        loop {
            let listed = namespace::count_objects(&client, self.namespace);
            match self.ask("list what is left", listed).await {
                Some((there, _)) if !there.is_empty() => {
                    pauses::pause(pauses::RETRY).await;
                    self.objects(argo_api::WORKFLOW, "workflow", &ListParams::default()).await;
                }
                _ => return,
            }
        }
    }

    /// Waits until Kubernetes has removed the objects of deleted workflows. Objects of somebody
    /// else stay, and end the wait by its limit.
    async fn until_collected(&mut self) {
        let client = self.client.clone();
        let empty = async {
            while !namespace::count_objects(&client, self.namespace).await?.0.is_empty() {
                pauses::pause(pauses::RETRY).await;
            }
            Ok::<_, kube::Error>(())
        };
        let waited = tokio::time::timeout(budgets::COLLECTED.time, empty).await;
        if let Ok(Err(error)) = waited {
            self.left.push(format!("list what is left: {}", words(&error)));
        }
    }

    /// Removes the listed objects of one of Argo's kinds, with their finalizers. Returns their
    /// number.
    async fn objects(&mut self, kind: ArgoKind, what: &str, which: &ListParams) -> usize {
        let resource = resource_of(kind);
        let client = self.client.clone();
        let api: Api<DynamicObject> = Api::namespaced_with(client, self.namespace, &resource);
        let listed = self.ask(&format!("list the {what}s"), api.list(which)).await;
        let objects: Vec<DynamicObject> = listed.into_iter().flat_map(|list| list.items).collect();
        let count = objects.len();
        for object in objects {
            let name = object.metadata.name.unwrap_or_default();
            let finalizers = object.metadata.finalizers.unwrap_or_default();
            for finalizer in finalizers.iter().filter(|_| self.tells_finalizers) {
                self.left.push(format!("{what} {name} had the finalizer {finalizer}"));
            }
            if !finalizers.is_empty() {
                let none = Patch::Merge(json!({ "metadata": { "finalizers": null } }));
                let action = format!("take the finalizers of the {what} {name}");
                self.ask(&action, api.patch(&name, &PatchParams::default(), &none)).await;
            }
            let action = format!("delete the {what} {name}");
            self.ask(&action, api.delete(&name, &DeleteParams::default())).await;
        }
        count
    }

    /// Returns the API server's answer. Reports an error, unless the object is absent.
    async fn ask<T>(
        &mut self,
        action: &str,
        request: impl Future<Output = Result<T, kube::Error>>,
    ) -> Option<T> {
        match in_time(budgets::TEARDOWN_ANSWER.time, request).await {
            Ok(answer) => Some(answer),
            Err(error) => {
                if !is_absence(&error) {
                    self.left.push(format!("{action}: {}", words(&error)));
                }
                None
            }
        }
    }
}
