//! Watches the workers: an input on which one of them works for too long is a hang.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Stands in for the number of inputs of a worker that came to its end.
pub(crate) const ENDED: u64 = u64::MAX;

/// What a worker does.
#[derive(Debug, Default)]
pub(crate) struct Worker {
    /// Inputs that it has begun.
    pub(crate) begun: AtomicU64,
    /// The input at hand.
    pub(crate) input: Mutex<Vec<u8>>,
    /// Where the system tells how long its thread has run, if it does.
    pub(crate) account: Mutex<Option<String>>,
}

/// What is known of a worker's input.
#[derive(Clone, Debug)]
pub(crate) struct Since {
    begun: u64,
    worked: Option<Duration>,
    seen: Instant,
}

/// An input may wait for so many times the time for which it may work.
const PATIENCE: u32 = 30;

impl Worker {
    /// The input at hand, if the worker works on it for longer than `limit`, or does nothing for
    /// far longer. `since` is what was known before.
    pub(crate) fn hang(&self, since: &mut Option<Since>, limit: Duration) -> Option<Vec<u8>> {
        let begun = self.begun.load(Ordering::Relaxed);
        let before = since.get_or_insert_with(|| self.now(begun));
        if before.begun != begun || begun == ENDED {
            *before = self.now(begun);
            return None;
        }
        let worked = self.worked().zip(before.worked).map(|(now, then)| now.saturating_sub(then));
        let waited = before.seen.elapsed();
        let too_long = worked.is_some_and(|worked| worked > limit) || waited > limit * PATIENCE;
        too_long.then(|| self.input.lock().map(|input| input.clone()).unwrap_or_default())
    }

    fn now(&self, begun: u64) -> Since {
        Since { begun, worked: self.worked(), seen: Instant::now() }
    }

    /// How long its thread has run.
    fn worked(&self) -> Option<Duration> {
        let account = self.account.lock().ok()?.clone()?;
        let text = std::fs::read_to_string(account).ok()?;
        Some(Duration::from_nanos(text.split_whitespace().next()?.parse().ok()?))
    }
}

/// Where the system tells how long this thread has run.
pub(crate) fn account() -> Option<String> {
    let link = std::fs::read_link("/proc/thread-self").ok()?;
    Some(format!("/proc/{}/schedstat", link.display()))
}
