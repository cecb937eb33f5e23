//! Facts about the cluster that block nothing: nodes and clocks.

use http::Request;
use jiff::Timestamp;
use kube::Client;
use kube::client::Body;
use report::check::{CheckItem, Topic};
use serde_json::Value;

use super::answer;

/// Difference of two clocks from which a check notes it, in seconds.
const SKEW: i64 = 5;

/// The nodes that are not Ready. `None`: all are, or the user may not list nodes.
pub(super) async fn nodes(client: &Client) -> Option<CheckItem> {
    let request = kube::core::Request::new("/api/v1/nodes").list(&kube::api::ListParams::default());
    let listed = answer::json(client, request).await.ok()?;
    let nodes = listed["items"].as_array()?;
    let not_ready = nodes.iter().filter(|node| !is_ready(node)).count();
    (not_ready > 0).then(|| {
        let words = format!(
            "{not_ready} of {} nodes are not Ready; a run asks only for the nodes of its pods",
            nodes.len()
        );
        CheckItem::note(Topic::Environment, words)
    })
}

fn is_ready(node: &Value) -> bool {
    let conditions = node["status"]["conditions"].as_array().into_iter().flatten();
    conditions.into_iter().any(|it| it["type"] == "Ready" && it["status"] == "True")
}

/// The difference between the clock of the API server and the own clock, if it is large.
pub(super) async fn clocks(client: &Client) -> Option<CheckItem> {
    let request = Request::get("/version").body(Body::empty()).ok()?;
    let answer = answer::in_time(client.send(request)).await.ok()?;
    let now = Timestamp::now();
    let theirs = answer.headers().get(http::header::DATE)?.to_str().ok()?;
    let theirs = jiff::fmt::rfc2822::parse(theirs).ok()?.timestamp();
    note(theirs, now)
}

fn note(theirs: Timestamp, ours: Timestamp) -> Option<CheckItem> {
    let ahead = theirs.duration_since(ours).as_secs();
    let direction = if ahead > 0 { "ahead of" } else { "behind" };
    (ahead.abs() >= SKEW).then(|| {
        let words = format!(
            "the clock of the API server is {} s {direction} the clock of this machine",
            ahead.abs()
        );
        let item = CheckItem::note(Topic::Environment, words);
        item.with_remedy(Some("Synchronize both clocks.".to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use rstest::rstest;

    use super::note;

    #[rstest]
    #[case::same(0, None)]
    #[case::whole_seconds(-4, None)]
    #[case::ahead(90, Some("90 s ahead of"))]
    #[case::behind(-5, Some("5 s behind"))]
    fn a_large_difference_of_clocks_is_noted(#[case] ahead: i64, #[case] expected: Option<&str>) {
        let ours = Timestamp::UNIX_EPOCH;
        let noted = note(ours + SignedDuration::from_secs(ahead), ours);
        let message = noted.map(|item| item.message);
        assert_eq!(message.is_some(), expected.is_some(), "{message:?}");
        let says = |part| message.is_some_and(|message| message.contains(part));
        assert!(expected.is_none_or(says));
    }
}
