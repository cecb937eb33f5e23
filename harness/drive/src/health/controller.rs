//! Whether the workflow controller is up, the same as at the start, and runs.

use std::sync::{Arc, OnceLock};

use kube::Client;
use model::history::{self, Part};

use super::{Answer, PATIENCE, api_trouble, http_get};
use crate::answer::{in_time, words};
use crate::pace;
use crate::watch::{Controller, Watches};

/// Port of the controller's health endpoint, on every release line from 3.4 to 4.1.
const PORT: u16 = 6060;

/// A path that nothing serves. The controller answers with 404 as long as it runs. The path of the
/// health endpoint answers with the controller's own faults, and remembers when it was asked last:
/// asked every second, it tells the kubelet something else than asked every minute.
const NOWHERE: &str = "alive";

/// Whether the controller can be asked, and why not. Set once.
pub(super) type Unobserved = Arc<OnceLock<String>>;

/// Tells of the controller again and again, and at once when something of its pod changes. It is
/// well when its pod is, and it has answered since.
pub(super) async fn keep_looking(
    watches: &Watches,
    client: &Client,
    namespace: &str,
    unobserved: Unobserved,
) {
    let mut changes = watches.controller_changes();
    let mut sight = Sight { answered: false, unobserved };
    loop {
        let expected = watches.expected_controller();
        let now = changes.borrow_and_update().clone();
        let looked = async {
            match of_pod(expected.as_ref(), &now) {
                Some(trouble) => Answer::Unhealthy(trouble),
                None => sight.ask(client, namespace, &now.name).await,
            }
        };
        tokio::select! {
            biased;
            answer = looked => answer.tell(watches, Part::Controller),
            _ = changes.changed() => continue,
        }
        tokio::select! {
            () = pace::pause(pace::PROBE) => {}
            _ = changes.changed() => {}
        }
    }
}

fn of_pod(expected: Option<&history::Controller>, now: &Controller) -> Option<String> {
    match (expected, &now.pod) {
        (_, None) => Some("its pod is gone".to_owned()),
        (Some(expected), Some(now)) if expected.uid != now.uid => {
            Some(format!("another pod took its place: {} that of {}", now.uid, expected.uid))
        }
        (Some(expected), Some(now)) if now.restarts > expected.restarts => {
            Some(format!("it was restarted ({} times)", now.restarts))
        }
        _ if !now.ready => Some("its container is not ready".to_owned()),
        _ => None,
    }
}

/// What came of a question to the controller.
enum Word {
    /// It runs.
    Answered,
    /// We may not ask it.
    Forbidden(String),
    /// Nothing came of it.
    Silent(String),
}

/// Asks the controller through the API server.
async fn ask(client: &Client, namespace: &str, pod: &str) -> Word {
    let path = format!("/api/v1/namespaces/{namespace}/pods/{pod}:{PORT}/proxy/{NOWHERE}");
    match in_time(PATIENCE, client.request_text(http_get(&path))).await {
        Ok(_) => Word::Answered,
        // What the API server itself says is a status with a reason of its own.
        Err(kube::Error::Api(status)) if status.code == 404 && status.reason != "NotFound" => {
            Word::Answered
        }
        Err(kube::Error::Api(status)) if matches!(status.code, 401 | 403) => {
            Word::Forbidden(status.message.clone())
        }
        Err(error) => Word::Silent(words(&error)),
    }
}

/// What is known of whether the controller can be asked at all: from outside the cluster's network
/// it may be out of reach for the API server.
struct Sight {
    answered: bool,
    unobserved: Unobserved,
}

impl Sight {
    /// Asks the controller. Silence of one that never answered is no trouble.
    async fn ask(&mut self, client: &Client, namespace: &str, pod: &str) -> Answer {
        match ask(client, namespace, pod).await {
            Word::Answered => {
                self.answered = true;
                Answer::Healthy
            }
            Word::Silent(why) => match api_trouble(client).await {
                Some(trouble) => Answer::Untold(trouble),
                None if self.answered => Answer::Unhealthy(format!("it does not answer: {why}")),
                None => self.cannot_ask(why),
            },
            Word::Forbidden(why) => self.cannot_ask(why),
        }
    }

    fn cannot_ask(&self, why: String) -> Answer {
        self.unobserved.get_or_init(|| why);
        Answer::Healthy
    }
}
