//! The answers of the API server.

use hyper::body::Bytes;
use serde_json::{Value, json};

use super::asked::Asked;
use super::body::Stream;
use super::{State, review};

pub(super) fn answer(state: &mut State, asked: &Asked) -> http::Response<Stream> {
    match (asked.verb, asked.kind.as_str()) {
        ("watch", _) => respond(200, Stream::Watch(state.objects.watch(asked))),
        ("get", "readyz") => respond(200, Stream::Whole(Some(Bytes::from_static(b"ok")))),
        ("get", "pods") if asked.path.contains("/proxy/") => {
            respond(404, Stream::Whole(Some(Bytes::from_static(b"404 page not found\n"))))
        }
        ("create", "localsubjectaccessreviews") => json(200, &reviewed(state, asked)),
        _ => on_objects(state, asked),
    }
}

fn on_objects(state: &mut State, asked: &Asked) -> http::Response<Stream> {
    let objects = &mut state.objects;
    let key = asked.key();
    let there = objects.get(&key).is_some();
    match asked.verb {
        "list" => {
            let items: Vec<Value> = objects.matching(asked).into_iter().map(|(_, v)| v).collect();
            let version = objects.version().to_string();
            json(200, &json!({ "metadata": { "resourceVersion": version }, "items": items }))
        }
        "list-metadata" => {
            let metadata = |(_, object): (_, Value)| json!({ "metadata": object["metadata"] });
            let items: Vec<Value> = objects.matching(asked).into_iter().map(metadata).collect();
            let version = objects.version().to_string();
            json(200, &json!({ "metadata": { "resourceVersion": version }, "items": items }))
        }
        "create" if there => refusal(409, &format!("{} {} already exists", key.kind, key.name)),
        "create" => json(201, &objects.put(&key, asked.body.clone())),
        "apply" if !there => json(201, &objects.put(&key, asked.body.clone())),
        "delete-all" => {
            for (key, _) in objects.matching(asked) {
                objects.delete(&key);
            }
            json(200, &json!({ "kind": "Status", "metadata": {}, "status": "Success" }))
        }
        _ if !there => refusal(404, &format!("{} {:?} not found", key.kind, key.name)),
        "get" => json(200, objects.get(&key).unwrap_or(&Value::Null)),
        "delete" if key.kind == "pods" => json(200, &objects.delete(&key).unwrap_or_default()),
        "delete" => {
            objects.delete(&key);
            json(200, &json!({ "kind": "Status", "metadata": {}, "status": "Success" }))
        }
        _ => json(200, &objects.merge(&key, &asked.body).unwrap_or_default()),
    }
}

fn reviewed(state: &mut State, asked: &Asked) -> Value {
    let wrong = state.stale_reviews > 0;
    state.stale_reviews = state.stale_reviews.saturating_sub(1);
    let allowed = review::allowed(&state.objects, &asked.body["spec"]) != wrong;
    let mut answer = asked.body.clone();
    answer["status"] = json!({ "allowed": allowed });
    answer
}

pub(super) fn refusal(code: u16, message: &str) -> http::Response<Stream> {
    let reason = match code {
        403 => "Forbidden",
        404 => "NotFound",
        409 => "AlreadyExists",
        410 => "Expired",
        _ => "",
    };
    let status = json!({ "kind": "Status", "apiVersion": "v1", "metadata": {},
        "status": "Failure", "code": code, "reason": reason, "message": message });
    json(code, &status)
}

fn json(code: u16, value: &Value) -> http::Response<Stream> {
    respond(code, Stream::Whole(Some(Bytes::from(value.to_string()))))
}

fn respond(code: u16, body: Stream) -> http::Response<Stream> {
    let response = http::Response::builder().status(code);
    response.header("content-type", "application/json").body(body).expect("a response")
}
