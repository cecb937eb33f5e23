//! Reservation of namespaces against other runs, by a Lease in each namespace.
//!
//! No clock of another machine counts. The Lease of another run is free after it did not change for
//! [`budgets::NAMESPACE_LEASE`] of the own clock.

mod seen;

use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use kube::api::{Api, DeleteParams, ObjectMeta, PostParams};
use kube::{Client, Error};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::api_error::ApiError;
use crate::budgets;
use crate::installation::Alarm;
use seen::{Claim, SeenLease};

/// Name of the Lease.
const NAME: &str = "argo-conformance";
/// Time between two renewals.
const RENEWED: Duration = Duration::from_secs(15);
/// Time between two looks at the Lease of another run.
const LOOKED: Duration = Duration::from_secs(5);

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
            Self::Held { .. } => {
                Some("Wait for the end of that run, or prepare more namespaces.".to_owned())
            }
            Self::Api { .. } => None,
        }
    }

    fn api(namespace: &str, cause: Error) -> Self {
        Self::Api { namespace: namespace.to_owned(), cause: cause.into() }
    }

    fn held(namespace: &str, holder: &str) -> Self {
        Self::Held { namespace: namespace.to_owned(), holder: holder.to_owned() }
    }
}

/// Reserved namespaces. [`Hold::give_back`] ends the reservation at once. After a drop, the Leases
/// expire.
pub struct Hold {
    client: Client,
    run: String,
    namespaces: Vec<String>,
    /// Aborts the renewals at its drop.
    renewing: JoinSet<()>,
}

impl Hold {
    /// Reserves every namespace, or none. Waits for the Lease of a killed run. Calls `note` with a
    /// sentence about each wait. A task renews each Lease from its reservation on. The task raises
    /// the alarm if another run may have used a namespace during the reservation.
    ///
    /// # Errors
    /// [`HoldError`] of the first namespace that cannot be reserved.
    pub async fn take(
        client: &Client,
        namespaces: &[String],
        run: &str,
        alarm: &Alarm,
        note: impl Fn(&str),
    ) -> Result<Self, HoldError> {
        let mut hold = Self {
            client: client.clone(),
            run: run.to_owned(),
            namespaces: namespaces.to_vec(),
            renewing: JoinSet::new(),
        };
        let note = &note;
        let taking = namespaces.iter().map(|namespace| async move {
            let one = OneLease::new(client, namespace, run);
            one.take(note).await.map(|()| one)
        });
        let mut taking: FuturesUnordered<_> = taking.collect();
        while let Some(taken) = taking.next().await {
            match taken {
                Ok(one) => drop(hold.renewing.spawn(one.keep(alarm.clone()))),
                Err(error) => {
                    drop(taking);
                    hold.give_back().await;
                    return Err(error);
                }
            }
        }
        drop(taking);
        Ok(hold)
    }

    /// Deletes the Leases. A Lease that cannot be deleted expires.
    pub async fn give_back(mut self) {
        self.renewing.shutdown().await;
        for namespace in &self.namespaces {
            OneLease::new(&self.client, namespace, &self.run).give_back().await;
        }
    }
}

/// The Lease of one namespace for a run.
struct OneLease {
    leases: Api<Lease>,
    namespace: String,
    run: String,
}

impl OneLease {
    fn new(client: &Client, namespace: &str, run: &str) -> Self {
        let leases = Api::namespaced(client.clone(), namespace);
        Self { leases, namespace: namespace.to_owned(), run: run.to_owned() }
    }

    /// Makes the Lease one of this run. The Lease of another run must not change meanwhile.
    async fn take(&self, note: &impl Fn(&str)) -> Result<(), HoldError> {
        let mut looks = tokio::time::interval(LOOKED);
        let mut seen: Option<SeenLease> = None;
        loop {
            looks.tick().await;
            let there = self.look().await?;
            match SeenLease::claim(&mut seen, there.as_ref(), &self.run) {
                Claim::Free => return self.write(there).await,
                Claim::Held(holder) => return Err(HoldError::held(&self.namespace, &holder)),
                Claim::Began(holder) => note(&waiting(&self.namespace, &holder)),
                Claim::Waits => {}
            }
        }
    }

    /// Renews the Lease until the end of the task.
    async fn keep(self, alarm: Alarm) {
        let mut times = tokio::time::interval(RENEWED);
        let mut renewed = Instant::now();
        loop {
            times.tick().await;
            let outcome = self.renew().await;
            if let Some(trouble) = lost(&self.namespace, &outcome, renewed.elapsed()) {
                alarm.raise(trouble);
            }
            if outcome.is_ok() {
                renewed = Instant::now();
            }
        }
    }

    /// Writes the Lease again. A Lease of another run stays, whatever its age.
    async fn renew(&self) -> Result<(), HoldError> {
        let there = self.look().await?;
        match there.as_ref().and_then(holder).filter(|holder| *holder != self.run) {
            Some(other) => Err(HoldError::held(&self.namespace, other)),
            None => self.write(there).await,
        }
    }

    async fn look(&self) -> Result<Option<Lease>, HoldError> {
        let there = self.leases.get_opt(NAME).await;
        there.map_err(|error| HoldError::api(&self.namespace, error))
    }

    /// Writes the Lease in place of the one that is there. The write fails if another run wrote
    /// meanwhile.
    async fn write(&self, there: Option<Lease>) -> Result<(), HoldError> {
        let params = PostParams::default();
        let written = match there {
            None => self.leases.create(&params, &lease(&self.run, None)).await,
            Some(there) => {
                let version = there.metadata.resource_version;
                self.leases.replace(NAME, &params, &lease(&self.run, version)).await
            }
        };
        match written {
            Ok(_) => Ok(()),
            Err(Error::Api(status)) if status.code == 409 => {
                Err(HoldError::held(&self.namespace, "that came first"))
            }
            Err(error) => Err(HoldError::api(&self.namespace, error)),
        }
    }

    async fn give_back(&self) {
        let there = self.leases.get_opt(NAME).await.ok().flatten();
        if there.as_ref().and_then(holder) == Some(self.run.as_str()) {
            // A Lease that cannot be deleted expires.
            let _ = self.leases.delete(NAME, &DeleteParams::default()).await;
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

fn waiting(namespace: &str, holder: &str) -> String {
    let seconds = budgets::NAMESPACE_LEASE.time.as_secs();
    format!(
        "run {holder} held namespace {namespace}; this run takes it if the Lease does not change \
         for {seconds} s"
    )
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
            // For people. No program compares it with a clock.
            renew_time: Some(MicroTime(Timestamp::now())),
            ..LeaseSpec::default()
        }),
    }
}

/// Id of the run that wrote the Lease. `None`: the Lease names no run.
fn holder(lease: &Lease) -> Option<&str> {
    let holder = lease.spec.as_ref()?.holder_identity.as_deref()?;
    (!holder.is_empty()).then_some(holder)
}

#[cfg(test)]
mod tests;
