//! Raw watches: every event of every recorded kind, in order, and every gap.
//!
//! One watch per kind covers the whole cluster, and its events are split by namespace. In prepared
//! namespaces, one watch per kind and namespace needs no rights beyond them.
//!
//! A watch that ends is resumed at the last version that it told. The API server may no longer have
//! that version. The events in between are then lost. Every open history of the source gets a gap,
//! every object that is there, and a mark.
//!
//! A watch may tell less than the API server shows. It is resumed at the last version that it told.
//! A watch that still tells less is listed again.

mod controller;
mod executor_waits;
mod follow;
mod marks;
mod pod_start;
mod postponed;
mod progress;
mod source;
mod state;
pub mod troubles;
mod watches;

use model::CaseTrouble;
use model::history::{Kind, Part};
use provision::existing::ControllerError;
use provision::installation::Installation;
use tokio::time::Instant;

use crate::listings::Listings;
pub(crate) use controller::ControllerPods;
pub use controller::{Controller, Replica};
use follow::follow;
use marks::keep_marking;
pub(crate) use source::in_namespace;
use source::{list, sources};
pub(crate) use watches::NodeTroubles;
pub use watches::Watches;

/// The state of the object store that a run without listings does not observe, and the cause.
const UNLISTED: &str = "whether the object store answers: the run does not list the bucket";

/// The watches did not begin.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// The first list of a kind failed.
    #[error("failed to watch {kind:?}")]
    List {
        /// The kind.
        kind: Kind,
        /// Error of the API server or the client.
        #[source]
        cause: Box<kube::Error>,
    },
    /// The leader among the controllers is not known.
    #[error(transparent)]
    Leader(#[from] ControllerError),
}

/// Trouble that no case counts. Steps can cause faults of a store behind the proxy. Argo's own
/// manifests give the rights on an installation of the harness, and a missing one is Argo's fault.
/// The network of the pods is then the harness's own, and an executor that hangs is Argo's fault.
fn uncounted(installation: &Installation) -> Vec<CaseTrouble> {
    let store = installation.proxy.as_ref().map(|_| CaseTrouble::ObjectStore);
    let argo = [CaseTrouble::Rights, CaseTrouble::ExecutorWait];
    let argo = installation.found.is_none().then_some(argo);
    store.into_iter().chain(argo.into_iter().flatten()).collect()
}

impl Watches {
    /// Begins to watch every kind, for this number of cases. Returns after the first list of each
    /// kind.
    ///
    /// # Errors
    /// If the API server refuses a list.
    pub async fn start(installation: &Installation, cases: usize) -> Result<Self, WatchError> {
        let client = &installation.client;
        let listings = Listings::of(installation, cases);
        let controller = Controller::new(ControllerPods::of(installation));
        let is_observed = listings.are_possible();
        let argo = installation.argo_namespace.clone();
        let watches = Self::new(argo, controller, listings, uncounted(installation));
        if !is_observed {
            watches.record_unobserved(Part::Store, UNLISTED.to_owned());
        }
        let lists = sources(installation).into_iter().map(|source| async move {
            let asked = Instant::now();
            let listed = list(client, &source).await;
            (source, asked, listed)
        });
        for (source, asked, listed) in futures::future::join_all(lists).await {
            let kind = source.kind;
            let listed =
                listed.map_err(|cause| WatchError::List { kind, cause: Box::new(cause) })?;
            let version = watches.take_list(&source, None, asked, listed);
            let (this, client) = (watches.clone(), client.clone());
            tokio::spawn(async move {
                tokio::select! {
                    () = this.stop.cancelled() => {}
                    () = follow(&this, &client, &source, version) => {}
                    () = keep_marking(&this, &client, &source) => {}
                }
            });
        }
        watches.observe(installation).await?;
        let this = watches.clone();
        tokio::spawn(async move { this.stop.run_until_cancelled(this.listings.keep()).await });
        Ok(watches)
    }
}
