//! Removals of directories, in threads. The sources and caches of a build are many files.

use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::entry;
use super::lock::Lock;

/// The removals of this process.
static REMOVALS: Removals = Removals::new();

/// Waits for the removals of directories of builds, at most for `time`. Returns true if they ended.
pub fn removals_end_within(time: Duration) -> bool {
    REMOVALS.end_within(time)
}

/// Waits for the removals of directories of builds. Call it at the end of a process.
pub fn finish_removals() {
    REMOVALS.finish();
}

/// Lets removals end with the process. The next build removes the rest.
pub fn leave_removals() {
    REMOVALS.leave();
}

/// Removes the directory of a build in a thread, which holds the lock of the build.
pub(crate) fn remove_in_thread(directory: PathBuf, lock: Lock) {
    REMOVALS.begin(move || {
        // The next build removes a directory that cannot be removed now.
        let _ = entry::remove(&directory);
        drop(lock);
    });
}

struct Removals {
    state: Mutex<State>,
    ended: Condvar,
}

struct State {
    running: usize,
    /// True if nobody waits for removals any more.
    left: bool,
}

/// One removal. Drop ends it, also after a panic.
struct Running(&'static Removals);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.lock().running -= 1;
        self.0.ended.notify_all();
    }
}

impl State {
    /// True if somebody has to wait. The signature is that of a condition variable.
    fn goes_on(&mut self) -> bool {
        self.running > 0 && !self.left
    }
}

impl Removals {
    const fn new() -> Self {
        let state = Mutex::new(State { running: 0, left: false });
        Self { state, ended: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&'static self, remove: impl FnOnce() + Send + 'static) {
        self.lock().running += 1;
        let running = Running(self);
        std::thread::spawn(move || {
            let _running = running;
            remove();
        });
    }

    fn end_within(&self, time: Duration) -> bool {
        let waited = self.ended.wait_timeout_while(self.lock(), time, State::goes_on);
        let (_state, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        !waited.timed_out()
    }

    fn finish(&self) {
        drop(self.ended.wait_while(self.lock(), State::goes_on));
    }

    fn leave(&self) {
        self.lock().left = true;
        self.ended.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn a_removal_goes_on_until_somebody_waits_for_its_end() {
        static REMOVALS: Removals = Removals::new();
        let removals = &REMOVALS;
        let (go, wait) = channel();
        let removed = Arc::new(AtomicBool::new(false));
        let shared = Arc::clone(&removed);
        removals.begin(move || {
            wait.recv().expect("a sign");
            shared.store(true, Ordering::SeqCst);
        });
        assert!(!removals.end_within(Duration::ZERO));
        go.send(()).expect("the thread waits");
        removals.finish();
        assert!(removed.load(Ordering::SeqCst));
        assert!(removals.end_within(Duration::ZERO));
    }

    #[test]
    fn a_removal_that_panics_holds_nobody_up() {
        static REMOVALS: Removals = Removals::new();
        REMOVALS.begin(|| panic!("a removal without an end"));
        assert!(REMOVALS.end_within(Duration::from_mins(1)));
    }

    #[test]
    fn removals_that_are_left_alone_hold_nobody_up() {
        static REMOVALS: Removals = Removals::new();
        let removals = &REMOVALS;
        let (go, wait) = channel::<()>();
        removals.begin(move || {
            let _ = wait.recv();
        });
        removals.leave();
        assert!(removals.end_within(Duration::ZERO));
        removals.finish();
        drop(go);
    }
}
