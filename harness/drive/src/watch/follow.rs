//! Follows one watch. Resumes a watch that ended, and lists the objects again after a gap.

use futures::StreamExt;
use kube::Client;
use kube::api::WatchEvent;
use model::history::Change;
use tokio::time::Instant;

use super::source::{Source, list, open};
use super::state::WatchState;
use super::watches::Watches;
use crate::answer::{in_time, words};
use crate::budgets;
use crate::pauses;

/// Status code of an API server that no longer has the version of the request.
const EXPIRED: u16 = 410;

/// Seconds after which the API server ends a watch.
const LONG: u32 = 290;

/// Seconds after which the API server ends a watch that was opened for a mark. The API server sends
/// a bookmark two seconds before the end. Without the bookmark, a watch that is often opened would
/// resume at an ever older version.
const SHORT: u32 = 5;

fn idle(source: &Source) -> String {
    format!(
        "{} had no event and no bookmark for {}s",
        source.words(),
        budgets::WATCH_SILENCE.time.as_secs()
    )
}

/// The next request of a watch.
enum NextRequest {
    /// Everything up to this version has been told. Resume there.
    Resume(String),
    /// The events since the last version may be lost, for this reason. List the objects again.
    List(String),
}

/// Tells every event of a source after a version. Never ends.
pub(super) async fn follow(watches: &Watches, client: &Client, source: &Source, version: String) {
    let mut state = NextRequest::Resume(version);
    loop {
        state = match state {
            NextRequest::Resume(version) => resume(watches, client, source, version).await,
            NextRequest::List(why) => relist(watches, client, source, why).await,
        };
    }
}

/// Watches from a version until the stream ends, or until a mark needs a watch that is opened anew.
async fn resume(
    watches: &Watches,
    client: &Client,
    source: &Source,
    mut version: String,
) -> NextRequest {
    let renewing = watches.state(source, |state| state.renewing);
    let seconds = if renewing { SHORT } else { LONG };
    let mut events =
        match in_time(budgets::WATCH_ANSWER.time, open(client, source, &version, seconds)).await {
            Ok(stream) => stream,
            Err(kube::Error::Api(status)) if status.code == EXPIRED => {
                return expired(watches, source, &status.message, Instant::now()).await;
            }
            Err(error) => return failed(watches, source, &words(&error), version).await,
        };
    let bells = watches.state(source, WatchState::open);
    let opened = Instant::now();
    loop {
        let event = tokio::select! {
            event = tokio::time::timeout(budgets::WATCH_SILENCE.time, events.next()) => event,
            () = bells.reopen.notified() => return late(watches, source, version),
            () = bells.renew.notified() => {
                // The signal may be older than this watch.
                if watches.state(source, |state| state.renewing) {
                    return NextRequest::Resume(version);
                }
                continue;
            }
        };
        let (change, object) = match event {
            Ok(None) => break,
            Ok(Some(Ok(WatchEvent::Added(object)))) => (Change::Added, object),
            Ok(Some(Ok(WatchEvent::Modified(object)))) => (Change::Modified, object),
            Ok(Some(Ok(WatchEvent::Deleted(object)))) => (Change::Deleted, object),
            Ok(Some(Ok(WatchEvent::Bookmark(mark)))) => {
                version = mark.metadata.resource_version;
                watches.lock().reach(source, &version);
                continue;
            }
            Ok(Some(Ok(WatchEvent::Error(status)))) if status.code == EXPIRED => {
                return expired(watches, source, &status.message, opened).await;
            }
            Ok(Some(Ok(WatchEvent::Error(status)))) => {
                return failed(watches, source, &status.message, version).await;
            }
            Ok(Some(Err(error))) => return failed(watches, source, &words(&error), version).await,
            Err(_) => {
                watches.record_trouble(source, &idle(source));
                return NextRequest::Resume(version);
            }
        };
        if let Some(seen) = object["metadata"]["resourceVersion"].as_str() {
            seen.clone_into(&mut version);
        }
        watches.tell(source, change, object);
    }
    if opened.elapsed() < pauses::RETRY {
        return failed(watches, source, "it was closed as soon as it was open", version).await;
    }
    NextRequest::Resume(version)
}

async fn failed(watches: &Watches, source: &Source, why: &str, version: String) -> NextRequest {
    watches.state(source, |state| state.broken = Some(why.to_owned()));
    pauses::pause(pauses::RETRY).await;
    NextRequest::Resume(version)
}

/// The watch is connected and tells less than a list showed. The API server still has the events
/// since the version, and the watch resumes there. A watch that is late again after that is listed
/// again.
fn late(watches: &Watches, source: &Source, version: String) -> NextRequest {
    watches.state(source, |state| {
        if state.resumed {
            let late = state.late.clone();
            return NextRequest::List(
                late.unwrap_or_else(|| format!("{} is late", source.words())),
            );
        }
        state.resumed = true;
        NextRequest::Resume(version)
    })
}

/// The API server no longer has the version. The missing list is trouble, and the gap comes with
/// the list. A watch that ends at once is not opened again without a pause.
async fn expired(watches: &Watches, source: &Source, why: &str, opened: Instant) -> NextRequest {
    watches.state(source, |state| state.broken = Some(why.to_owned()));
    if opened.elapsed() < pauses::RETRY {
        pauses::pause(pauses::RETRY).await;
    }
    NextRequest::List(why.to_owned())
}

async fn relist(watches: &Watches, client: &Client, source: &Source, why: String) -> NextRequest {
    let asked = Instant::now();
    match list(client, source).await {
        Ok(listed) => NextRequest::Resume(watches.take_list(source, Some(&why), asked, listed)),
        Err(error) => {
            watches.state(source, |state| state.broken = Some(words(&error)));
            pauses::pause(pauses::RETRY).await;
            NextRequest::List(why)
        }
    }
}
