//! The Lease of another run, as this process saw it first.

use k8s_openapi::api::coordination::v1::Lease;
use tokio::time::Instant;

use super::holder;
use crate::budgets;

/// The Lease of another run at the first look.
#[derive(Debug)]
pub(super) struct SeenLease {
    /// Changes with each write of the Lease.
    version: Option<String>,
    /// The moment of the first look, by the own clock.
    since: Instant,
}

/// The result of a look at a Lease.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// No other run holds the Lease.
    Free,
    /// This run wrote the Lease since the first look.
    Held(String),
    /// The wait for a change of this run's Lease begins.
    Began(String),
    /// The wait is not over.
    Waits,
}

impl SeenLease {
    /// Compares the Lease with the one of the first look. `None` as `seen`: this is the first look.
    pub(super) fn claim(seen: &mut Option<Self>, there: Option<&Lease>, run: &str) -> Claim {
        let other = |lease: &&Lease| holder(lease).is_some_and(|holder| holder != run);
        let Some(there) = there.filter(other) else { return Claim::Free };
        let version = there.metadata.resource_version.clone();
        let holder = holder(there).unwrap_or_default().to_owned();
        match seen {
            None => {
                *seen = Some(Self { version, since: Instant::now() });
                Claim::Began(holder)
            }
            Some(first) if first.version != version => Claim::Held(holder),
            Some(first) if first.since.elapsed() >= budgets::NAMESPACE_LEASE.time => Claim::Free,
            Some(_) => Claim::Waits,
        }
    }
}
