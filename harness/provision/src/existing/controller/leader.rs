//! The replica of a controller that takes up workflows.

use k8s_openapi::api::coordination::v1::Lease;
use kube::api::Api;
use kube::{Client, Error};
use model::argo_api::CONTROLLER;
use model::controller::Leader;

use super::error::{ControllerError, api};

/// The replicas that elect a leader.
pub(super) struct Electors<'e> {
    pub(super) namespace: &'e str,
    pub(super) instance_id: Option<&'e str>,
    /// Names of the live pods.
    pub(super) pods: &'e [String],
    /// Whether each replica leads without an election.
    pub(super) alone: bool,
}

impl Electors<'_> {
    /// The leader. One replica alone leads. The holder of the Lease leads among several.
    ///
    /// # Errors
    /// [`ControllerError::Api`].
    pub(super) async fn leader(&self, client: &Client) -> Result<Leader, ControllerError> {
        match self.pods {
            [only] => return Ok(Leader::Known(only.clone())),
            several if self.alone => {
                let count = several.len();
                let why = format!("{count} replicas run, and leader election is off");
                return Ok(Leader::Unknown(why.into()));
            }
            _ => {}
        }
        let leases: Api<Lease> = Api::namespaced(client.clone(), self.namespace);
        let name = self.lease();
        let lease = match leases.get_opt(&name).await {
            Ok(lease) => lease,
            Err(Error::Api(status)) if status.code == 403 => {
                return Ok(Leader::Unknown(status.message.into()));
            }
            Err(error) => return Err(api(&format!("read the Lease {name}"))(error)),
        };
        let Some(lease) = lease else {
            return Ok(Leader::Unknown(format!("there is no Lease {name}").into()));
        };
        let holder = lease.spec.and_then(|spec| spec.holder_identity).unwrap_or_default();
        if self.pods.contains(&holder) {
            return Ok(Leader::Known(holder));
        }
        let why = format!("no live pod is the holder of the Lease {name}: `{holder}`");
        Ok(Leader::Unknown(why.into()))
    }

    /// Name of the Lease. Seen in a run on 3.7.18 with an instance ID.
    fn lease(&self) -> String {
        match self.instance_id {
            Some(id) => format!("{CONTROLLER}-{id}"),
            None => CONTROLLER.to_owned(),
        }
    }
}
