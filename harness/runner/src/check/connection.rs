//! The identity of the user.

use http::Request;
use kube::Client;
use report::check::{CheckItem, Topic};
use serde_json::json;

use super::answer;

/// The path of the question for the own identity. Kubernetes serves it since 1.28.
const REVIEWS: &str = "/apis/authentication.k8s.io/v1/selfsubjectreviews";

/// The item about the user.
pub(super) fn item(user: Option<&str>) -> CheckItem {
    let words = match user {
        Some(user) => format!("connected as {user}"),
        None => "connected as an unknown user, since the API server does not tell".to_owned(),
    };
    CheckItem::ok(Topic::Connection, words)
}

/// The name of the user; `None` where the API server does not tell.
pub(super) async fn user(client: &Client) -> Option<String> {
    let review = json!({ "apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview" });
    let request = Request::post(REVIEWS).header("content-type", "application/json");
    let request = request.body(review.to_string().into_bytes()).ok()?;
    let answer = answer::json(client, Ok(request)).await.ok()?;
    let name = answer["status"]["userInfo"]["username"].as_str()?;
    (!name.is_empty()).then(|| name.to_owned())
}
