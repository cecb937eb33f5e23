//! The pauses between two tries of an action that gives no event. No other file of this crate
//! sleeps.

use std::time::Duration;

use tokio::time::Instant;

/// Pause between two tries to reach an API server that did not answer.
pub const RETRY: Duration = Duration::from_millis(250);
/// Pause between two probes of the environment's health.
pub const PROBE: Duration = Duration::from_secs(1);
/// Pause between two listings of a case's objects in the object store.
pub const LISTING: Duration = Duration::from_millis(500);
/// Pause between two questions whether a right is granted or revoked.
pub const RIGHT: Duration = Duration::from_millis(30);

/// Waits until a moment.
pub async fn until(moment: Instant) {
    tokio::time::sleep_until(moment).await;
}

/// Waits for a time.
pub async fn pause(between: Duration) {
    tokio::time::sleep(between).await;
}
