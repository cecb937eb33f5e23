//! Times in milliseconds, as histories and reports have them.

use std::time::Duration;

/// A time in whole milliseconds, rounded down. The largest number stands for a longer time.
pub fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
