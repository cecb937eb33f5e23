//! Client of the etcd of a native cluster. The client uses the JSON gateway on a Unix socket.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{CONTENT_TYPE, HOST};
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};

/// A connection to etcd.
pub(crate) struct Etcd {
    requests: SendRequest<Full<Bytes>>,
}

/// Error of a request to etcd.
#[derive(Debug, thiserror::Error)]
pub enum EtcdError {
    /// The connection to the socket failed.
    #[error("failed to connect to etcd")]
    Connect(#[source] std::io::Error),
    /// The connection ended before the answer was complete.
    #[error("failed to send a request to etcd")]
    Http(#[from] hyper::Error),
    /// Etcd refused the request, or its answer is not JSON.
    #[error("failed to {action} {key} in etcd: {status}: {body}")]
    Refused {
        /// The request: `read` or `write`.
        action: &'static str,
        /// Key of the request.
        key: String,
        /// Status of the answer.
        status: StatusCode,
        /// Beginning of the answer, at most 500 characters.
        body: String,
    },
}

impl Etcd {
    /// Connects to the Unix socket of etcd.
    pub(crate) async fn connect(socket: &Path) -> Result<Self, EtcdError> {
        let stream = proxy::connect(socket).await.map_err(EtcdError::Connect)?;
        let (requests, connection) = handshake(TokioIo::new(stream)).await?;
        // The task ends with the connection. Each request reports its own failure.
        tokio::spawn(connection);
        Ok(Self { requests })
    }

    /// The value of a key; `None` if etcd has no such key.
    pub(crate) async fn read(&mut self, key: &str) -> Result<Option<Vec<u8>>, EtcdError> {
        let asked = json!({ "key": STANDARD.encode(key) });
        let answer = self.call("read", key, "/v3/kv/range", &asked).await?;
        let value = answer["kvs"][0]["value"].as_str();
        Ok(value.and_then(|value| STANDARD.decode(value).ok()))
    }

    /// Writes the value of a key.
    pub(crate) async fn write(&mut self, key: &str, value: &[u8]) -> Result<(), EtcdError> {
        let asked = json!({ "key": STANDARD.encode(key), "value": STANDARD.encode(value) });
        self.call("write", key, "/v3/kv/put", &asked).await.map(drop)
    }

    async fn call(
        &mut self,
        action: &'static str,
        key: &str,
        path: &'static str,
        asked: &Value,
    ) -> Result<Value, EtcdError> {
        let body = Full::new(Bytes::from(asked.to_string()));
        let mut request = Request::new(body);
        *request.method_mut() = http::Method::POST;
        *request.uri_mut() = http::Uri::from_static(path);
        let headers = request.headers_mut();
        headers.insert(HOST, http::HeaderValue::from_static("etcd"));
        headers.insert(CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
        self.requests.ready().await?;
        let answer = self.requests.send_request(request).await?;
        let status = answer.status();
        let body = answer.into_body().collect().await?.to_bytes();
        match serde_json::from_slice(&body) {
            Ok(value) if status.is_success() => Ok(value),
            Ok(_) | Err(_) => {
                let body = String::from_utf8_lossy(&body).chars().take(500).collect();
                Err(EtcdError::Refused { action, key: key.to_owned(), status, body })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::{Arc, Mutex};

    use http::Response;
    use hyper::server::conn::http1;
    use hyper::service::service_fn;
    use tokio::net::UnixListener;

    use super::*;

    type Kept = Arc<Mutex<std::collections::BTreeMap<String, Value>>>;

    /// A gateway that keeps the written values, and refuses the key `full`.
    fn gateway(socket: &Path) -> Kept {
        let (listener, kept) = (UnixListener::bind(socket).expect("a socket"), Kept::default());
        let shared = Arc::clone(&kept);
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.expect("a connection");
            let service = service_fn(move |request: Request<hyper::body::Incoming>| {
                answer(request, Arc::clone(&shared))
            });
            let served = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            served.await.expect("the client closes");
        });
        kept
    }

    async fn answer(
        request: Request<hyper::body::Incoming>,
        kept: Kept,
    ) -> Result<Response<Full<Bytes>>, Infallible> {
        let path = request.uri().path().to_owned();
        let body = request.into_body().collect().await.expect("a body").to_bytes();
        let asked: Value = serde_json::from_slice(&body).expect("JSON");
        let key = asked["key"].as_str().expect("a key").to_owned();
        let mut kept = kept.lock().expect("no panic");
        let text = match path.as_str() {
            "/v3/kv/put" if key == STANDARD.encode("full") => {
                let answer = Response::builder().status(507).body(Full::new("no space".into()));
                return Ok(answer.expect("an answer"));
            }
            "/v3/kv/put" => {
                kept.insert(key, asked["value"].clone());
                json!({})
            }
            _ => match kept.get(&key) {
                Some(value) => json!({ "kvs": [{ "key": key, "value": value }] }),
                None => json!({}),
            },
        };
        Ok(Response::new(Full::new(text.to_string().into())))
    }

    #[tokio::test]
    async fn values_are_written_and_read_as_bytes() {
        let directory = tempfile::tempdir().expect("a directory");
        let socket = directory.path().join("etcd.sock");
        gateway(&socket);
        let mut etcd = Etcd::connect(&socket).await.expect("it answers");
        assert_eq!(etcd.read("/registry/a").await.expect("an answer"), None);
        etcd.write("/registry/a", b"\x00{}\n").await.expect("it is written");
        let value = etcd.read("/registry/a").await.expect("an answer");
        assert_eq!(value.as_deref(), Some(b"\x00{}\n".as_slice()));
    }

    #[tokio::test]
    async fn a_refusal_names_key_and_answer() {
        let directory = tempfile::tempdir().expect("a directory");
        let socket = directory.path().join("etcd.sock");
        let error = Etcd::connect(&socket).await.err().expect("nobody listens");
        assert_eq!(error.to_string(), "failed to connect to etcd");
        gateway(&socket);
        let mut etcd = Etcd::connect(&socket).await.expect("it answers");
        let error = etcd.write("full", b"x").await.expect_err("it is refused");
        let expected = "failed to write full in etcd: 507 Insufficient Storage: no space";
        assert_eq!(error.to_string(), expected);
    }
}
