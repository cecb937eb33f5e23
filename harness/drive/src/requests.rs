//! The requests of a case's pods to the object store, as the proxy reports them.

use std::path::Path;

use model::history::{EventKind, Part, Request};
use proxy::{Faults, FollowError, Followed, ProxyEvent};

use crate::error::DriveError;
use crate::recorder::Recorder;

/// Follows the requests for the case's keys. `None` without a proxy.
pub(crate) async fn follow(
    proxy: Option<&Path>,
    namespace: &str,
) -> Result<(Option<Followed>, Option<Faults>), FollowError> {
    let Some(socket) = proxy else { return Ok((None, None)) };
    let (followed, faults) = proxy::follow(socket, &format!("{namespace}/")).await?;
    Ok((Some(followed), Some(faults)))
}

/// Records each request. Ends with the error of the proxy or of the recorder.
pub(crate) async fn record(followed: Option<Followed>, recorder: &Recorder) -> DriveError {
    let Some(mut followed) = followed else { return std::future::pending().await };
    loop {
        let what = match followed.next().await {
            Ok(ProxyEvent::Ended { request, took }) => {
                let asked = recorder.now().saturating_sub(took);
                EventKind::Requested(Request { asked_at: asked, ..request })
            }
            Ok(ProxyEvent::Trouble(why)) => {
                EventKind::Probed { part: Part::Store, error: Some(why) }
            }
            Err(gone) => return gone.into(),
        };
        if let Err(broken) = recorder.record(what) {
            return broken.into();
        }
    }
}
