//! Repeated listings of the object store, which reports no changes.

use std::sync::Arc;

use model::history::{EventKind, Part};
use provision::installation::{Installation, Namespaces};
use provision::store::Store;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::pauses;
use crate::recorder::{RecordError, Recorder};

/// Listings of the object store. Several cases of this process share one listing of the harness's
/// own object store. Otherwise each case lists the keys below its own prefix.
#[derive(Clone)]
pub(crate) struct Listings {
    /// `None`: the run may not list the bucket.
    store: Option<Store>,
    shared: Option<watch::Sender<Option<Arc<Listing>>>>,
}

/// One answer of the object store.
struct Listing {
    /// The moment of the request.
    asked: Instant,
    /// Keys with their `ETag`s, or the error.
    said: Result<Vec<(String, String)>, String>,
}

impl Listings {
    /// The listings of an installation for a number of cases. Lists nothing yet.
    pub(crate) fn of(installation: &Installation, cases: usize) -> Self {
        let ours = matches!(installation.namespaces, Namespaces::Made);
        let shared = (ours && cases > 1).then(watch::Sender::default);
        Self { store: installation.store.clone(), shared }
    }

    /// Lists again and again for all cases. Never ends.
    pub(crate) async fn keep(&self) {
        let Some(shared) = &self.shared else { return std::future::pending().await };
        loop {
            if let Some(store) = &self.store
                && shared.receiver_count() > 0
            {
                shared.send_replace(Some(Arc::new(list(store, "").await)));
            }
            pauses::pause(pauses::LISTING).await;
        }
    }

    /// Whether the run may list the bucket.
    pub(crate) fn are_possible(&self) -> bool {
        self.store.is_some()
    }

    /// Records every listing of the keys below a prefix. Ends when a listing cannot be recorded.
    /// Records nothing if the run may not list the bucket. `own` returns the trouble with the store
    /// that the case alone has.
    pub(crate) async fn record(
        &self,
        prefix: &str,
        recorder: &Recorder,
        own: impl Fn() -> Option<String>,
    ) -> RecordError {
        let Some(store) = &self.store else { return std::future::pending().await };
        let began = Instant::now();
        let mut shared = self.shared.as_ref().map(watch::Sender::subscribe);
        loop {
            let listing = match &mut shared {
                None => Arc::new(list(store, prefix).await),
                Some(shared) => next(shared).await,
            };
            if listing.asked >= began {
                let below = if shared.is_some() { prefix } else { "" };
                if let Err(broken) = listing.record(below, recorder, &own) {
                    return broken;
                }
            }
            if shared.is_none() {
                pauses::pause(pauses::LISTING).await;
            }
        }
    }
}

async fn next(shared: &mut watch::Receiver<Option<Arc<Listing>>>) -> Arc<Listing> {
    loop {
        if shared.changed().await.is_err() {
            return std::future::pending().await;
        }
        if let Some(listing) = shared.borrow_and_update().clone() {
            return listing;
        }
    }
}

async fn list(store: &Store, prefix: &str) -> Listing {
    let asked = Instant::now();
    let said = store.list(prefix).await.map_err(|error| error.to_string());
    Listing { asked, said }
}

impl Listing {
    fn record(
        &self,
        prefix: &str,
        recorder: &Recorder,
        own: &impl Fn() -> Option<String>,
    ) -> Result<(), RecordError> {
        let trouble = match &self.said {
            Ok(objects) => {
                let below = |(key, etag): &(String, String)| {
                    Some((key.strip_prefix(prefix)?.to_owned(), etag.clone()))
                };
                let (keys, etags) = objects.iter().filter_map(below).unzip();
                let asked = recorder.at(self.asked);
                recorder.record(EventKind::Listed { asked_at: asked, keys, etags })?;
                own()
            }
            Err(why) => Some(why.clone()),
        };
        recorder.record(EventKind::Probed { part: Part::Store, error: trouble }).map(drop)
    }
}
