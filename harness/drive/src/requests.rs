//! The requests that a case's pods make to the store, as the proxy before it tells them.

use model::history::{Part, Request, What};
use proxy::{Faults, FollowError, Followed, Told};

use crate::case::{DriveError, Run};
use crate::recorder::Recorder;

/// Follows the requests for the case's keys, where there is a proxy.
pub(crate) async fn follow(
    run: &Run<'_>,
) -> Result<(Option<Followed>, Option<Faults>), FollowError> {
    let Some(socket) = &run.installation.proxy else { return Ok((None, None)) };
    let (followed, faults) = proxy::follow(socket, &format!("{}/", run.namespace)).await?;
    Ok((Some(followed), Some(faults)))
}

/// Records what is told, again and again. Ends when that cannot go on.
pub(crate) async fn record(followed: Option<Followed>, recorder: &Recorder) -> DriveError {
    let Some(mut followed) = followed else { return std::future::pending().await };
    loop {
        let what = match followed.next().await {
            Ok(Told::Ended { request, took }) => {
                let asked = recorder.now().saturating_sub(took);
                What::Requested(Request { asked, ..request })
            }
            Ok(Told::Trouble(why)) => What::Probed { part: Part::Store, trouble: Some(why) },
            Err(gone) => return gone.into(),
        };
        if let Err(broken) = recorder.record(what) {
            return broken.into();
        }
    }
}
