//! Where the watch of one source stands.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use super::source::Source;
use super::told::{Shown, Told};

/// How far a watch is, what is wrong with it, and what it is to prove.
#[derive(Default)]
pub(super) struct Standing {
    /// Version from which the watch would go on.
    pub(super) version: String,
    pub(super) told: Told,
    /// Why the watch is not connected.
    pub(super) broken: Option<String>,
    /// Why the watch is not known to be up to date.
    pub(super) late: Option<String>,
    /// The watch was late and has gone on from its version; no mark has come since.
    pub(super) resumed: bool,
    /// What the watch must have told for the next mark.
    pub(super) awaited: Option<Awaited>,
    /// When the API server began to tell on the open watch.
    pub(super) opened: Option<Instant>,
    /// The watch is to be opened again before the next mark.
    pub(super) renewing: bool,
    pub(super) bells: Arc<Bells>,
}

/// What wakes the tasks of a source.
#[derive(Default)]
pub(super) struct Bells {
    /// A mark is wanted now.
    pub(super) mark: Notify,
    /// The open watch is to be given up.
    pub(super) reopen: Notify,
    /// The watch is to be opened again where it stands.
    pub(super) renew: Notify,
}

/// A list that the watch must have told.
pub(super) struct Awaited {
    pub(super) shown: Shown,
    /// When the list was asked for.
    pub(super) asked: Instant,
    /// Told when the mark is recorded.
    pub(super) done: oneshot::Sender<()>,
}

impl Standing {
    /// What is wrong with the watch.
    pub(super) fn trouble(&self, source: &Source) -> Option<String> {
        let broken = self.broken.as_ref().map(|why| format!("{}: {why}", source.words()));
        broken.or_else(|| self.late.clone())
    }

    /// A mark is wanted, and the watch is opened again before it. A connection that fell silent may
    /// hide an object that no list shows.
    pub(super) fn renew(&mut self) {
        (self.awaited, self.renewing) = (None, true);
        self.bells.renew.notify_one();
    }

    /// The watch is open. A mark that waited for it is asked for.
    pub(super) fn open(&mut self) -> Arc<Bells> {
        (self.broken, self.opened) = (None, Some(Instant::now()));
        if std::mem::take(&mut self.renewing) {
            self.bells.mark.notify_one();
        }
        self.bells.clone()
    }

    /// The watch is to have told what a list shows. A list from before the watch was opened does
    /// not count.
    pub(super) fn expect(&mut self, awaited: Awaited) {
        let is_old = self.opened.is_some_and(|opened| awaited.asked < opened);
        self.awaited = (!self.renewing && !is_old).then_some(awaited);
    }

    /// The list that was awaited, if the watch has told all of it.
    pub(super) fn take_told(&mut self) -> Option<Awaited> {
        self.awaited.take_if(|awaited| self.told.has_all_of(&awaited.shown))
    }
}

/// What is late, in words: a list was asked for so long ago.
pub(super) fn late(source: &Source, shown: &Shown, ago: Duration) -> String {
    let (seconds, version) = (ago.as_secs(), shown.version);
    format!("{} has not told version {version}, asked for {seconds}s ago", source.words())
}
