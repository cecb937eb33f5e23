//! The outermost layer of a client: counts requests, and gives each failure its connection.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{self, Poll};

use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response, StatusCode};
use kube::client::Body;
use tower::{BoxError, Layer, Service};

use super::connection::Connection;
use super::failure::Failure;
use crate::requests::Requests;

/// The layer.
#[derive(Clone)]
pub(super) struct Reporting {
    pub(super) connection: Arc<Connection>,
    pub(super) requests: Requests,
}

impl<S> Layer<S> for Reporting {
    type Service = Reported<S>;

    fn layer(&self, inner: S) -> Reported<S> {
        Reported { inner, reporting: self.clone() }
    }
}

/// The service below the layer.
#[derive(Clone)]
pub(super) struct Reported<S> {
    inner: S,
    reporting: Reporting,
}

impl<S, B> Service<Request<Body>> for Reported<S>
where
    S: Service<Request<Body>, Response = Response<B>>,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
{
    type Response = Response<B>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<B>, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut task::Context<'_>) -> Poll<Result<(), BoxError>> {
        let connection = &self.reporting.connection;
        self.inner.poll_ready(cx).map_err(|error| connection.error(&*error.into()).into())
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        self.reporting.requests.count(request.method(), request.uri());
        // A pod or a service behind the API server has users of its own.
        let is_forwarded = request.uri().path().contains("/proxy");
        let connection = Arc::clone(&self.reporting.connection);
        let answer = self.inner.call(request);
        Box::pin(async move {
            let answer = answer.await.map_err(|error| connection.error(&*error.into()))?;
            if answer.status() == StatusCode::UNAUTHORIZED && !is_forwarded {
                return Err(connection.failed(Failure::unauthorized()).into());
            }
            if !is_forwarded && says_tls(&connection, &answer) {
                return Err(connection.failed(Failure::without_tls()).into());
            }
            Ok(answer)
        })
    }
}

/// Whether a server tells a client without TLS that it speaks TLS. The Go library answers so, in
/// plain text. An API server refuses in JSON.
fn says_tls<B>(connection: &Connection, answer: &Response<B>) -> bool {
    let kind = answer.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    connection.server.scheme_str() == Some("http")
        && answer.status() == StatusCode::BAD_REQUEST
        && kind.starts_with(b"text/plain")
}
