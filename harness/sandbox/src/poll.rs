//! The only polling of the crate, for conditions without an event.

use std::time::{Duration, Instant};

/// Pause between two checks of a condition.
const PACE: Duration = Duration::from_millis(2);

/// Checks `condition` until it holds, at most for `patience`. True if the condition held.
///
/// The kernel gives no event for a released cgroup, a free lock, or the end of another's child.
pub(crate) fn until(patience: Duration, mut condition: impl FnMut() -> bool) -> bool {
    let began = Instant::now();
    loop {
        if condition() {
            return true;
        }
        if began.elapsed() >= patience {
            return false;
        }
        std::thread::park_timeout(PACE);
    }
}
