//! A watch of the canary workflow: the time from an answer to its event.

use std::time::Duration;

use drive::budgets::WATCH_DELAY;
use futures::StreamExt;
use futures::stream::BoxStream;
use kube::Client;
use kube::api::{ListParams, WatchEvent, WatchParams};
use kube::core::Request;
use provision::api_error::words;
use report::check::{CheckItem, Failure, Topic};
use serde_json::Value;
use tokio::time::Instant;

use crate::check::answer::{self, Refusal};

/// Seconds after which the API server ends the watch.
const LONGEST: u32 = 290;

/// An event of a watch, as a predicate.
pub(super) type EventFilter = fn(&WatchEvent<Value>) -> bool;
/// The event of a creation.
pub(super) const ADDED: EventFilter = |event| matches!(event, WatchEvent::Added(_));
/// The event of a deletion.
pub(super) const DELETED: EventFilter = |event| matches!(event, WatchEvent::Deleted(_));

type Events = BoxStream<'static, Result<WatchEvent<Value>, kube::Error>>;

/// The watch of one object.
pub(super) struct Watched {
    /// The events; the trouble of a watch that is over.
    events: Result<Events, String>,
    /// The changes that the watch told, each with its delay.
    told: Vec<(&'static str, Duration)>,
}

impl Watched {
    /// Begins the watch of an object that is not there yet.
    pub(super) async fn open(client: &Client, path: &str, name: &str) -> Self {
        let opened = open(client, path, name).await;
        let events = opened.map_err(|refusal| format!("failed to watch: {}", refusal.words));
        Self { events, told: Vec::new() }
    }

    /// Waits for the event of a change that the API server has just answered.
    pub(super) async fn expect(&mut self, change: &'static str, filter: EventFilter) {
        let Ok(events) = &mut self.events else { return };
        let answered = Instant::now();
        let trouble = match tokio::time::timeout(WATCH_DELAY.time, next(events, filter)).await {
            Ok(Ok(())) => {
                self.told.push((change, answered.elapsed()));
                return;
            }
            Ok(Err(trouble)) => format!("the watch ended before it told {change}: {trouble}"),
            Err(_) => {
                let seconds = WATCH_DELAY.time.as_secs();
                format!("the watch did not tell {change} within {seconds} s")
            }
        };
        self.events = Err(trouble);
    }

    /// The item about the watch.
    pub(super) fn item(self) -> CheckItem {
        if let Err(trouble) = self.events {
            return CheckItem::fail(Topic::Watch, Failure::WatchSilent, trouble);
        }
        let told = self.told.iter();
        let told = told.map(|(change, delay)| format!("{change} {} ms", delay.as_millis()));
        let told = told.collect::<Vec<_>>().join(" and ");
        let words = format!("the watch told {told} after the answer of the API server");
        CheckItem::ok(Topic::Watch, words)
    }
}

async fn open(client: &Client, path: &str, name: &str) -> Result<Events, Refusal> {
    let field = format!("metadata.name={name}");
    let list = Request::new(path).list(&ListParams::default().fields(&field));
    let listed = answer::json(client, list).await?;
    let version = listed["metadata"]["resourceVersion"].as_str().unwrap_or_default();
    let params = WatchParams::default().fields(&field).timeout(LONGEST);
    let request = Request::new(path).watch(&params, version);
    let request = request.map_err(|error| Refusal::of(&kube::Error::BuildRequest(error)))?;
    answer::in_time(client.request_events::<Value>(request)).await.map(StreamExt::boxed)
}

/// Waits for an event that passes the filter.
async fn next(events: &mut Events, filter: EventFilter) -> Result<(), String> {
    loop {
        match events.next().await {
            Some(Ok(event)) if filter(&event) => return Ok(()),
            Some(Ok(WatchEvent::Error(status))) => return Err(status.message.clone()),
            Some(Ok(_)) => {}
            Some(Err(error)) => return Err(words(&error)),
            None => return Err("the connection was closed".to_owned()),
        }
    }
}
