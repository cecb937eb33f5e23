//! The exchange of one request and its answer with the object store.

use std::sync::Arc;
use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, StatusCode};
use http_body_util::BodyExt;
use hyper::body::{Bytes, Incoming};
use hyper_util::rt::TokioIo;
use model::history::Operation;
use model::step::{Misbehaviour, S3Error};
use tokio::net::TcpStream;

use crate::answer::Answer;
use crate::body::Source;
use crate::s3::{Asked, keys_to_delete};
use crate::tally::{Route, Tally};
use crate::upload::Upload;

/// Largest body of a `DeleteObjects` request, in bytes. S3 accepts 1,000 keys at once.
const LONGEST: usize = 4 * 1024 * 1024;

/// The cause of a missing answer. The client's connection ends.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Broken {
    #[error("the connection is reset, as a fault has it")]
    Reset,
    #[error("the client went away")]
    Client,
    #[error("the store could not be reached")]
    Store,
}

/// Passes a request on, and applies the fault that is meant for the request.
pub(crate) async fn exchange(
    route: &Route,
    request: http::Request<Incoming>,
) -> Result<http::Response<Answer>, Broken> {
    let asked = Asked::of(request.method(), request.uri(), request.headers());
    let (head, body) = request.into_parts();
    let (keys, source) = if asked.operation == Operation::DeleteObjects {
        let bytes = whole(body).await?;
        (keys_to_delete(&bytes), Source::whole(bytes))
    } else {
        (vec![asked.key.clone()], Source::Stream(body))
    };
    let fault = keys.iter().find_map(|key| route.hub.meet(asked.operation, key));
    let tally = Tally::new(route, &asked, keys, fault.as_ref());
    let limit = match fault.map(|met| met.misbehaviour) {
        Some(Misbehaviour::Answer(error)) => {
            return refuse(error, head.method == Method::HEAD, source, tally).await;
        }
        Some(Misbehaviour::Reset) => return Err(Broken::Reset),
        Some(Misbehaviour::Delay(length)) => {
            held_back(length).await;
            None
        }
        Some(Misbehaviour::Truncate(bytes)) => Some(bytes),
        None => None,
    };
    let upload = Upload::new(source, Arc::clone(tally.upstream()));
    pass_on(route, http::Request::from_parts(head, upload), tally, limit).await
}

/// The bytes of a body of at most [`LONGEST`] bytes.
async fn whole(body: Incoming) -> Result<Bytes, Broken> {
    let limited = http_body_util::Limited::new(body, LONGEST);
    limited.collect().await.map(http_body_util::Collected::to_bytes).map_err(|_| Broken::Client)
}

async fn held_back(length: Duration) {
    let _elapsed = tokio::time::timeout(length, std::future::pending::<()>()).await;
}

async fn pass_on(
    route: &Route,
    request: http::Request<Upload>,
    mut tally: Tally,
    limit: Option<u64>,
) -> Result<http::Response<Answer>, Broken> {
    let lost = |tally: &Tally, why: &dyn std::fmt::Display| {
        tally.trouble(why);
        Broken::Store
    };
    let stream = TcpStream::connect(route.store).await.map_err(|error| lost(&tally, &error))?;
    let handshake = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.map_err(|error| lost(&tally, &error))?;
    // The connection ends with the answer, or when no task waits for the answer.
    tokio::spawn(connection);
    let response = match sender.send_request(request).await {
        Ok(response) => response,
        Err(_) if tally.upstream().is_broken() => return Err(Broken::Client),
        Err(error) => return Err(lost(&tally, &error)),
    };
    tally.answered(response.status());
    Ok(response.map(|body| Answer::new(Source::Stream(body), tally, limit)))
}

/// Answers with an S3 error. The proxy first reads the request to its end, as an object store does.
async fn refuse(
    error: S3Error,
    is_head: bool,
    source: Source,
    mut tally: Tally,
) -> Result<http::Response<Answer>, Broken> {
    if let Source::Stream(mut body) = source {
        while let Some(frame) = body.frame().await {
            frame.map_err(|_| Broken::Client)?;
        }
    }
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    tally.answered(status);
    let text = match error.code().filter(|_| !is_head) {
        Some(code) => format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code>\
             <Message>as a fault of the case has it</Message></Error>"
        ),
        None => String::new(),
    };
    let mut response = http::Response::new(Answer::new(Source::whole(text), tally, None));
    *response.status_mut() = status;
    let xml = HeaderValue::from_static("application/xml");
    response.headers_mut().insert(CONTENT_TYPE, xml);
    Ok(response)
}
