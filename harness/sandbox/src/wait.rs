//! The one place that waits for something that gives no event.

use std::time::{Duration, Instant};

/// How often a condition is looked at.
const PACE: Duration = Duration::from_millis(2);

/// Looks at `condition` until it holds, at most for `patience`; whether it came to hold.
///
/// For what the kernel gives no event: that a cgroup is let go of, that a process that is not our
/// child is gone, that a lock is free.
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
