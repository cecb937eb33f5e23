//! The replica of a controller that takes up workflows.

use k8s_openapi::api::coordination::v1::Lease;
use kube::api::Api;
use kube::{Client, Error};
use model::argo_api::controller_lease;
use model::controller::Leader;

use super::error::{ControllerError, api};

/// The replicas that elect a leader.
pub struct Electors<'e> {
    /// Namespace of the pods.
    pub namespace: &'e str,
    /// Value of the label of the objects that the controller takes up.
    pub instance_id: Option<&'e str>,
    /// Names of the live pods.
    pub pods: &'e [String],
    /// Whether each replica leads without an election.
    pub alone: bool,
}

impl Electors<'_> {
    /// The leader. One replica alone leads. The holder of the Lease leads among several.
    ///
    /// # Errors
    /// [`ControllerError::Api`].
    pub async fn leader(&self, client: &Client) -> Result<Leader, ControllerError> {
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
        let name = controller_lease(self.instance_id);
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
}
