//! The only file of this crate that sleeps: between two tries of something that gives no event.

use std::time::Duration;

use tokio::time::Instant;

/// Between two tries to reach an API server that did not answer.
pub const RETRY: Duration = Duration::from_millis(250);
/// Between two probes of the environment's health.
pub const PROBE: Duration = Duration::from_secs(1);
/// Between two listings of a case's objects in the store.
pub const LISTING: Duration = Duration::from_millis(500);
/// Between two questions whether a right is granted or revoked.
pub const RIGHT: Duration = Duration::from_millis(30);

/// Waits for a moment.
pub async fn until(moment: Instant) {
    tokio::time::sleep_until(moment).await;
}

/// Waits between two tries.
pub async fn pause(between: Duration) {
    tokio::time::sleep(between).await;
}
