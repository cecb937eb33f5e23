//! The state of the watch of one source.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use super::progress::{ListAnswer, WatchProgress};
use super::source::Source;

/// The progress of a watch, its trouble, and the list that it must tell.
#[derive(Default)]
pub(super) struct WatchState {
    /// The version at which the watch resumes.
    pub(super) version: String,
    pub(super) progress: WatchProgress,
    /// The reason why the watch is not connected.
    pub(super) broken: Option<String>,
    /// The reason why the watch may not be up to date.
    pub(super) late: Option<String>,
    /// The watch was late and was resumed at its version. No mark has come since.
    pub(super) resumed: bool,
    /// The list that the watch must have told for the next mark.
    pub(super) awaited: Option<Awaited>,
    /// The moment of the API server's first answer on the open watch.
    pub(super) opened: Option<Instant>,
    /// The watch is to be opened again before the next mark.
    pub(super) renewing: bool,
    pub(super) bells: Arc<Bells>,
}

/// The signals that wake the tasks of a source.
#[derive(Default)]
pub(super) struct Bells {
    /// A mark is requested.
    pub(super) mark: Notify,
    /// The open watch is to be given up.
    pub(super) reopen: Notify,
    /// The watch is to be opened again at its version.
    pub(super) renew: Notify,
}

/// A list that the watch must have told.
pub(super) struct Awaited {
    pub(super) shown: ListAnswer,
    /// The moment of the request for the list.
    pub(super) asked: Instant,
    /// The channel for the message that the mark is recorded.
    pub(super) done: oneshot::Sender<()>,
}

impl WatchState {
    /// The trouble of the watch. A broken connection comes before a late watch.
    pub(super) fn trouble(&self, source: &Source) -> Option<String> {
        let broken = self.broken.as_ref().map(|why| format!("{}: {why}", source.words()));
        broken.or_else(|| self.late.clone())
    }

    /// Requests a mark after the watch is opened again. A silent connection may hide an object that
    /// no list shows.
    pub(super) fn renew(&mut self) {
        (self.awaited, self.renewing) = (None, true);
        self.bells.renew.notify_one();
    }

    /// Notes that the watch is open. Requests the mark that waited for it.
    pub(super) fn open(&mut self) -> Arc<Bells> {
        (self.broken, self.opened) = (None, Some(Instant::now()));
        if std::mem::take(&mut self.renewing) {
            self.bells.mark.notify_one();
        }
        self.bells.clone()
    }

    /// Sets the list that the watch must have told. A list from before the watch was opened does
    /// not count.
    pub(super) fn expect(&mut self, awaited: Awaited) {
        let is_old = self.opened.is_some_and(|opened| awaited.asked < opened);
        self.awaited = (!self.renewing && !is_old).then_some(awaited);
    }

    /// Takes the awaited list if the watch has told all of it.
    pub(super) fn take_told(&mut self) -> Option<Awaited> {
        self.awaited.take_if(|awaited| self.progress.has_all_of(&awaited.shown))
    }
}

/// The message of a watch that is late, with the age of the list's request.
pub(super) fn late(source: &Source, shown: &ListAnswer, ago: Duration) -> String {
    let (seconds, version) = (ago.as_secs(), shown.version);
    format!("{} has not told version {version}, asked for {seconds}s ago", source.words())
}
