//! Reservation of namespaces against other runs, by a Lease in each namespace.

use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use kube::api::{Api, DeleteParams, ObjectMeta, PostParams};
use kube::{Client, Error};
use tokio::time::Instant;

use crate::api_error::ApiError;
use crate::budgets;
use crate::installation::Alarm;

/// Name of the Lease.
const NAME: &str = "argo-conformance";
/// Time between two renewals.
const RENEWED: Duration = Duration::from_secs(15);

/// Error of [`Hold::take`].
#[derive(Debug, thiserror::Error)]
pub enum HoldError {
    /// Another run holds the namespace.
    #[error("failed to hold namespace {namespace}: run {holder} uses it")]
    Held {
        /// Name of the namespace.
        namespace: String,
        /// Id of the other run, or `that came first` if a write conflicts.
        holder: String,
    },
    /// The API server did not answer, or refused the request.
    #[error("failed to hold namespace {namespace} by a Lease")]
    Api {
        /// Name of the namespace.
        namespace: String,
        /// Error of the API server or the client.
        #[source]
        cause: ApiError,
    },
}

impl HoldError {
    /// The remedy. `None`: the error tells of no remedy.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Held { .. } => Some(format!(
                "wait {} s after the kill of that run, or prepare more namespaces",
                budgets::NAMESPACE_LEASE.time.as_secs()
            )),
            Self::Api { .. } => None,
        }
    }
}

/// Reserved namespaces. [`Hold::give_back`] ends the reservation at once. After a drop, the Leases
/// expire.
pub struct Hold {
    client: Client,
    run: String,
    namespaces: Vec<String>,
    renewing: tokio::task::JoinHandle<()>,
}

impl Hold {
    /// Reserves every namespace, or none. A task renews the Leases. The task raises the alarm if
    /// another run may have used a namespace during the reservation.
    ///
    /// # Errors
    /// [`HoldError`] of the first namespace that cannot be reserved.
    pub async fn take(
        client: &Client,
        namespaces: &[String],
        run: &str,
        alarm: &Alarm,
    ) -> Result<Self, HoldError> {
        let mut taken = Vec::new();
        for namespace in namespaces {
            if let Err(error) = take(client, namespace, run).await {
                give_back(client, &taken, run).await;
                return Err(error);
            }
            taken.push(namespace.clone());
        }
        let renewing = taken.iter().map(|namespace| Renewing {
            client: client.clone(),
            namespace: namespace.clone(),
            run: run.to_owned(),
        });
        let renewing = futures::future::join_all(renewing.map(|one| one.go_on(alarm.clone())));
        let renewing = tokio::spawn(async { drop(renewing.await) });
        let (client, run) = (client.clone(), run.to_owned());
        Ok(Self { client, run, namespaces: taken, renewing })
    }

    /// Deletes the Leases. A Lease that cannot be deleted expires.
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
            // The resource version makes the write fail if another run took the Lease meanwhile.
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

/// The Lease of one namespace, with the values for its renewal.
struct Renewing {
    client: Client,
    namespace: String,
    run: String,
}

impl Renewing {
    async fn go_on(self, alarm: Alarm) {
        let mut times = tokio::time::interval(RENEWED);
        let mut renewed = Instant::now();
        loop {
            times.tick().await;
            let outcome = take(&self.client, &self.namespace, &self.run).await;
            if let Some(trouble) = lost(&self.namespace, &outcome, renewed.elapsed()) {
                alarm.raise(trouble);
            }
            if outcome.is_ok() {
                renewed = Instant::now();
            }
        }
    }
}

/// The problem of a namespace that another run may use. `outcome` is the result of the last
/// renewal, `since` the time since the last successful renewal. A failed renewal is no problem
/// before the Lease expires.
fn lost(namespace: &str, outcome: &Result<(), HoldError>, since: Duration) -> Option<String> {
    match outcome {
        Err(HoldError::Held { namespace, holder }) => {
            Some(format!("namespace {namespace} is in use by run {holder} as well"))
        }
        _ if since > budgets::NAMESPACE_LEASE.time => Some(format!(
            "namespace {namespace} may be in use by another run: the Lease was not renewed for {}s",
            since.as_secs()
        )),
        _ => None,
    }
}

async fn give_back(client: &Client, namespaces: &[String], run: &str) {
    for namespace in namespaces {
        let leases = leases(client, namespace);
        let there = leases.get_opt(NAME).await.ok().flatten();
        if there.is_some_and(|lease| holder(&lease, Timestamp::now()).as_deref() == Some(run)) {
            // A Lease that cannot be deleted expires.
            let _ = leases.delete(NAME, &DeleteParams::default()).await;
        }
    }
}

fn lease(run: &str, version: Option<String>) -> Lease {
    let seconds = i32::try_from(budgets::NAMESPACE_LEASE.time.as_secs()).unwrap_or(i32::MAX);
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

/// Id of the run that holds the Lease at a moment. `None`: the Lease has expired or is incomplete.
fn holder(lease: &Lease, now: Timestamp) -> Option<String> {
    let spec = lease.spec.as_ref()?;
    let renewed = spec.renew_time.as_ref()?.0;
    let seconds = i64::from(spec.lease_duration_seconds?);
    let held = now.as_second() <= renewed.as_second() + seconds;
    spec.holder_identity.clone().filter(|_| held)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::{SignedDuration, Timestamp};
    use rstest::rstest;

    use super::{HoldError, holder, lease, lost};

    #[rstest]
    #[case::just_renewed(0, true)]
    #[case::before_it_ends(59, true)]
    #[case::after(61, false)]
    fn a_lease_holds_for_a_minute(#[case] seconds: i64, #[case] holds: bool) {
        let later = Timestamp::now() + SignedDuration::from_secs(seconds);
        assert_eq!(holder(&lease("run-1", None), later).is_some(), holds);
    }

    fn refused() -> Result<(), HoldError> {
        let cause = crate::api_error::ApiError::from(kube::Error::LinesCodecMaxLineLengthExceeded);
        Err(HoldError::Api { namespace: "prepared".to_owned(), cause })
    }

    fn held() -> Result<(), HoldError> {
        Err(HoldError::Held { namespace: "prepared".to_owned(), holder: "run-2".to_owned() })
    }

    #[rstest]
    #[case::renewed(Ok(()), 15, None)]
    #[case::made_up_for_by_the_next(refused(), 45, None)]
    #[case::taken(held(), 15, Some("namespace prepared is in use by run run-2 as well"))]
    #[case::run_out(refused(), 61, Some("the Lease was not renewed for 61s"))]
    #[case::run_out_and_free_again(Ok(()), 75, Some("the Lease was not renewed for 75s"))]
    fn a_namespace_is_lost(
        #[case] outcome: Result<(), HoldError>,
        #[case] seconds: u64,
        #[case] expected: Option<&str>,
    ) {
        let said = lost("prepared", &outcome, Duration::from_secs(seconds));
        assert_eq!(said.is_some(), expected.is_some(), "{said:?}");
        assert!(said.unwrap_or_default().contains(expected.unwrap_or_default()));
    }
}
