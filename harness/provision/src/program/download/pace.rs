//! The pace of a download.

use std::time::{Duration, Instant};

/// Smallest number of bytes in each window of a download.
#[derive(Clone, Copy, Debug)]
pub(super) struct Least {
    /// Length of a window.
    pub(super) window: Duration,
    /// Bytes.
    pub(super) bytes: u64,
}

/// Bytes of the current window of a download.
pub(super) struct Pace {
    least: Least,
    began: Instant,
    bytes: u64,
}

impl Pace {
    pub(super) fn begin(least: Least, now: Instant) -> Self {
        Self { least, began: now, bytes: 0 }
    }

    /// Counts bytes that came.
    pub(super) fn add(&mut self, bytes: u64) {
        self.bytes += bytes;
    }

    /// Whether the last whole window had too few bytes. A new window begins after a whole one.
    pub(super) fn is_slow(&mut self, now: Instant) -> bool {
        if now.duration_since(self.began) < self.least.window {
            return false;
        }
        let slow = self.bytes < self.least.bytes;
        (self.began, self.bytes) = (now, 0);
        slow
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use rstest::rstest;

    use super::{Least, Pace};

    #[rstest]
    #[case::enough(&[(5, 60), (5, 60)], &[false, false])]
    #[case::too_few(&[(10, 99)], &[true])]
    #[case::exactly(&[(10, 100)], &[false])]
    #[case::each_window_alone(&[(10, 1000), (9, 0), (1, 0)], &[false, false, true])]
    fn a_window_with_too_few_bytes_is_slow(
        #[case] parts: &[(u64, u64)],
        #[case] expected: &[bool],
    ) {
        let mut now = Instant::now();
        let least = Least { window: Duration::from_secs(10), bytes: 100 };
        let mut pace = Pace::begin(least, now);
        let seen: Vec<bool> = parts
            .iter()
            .map(|&(seconds, bytes)| {
                now += Duration::from_secs(seconds);
                pace.add(bytes);
                pace.is_slow(now)
            })
            .collect();
        assert_eq!(seen, expected);
    }
}
