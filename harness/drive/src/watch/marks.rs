//! Marks: the progress of a watch, compared with the lists of the API server.
//!
//! A watch that tells nothing is either quiet or dead. Each source is therefore listed again and
//! again, with metadata alone. Every history of the source gets a mark when the watch has told the
//! whole list. The watch is opened again before a requested mark. The new watch tells of an object
//! that was made and deleted while the old connection was silent.

use kube::Client;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::progress::ListAnswer;
use super::source::{Source, shown};
use super::state::{Awaited, late};
use super::watches::Watches;
use crate::answer::words;
use crate::budgets;
use crate::pauses;

/// Marks one source about every second, and on request. Never ends.
pub(super) async fn keep_marking(watches: &Watches, client: &Client, source: &Source) {
    let bells = watches.state(source, |state| state.bells.clone());
    let mut unanswered = None;
    loop {
        if watches.lock().needs(source) {
            let asked = Instant::now();
            let first = *unanswered.get_or_insert(asked);
            match shown(client, source).await {
                Ok(shown) => {
                    unanswered = None;
                    mark(watches, source, shown, asked).await;
                }
                Err(error) if first.elapsed() >= budgets::WATCH_DELAY.time => {
                    let late = format!("{} cannot be checked: {}", source.words(), words(&error));
                    watches.state(source, |state| state.late = Some(late));
                }
                Err(_) => {}
            }
        } else {
            unanswered = None;
        }
        tokio::select! {
            () = pauses::pause(pauses::PROBE) => {}
            () = bells.mark.notified() => {}
        }
    }
}

/// Waits until the watch has told a list. The watch is opened again if that takes too long.
async fn mark(watches: &Watches, source: &Source, shown: ListAnswer, asked: Instant) {
    let (done, marked) = oneshot::channel();
    let missing = shown.clone();
    watches.lock().expect(source, Awaited { shown, asked, done });
    if tokio::time::timeout_at(asked + budgets::WATCH_DELAY.time, marked).await.is_ok() {
        return;
    }
    let words = late(source, &missing, asked.elapsed());
    let bells = watches.state(source, |state| {
        state.awaited = None;
        state.late = Some(words);
        state.bells.clone()
    });
    bells.reopen.notify_waiters();
}
