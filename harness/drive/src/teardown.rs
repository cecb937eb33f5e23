//! Takes down the objects of a case, in reverse order, and reports the leftovers.
//!
//! The teardown comes after the verdict and cannot change it. A finalizer that is still there is
//! reported before it is removed. An object that cannot be removed is reported. The removal of the
//! others continues.

use k8s_openapi::api::core::v1::{Namespace, Pod};
use kube::api::{Api, ApiResource, DeleteParams, DynamicObject, GroupVersionKind, ListParams};
use kube::api::{Patch, PatchParams};
use model::argo_api::{self, ArgoKind};
use provision::installation::{Installation, Namespaces};
use provision::objects::{RUN, resource_of};
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
    let mut teardown = Teardown { installation, namespace, left: Vec::new() };
    if tokio::time::timeout(budgets::TEARDOWN.time, teardown.all()).await.is_err() {
        teardown
            .left
            .push(format!("teardown did not end within {}s", budgets::TEARDOWN.time.as_secs()));
    }
    teardown.left
}

struct Teardown<'a> {
    installation: &'a Installation,
    namespace: &'a str,
    left: Vec<String>,
}

impl Teardown<'_> {
    async fn all(&mut self) {
        let prepared = matches!(self.installation.namespaces, Namespaces::Prepared(_));
        if prepared {
            self.made().await;
        }
        self.objects(argo_api::WORKFLOW, "workflow").await;
        self.objects(argo_api::ARTIFACT_GC_TASK, "GC task").await;
        let client = &self.installation.client;
        let pods: Api<Pod> = Api::namespaced(client.clone(), self.namespace);
        let (now, every) = (DeleteParams::default().grace_period(0), ListParams::default());
        self.ask("delete the pods", pods.delete_collection(&now, &every)).await;
        self.stored().await;
        if prepared {
            self.objects(argo_api::TASK_RESULT, "task result").await;
            return self.until_empty().await;
        }
        let namespaces: Api<Namespace> = Api::all(client.clone());
        let plain = DeleteParams::default();
        self.ask("delete the namespace", namespaces.delete(self.namespace, &plain)).await;
    }

    /// Removes the stored objects of the case. Without a listing, the harness does not know which
    /// objects are of the case, and removes none.
    async fn stored(&mut self) {
        let Some(store) = &self.installation.store else { return };
        match store.delete_all(&format!("{}/", self.namespace)).await {
            Ok(0) => {}
            Ok(n) => self.left.push(format!("{n} objects were in the store")),
            Err(error) => self.left.push(error.to_string()),
        }
    }

    /// Removes the objects of runs in a namespace that stays.
    async fn made(&mut self) {
        let of_runs = ListParams::default().labels(RUN);
        for (group, version, kind) in MADE {
            let resource = ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, kind));
            let client = self.installation.client.clone();
            let api: Api<DynamicObject> = Api::namespaced_with(client, self.namespace, &resource);
            let listed = self.ask(&format!("list each {kind}"), api.list(&of_runs)).await;
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
        let client = self.installation.client.clone();
        loop {
            let listed = namespace::count_objects(&client, self.namespace);
            match self.ask("list what is left", listed).await {
                Some((there, _)) if !there.is_empty() => {
                    pauses::pause(pauses::RETRY).await;
                    self.objects(argo_api::WORKFLOW, "workflow").await;
                }
                _ => return,
            }
        }
    }

    /// Removes every object of one of Argo's kinds, with its finalizers.
    async fn objects(&mut self, kind: ArgoKind, what: &str) {
        let resource = resource_of(kind);
        let client = self.installation.client.clone();
        let api: Api<DynamicObject> = Api::namespaced_with(client, self.namespace, &resource);
        let every = ListParams::default();
        let listed = self.ask(&format!("list the {what}s"), api.list(&every)).await;
        for object in listed.into_iter().flat_map(|list| list.items) {
            let name = object.metadata.name.unwrap_or_default();
            let finalizers = object.metadata.finalizers.unwrap_or_default();
            for finalizer in &finalizers {
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
