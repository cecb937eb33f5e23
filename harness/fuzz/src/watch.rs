//! Watches the workers. A hang is an input on which a worker works too long.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Number of inputs of a worker that has ended.
pub(crate) const ENDED: u64 = u64::MAX;

/// The state of a worker.
#[derive(Debug, Default)]
pub(crate) struct Worker {
    /// Number of inputs that the worker has begun.
    pub(crate) begun: AtomicU64,
    /// The present input.
    pub(crate) input: Mutex<Vec<u8>>,
    /// Path of the file with the processor time of the worker's thread. `None` if the system has no
    /// such file.
    pub(crate) account: Mutex<Option<String>>,
}

/// The first look at a worker's present input.
#[derive(Clone, Debug)]
pub(crate) struct Since {
    begun: u64,
    worked: Option<Duration>,
    seen: Instant,
}

/// Real time of an input, as a multiple of the limit of its processor time.
const PATIENCE: u32 = 30;

impl Worker {
    /// The present input if it is a hang: its processor time exceeds `limit`, or its real time far
    /// exceeds `limit`. `since` is the first look at the input.
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

    /// Processor time of the worker's thread.
    fn worked(&self) -> Option<Duration> {
        let account = self.account.lock().ok()?.clone()?;
        let text = std::fs::read_to_string(account).ok()?;
        Some(Duration::from_nanos(text.split_whitespace().next()?.parse().ok()?))
    }
}

/// Path of the file with the processor time of this thread.
pub(crate) fn account() -> Option<String> {
    let link = std::fs::read_link("/proc/thread-self").ok()?;
    Some(format!("/proc/{}/schedstat", link.display()))
}
