//! The Lease of the workflow controller that leads.

use k8s_openapi::api::coordination::v1::Lease;
use kube::Client;
use kube::api::Api;
use model::argo_api::controller_lease;

use crate::answer::in_time;
use crate::budgets;

/// The Lease, as the last question showed the Lease.
///
/// A controller without a setting renews its Lease every 5 s. A controller without an election has
/// no Lease.
pub(super) struct LeaseWatch {
    leases: Api<Lease>,
    /// Name of the Lease.
    name: String,
    /// The resource version of the Lease.
    version: Option<String>,
}

impl LeaseWatch {
    pub(super) fn new(client: &Client, namespace: &str, instance_id: Option<&str>) -> Self {
        let leases = Api::namespaced(client.clone(), namespace);
        Self { leases, name: controller_lease(instance_id), version: None }
    }

    /// Whether this pod renewed the Lease since the question before. The first question has no
    /// earlier one. A Lease that the run may not get is not renewed.
    pub(super) async fn is_renewed_by(&mut self, pod: &str) -> bool {
        let Some(lease) = self.look().await else { return false };
        let version = lease.metadata.resource_version.clone();
        let is_new = self.version.is_some() && self.version != version;
        self.version = version;
        is_new && holder(&lease) == pod
    }

    /// The holder of the Lease, if it is not this pod. Empty: nobody holds the Lease. A Lease that
    /// the run may not get tells nothing.
    pub(super) async fn other_holder(&self, pod: &str) -> Option<String> {
        let lease = self.look().await?;
        let holder = holder(&lease);
        (holder != pod).then(|| holder.to_owned())
    }

    async fn look(&self) -> Option<Lease> {
        in_time(budgets::PROBE_ANSWER.time, self.leases.get(&self.name)).await.ok()
    }
}

fn holder(lease: &Lease) -> &str {
    lease.spec.as_ref().and_then(|spec| spec.holder_identity.as_deref()).unwrap_or_default()
}
