//! Holds namespaces against other runs, by a Lease in each.

use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use kube::api::{Api, DeleteParams, ObjectMeta, PostParams};
use kube::{Client, Error};

use crate::api_error::ApiError;

/// Name of the Lease.
const NAME: &str = "argo-conformance";
/// How long a Lease holds after it was renewed.
const HOLDS: Duration = Duration::from_mins(1);
/// How often it is renewed.
const RENEWED: Duration = Duration::from_secs(15);

/// A namespace cannot be held.
#[derive(Debug, thiserror::Error)]
pub enum HoldError {
    /// Another run holds it.
    #[error(
        "namespace {namespace} is in use by run {holder}\nhint: a run that was killed holds it \
         for {}s at most; lend more namespaces for runs side by side", HOLDS.as_secs()
    )]
    Held {
        /// Which.
        namespace: String,
        /// By whom.
        holder: String,
    },
    /// The API server did not do it.
    #[error("hold namespace {namespace} by a Lease")]
    Api {
        /// Which.
        namespace: String,
        /// What it said.
        #[source]
        cause: ApiError,
    },
}

/// Namespaces that are held. [`Hold::give_back`] ends it; otherwise it ends by itself.
pub struct Hold {
    client: Client,
    run: String,
    namespaces: Vec<String>,
    renewing: tokio::task::JoinHandle<()>,
}

impl Hold {
    /// Takes every namespace, or none.
    ///
    /// # Errors
    /// [`HoldError`], of the first that cannot be held.
    pub async fn take(
        client: &Client,
        namespaces: &[String],
        run: &str,
    ) -> Result<Self, HoldError> {
        let mut taken = Vec::new();
        for namespace in namespaces {
            if let Err(error) = take(client, namespace, run).await {
                give_back(client, &taken, run).await;
                return Err(error);
            }
            taken.push(namespace.clone());
        }
        let renewing = tokio::spawn(renew(client.clone(), taken.clone(), run.to_owned()));
        let (client, run) = (client.clone(), run.to_owned());
        Ok(Self { client, run, namespaces: taken, renewing })
    }

    /// Lets other runs use them.
    pub async fn give_back(self) {
        self.renewing.abort();
        give_back(&self.client, &self.namespaces, &self.run).await;
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.renewing.abort();
    }
}

fn leases(client: &Client, namespace: &str) -> Api<Lease> {
    Api::namespaced(client.clone(), namespace)
}

async fn take(client: &Client, namespace: &str, run: &str) -> Result<(), HoldError> {
    let failed =
        |cause| HoldError::Api { namespace: namespace.to_owned(), cause: ApiError::from(cause) };
    let leases = leases(client, namespace);
    let held = |holder: &str| {
        Err(HoldError::Held { namespace: namespace.to_owned(), holder: holder.to_owned() })
    };
    let made = match leases.get_opt(NAME).await.map_err(failed)? {
        None => leases.create(&PostParams::default(), &lease(run, None)).await,
        Some(there) => match holder(&there, Timestamp::now()) {
            Some(other) if other != run => return held(&other),
            // Its version: whoever else takes it meanwhile wins.
            _ => {
                let version = there.metadata.resource_version;
                leases.replace(NAME, &PostParams::default(), &lease(run, version)).await
            }
        },
    };
    match made {
        Ok(_) => Ok(()),
        Err(Error::Api(status)) if status.code == 409 => held("that came first"),
        Err(error) => Err(failed(error)),
    }
}

/// Renews for as long as it is let.
async fn renew(client: Client, namespaces: Vec<String>, run: String) {
    let mut times = tokio::time::interval(RENEWED);
    loop {
        times.tick().await;
        for namespace in &namespaces {
            // One that fails is made up for by the next, and lost only after several.
            let _ = take(&client, namespace, &run).await;
        }
    }
}

async fn give_back(client: &Client, namespaces: &[String], run: &str) {
    for namespace in namespaces {
        let leases = leases(client, namespace);
        let there = leases.get_opt(NAME).await.ok().flatten();
        if there.is_some_and(|lease| holder(&lease, Timestamp::now()).as_deref() == Some(run)) {
            // Otherwise it runs out by itself.
            let _ = leases.delete(NAME, &DeleteParams::default()).await;
        }
    }
}

fn lease(run: &str, version: Option<String>) -> Lease {
    let seconds = i32::try_from(HOLDS.as_secs()).unwrap_or(i32::MAX);
    Lease {
        metadata: ObjectMeta {
            name: Some(NAME.to_owned()),
            resource_version: version,
            ..ObjectMeta::default()
        },
        spec: Some(LeaseSpec {
            holder_identity: Some(run.to_owned()),
            lease_duration_seconds: Some(seconds),
            renew_time: Some(MicroTime(Timestamp::now())),
            ..LeaseSpec::default()
        }),
    }
}

/// Who holds it at a moment.
fn holder(lease: &Lease, now: Timestamp) -> Option<String> {
    let spec = lease.spec.as_ref()?;
    let renewed = spec.renew_time.as_ref()?.0;
    let seconds = i64::from(spec.lease_duration_seconds?);
    let held = now.as_second() <= renewed.as_second() + seconds;
    spec.holder_identity.clone().filter(|_| held)
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use rstest::rstest;

    use super::{holder, lease};

    #[rstest]
    #[case::just_renewed(0, true)]
    #[case::before_it_ends(59, true)]
    #[case::after(61, false)]
    fn a_lease_holds_for_a_minute(#[case] seconds: i64, #[case] holds: bool) {
        let later = Timestamp::now() + SignedDuration::from_secs(seconds);
        assert_eq!(holder(&lease("run-1", None), later).is_some(), holds);
    }
}
