//! Downloads of files by HTTP. A caller gets the whole file, its parts as they come, or an error.
//!
//! The HTTP client is the client of the Kubernetes API, with TLS and the certificate authorities of
//! the machine.

use std::time::Duration;

use http::{Request, StatusCode, Uri, header};
use kube::client::Body;
use kube::{Client, Config};

use crate::api_error::ApiError;
use crate::budgets;
use crate::client::ProxyError;
use crate::client::proxy::{self, ProxyVariables, without_password};

/// Largest number of redirects of one download. The URL of a release redirects to a file store.
const HOPS: usize = 5;

/// Error of [`fetch()`].
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The text is not an absolute URL with HTTP or HTTPS.
    #[error("invalid URL `{0}`: it is not like https://HOST/PATH")]
    Address(String),
    /// The request got no answer.
    #[error("failed to reach {url}{}", through(.proxy.as_deref()))]
    Unreachable {
        /// URL of the request.
        url: Uri,
        /// Proxy of the request, without its password.
        proxy: Option<String>,
        /// Error of the client.
        #[source]
        cause: ApiError,
    },
    /// A variable of the environment names a proxy that cannot be used.
    #[error(transparent)]
    Proxy(#[from] ProxyError),
    /// The server answered with a status that is neither success nor a redirect.
    #[error("failed to download {url}: the server answers {status}")]
    Refused {
        /// URL of the request.
        url: Uri,
        /// Status of the answer.
        status: StatusCode,
    },
    /// The connection ended before the end of the file.
    #[error("failed to download {url}: the connection ended before {promised} bytes")]
    Incomplete {
        /// URL of the request.
        url: Uri,
        /// Value of the header `Content-Length`, or `an unknown number of`.
        promised: String,
        /// Error of the client.
        #[source]
        cause: ApiError,
    },
    /// An HTTPS server redirects to a URL without TLS. An attacker could answer at such a URL.
    #[error("failed to download {url}: it redirects to {to}, without TLS")]
    Unprotected {
        /// URL of the request.
        url: Uri,
        /// Target of the redirect.
        to: String,
    },
    /// A download has more than 5 redirects.
    #[error("failed to download {url}: more than {HOPS} redirects")]
    Astray {
        /// URL of the first request.
        url: Uri,
    },
}

impl FetchError {
    /// The remedy.
    pub fn hint(&self) -> Option<String> {
        let text = match self {
            Self::Address(_) => "name the URL of the releases with --releases",
            Self::Unreachable { proxy: None, .. } => {
                "check the network, or name a mirror of the releases with --releases"
            }
            Self::Unreachable { proxy: Some(_), .. } | Self::Proxy(_) => {
                "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY"
            }
            Self::Refused { .. } => "check that the release exists and has these files",
            Self::Incomplete { .. } => "try again",
            Self::Unprotected { .. } | Self::Astray { .. } => "name another mirror with --releases",
        };
        Some(text.to_owned())
    }
}

fn through(proxy: Option<&str>) -> String {
    proxy.map_or_else(String::new, |proxy| format!(" through the proxy {proxy}"))
}

/// Downloads a file and returns its content. The proxy is that of the environment.
///
/// # Errors
/// [`FetchError`].
pub async fn fetch(address: &str) -> Result<Vec<u8>, FetchError> {
    fetch_by(&ProxyVariables::of_process(), address).await
}

async fn fetch_by(variables: &ProxyVariables, address: &str) -> Result<Vec<u8>, FetchError> {
    let Answer { url, promised, body, .. } = open(variables, address, 0).await?;
    match body.collect_bytes().await {
        Ok(content) => Ok(content.to_vec()),
        Err(cause) => Err(incomplete(&url, promised, cause)),
    }
}

/// An answer with the content of a file, or with the rest of the content.
pub(crate) struct Answer {
    /// URL after all redirects.
    pub(crate) url: Uri,
    /// Offset of the first byte of the body in the file. A server may send the whole file although
    /// the request asks for the rest.
    pub(crate) offset: u64,
    /// Length of the body in bytes. `None`: the server does not tell.
    pub(crate) promised: Option<u64>,
    pub(crate) body: Body,
}

/// The error of a body that ended early.
pub(crate) fn incomplete(url: &Uri, promised: Option<u64>, cause: kube::Error) -> FetchError {
    let promised = promised.map_or_else(|| "an unknown number of".to_owned(), |n| n.to_string());
    FetchError::Incomplete { url: url.clone(), promised, cause: cause.into() }
}

/// Asks for a file from a byte on, and follows redirects.
pub(crate) async fn open(
    variables: &ProxyVariables,
    address: &str,
    from: u64,
) -> Result<Answer, FetchError> {
    let first = uri(address)?;
    let mut url = first.clone();
    for _ in 0..=HOPS {
        let proxy = variables.proxy(&url)?;
        let unreachable = |cause: kube::Error| {
            let (url, proxy) = (url.clone(), proxy.as_ref().map(without_password));
            FetchError::Unreachable { url, proxy, cause: cause.into() }
        };
        let client = client(&url, proxy.clone()).map_err(unreachable)?;
        let path = url.path_and_query().map_or("/", |path| path.as_str());
        let mut request = Request::get(path).header(header::USER_AGENT, "argo-conformance");
        if from > 0 {
            request = request.header(header::RANGE, format!("bytes={from}-"));
        }
        let request = request.body(Body::empty());
        let request = request.map_err(|_| FetchError::Address(url.to_string()))?;
        let (answer, body) = client.send(request).await.map_err(unreachable)?.into_parts();
        let text = |name| answer.headers.get(name).and_then(|value| value.to_str().ok());
        if let Some(location) = text(header::LOCATION).filter(|_| answer.status.is_redirection()) {
            url = next(&url, location)?;
            continue;
        }
        if !answer.status.is_success() {
            return Err(FetchError::Refused { url, status: answer.status });
        }
        let promised = text(header::CONTENT_LENGTH).and_then(|length| length.parse().ok());
        let offset = if answer.status == StatusCode::PARTIAL_CONTENT { from } else { 0 };
        return Ok(Answer { url, offset, promised, body });
    }
    Err(FetchError::Astray { url: first })
}

/// Connects to the server of a URL, or to its proxy, and closes the connection.
///
/// # Errors
/// [`FetchError::Unreachable`] within `patience`, or the error of a URL or of a proxy.
pub(crate) async fn reach(
    variables: &ProxyVariables,
    address: &str,
    patience: Duration,
) -> Result<(), FetchError> {
    let url = uri(address)?;
    let proxy = variables.proxy(&url)?;
    let peer = proxy.as_ref().unwrap_or(&url);
    let host = peer.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let port = peer.port_u16().unwrap_or(match peer.scheme_str() {
        Some("http") => 80,
        Some("socks5") => 1080,
        Some(_) | None => 443,
    });
    let connect = tokio::net::TcpStream::connect((host, port));
    let timed_out = || std::io::Error::from(std::io::ErrorKind::TimedOut);
    let connected = tokio::time::timeout(patience, connect).await;
    let connected = connected.unwrap_or_else(|_| Err(timed_out()));
    connected.map(drop).map_err(|cause| {
        let cause = kube::Error::Service(Box::new(cause)).into();
        FetchError::Unreachable { url, proxy: proxy.as_ref().map(without_password), cause }
    })
}

fn client(url: &Uri, proxy: Option<Uri>) -> Result<Client, kube::Error> {
    let mut config = Config::new(url.clone());
    config.proxy_url = proxy;
    config.connect_timeout = Some(budgets::DOWNLOAD_READ.time);
    config.read_timeout = Some(budgets::DOWNLOAD_READ.time);
    // Each request has its own path. The configuration has only the origin.
    let mut parts = url.clone().into_parts();
    parts.path_and_query = Some(http::uri::PathAndQuery::from_static("/"));
    if let Ok(origin) = Uri::from_parts(parts) {
        config.cluster_url = origin;
    }
    if config.proxy_url.is_some() {
        config.cluster_url = proxy::with_port(config.cluster_url);
    }
    Client::try_from(config)
}

fn uri(address: &str) -> Result<Uri, FetchError> {
    let uri = address.parse::<Uri>().ok();
    let is_http = |uri: &Uri| matches!(uri.scheme_str(), Some("http" | "https"));
    uri.filter(is_http).ok_or_else(|| FetchError::Address(address.to_owned()))
}

/// Remedy for a URL with a user name or a password.
pub(crate) const WITHOUT_CREDENTIALS: &str =
    "name a URL without them: a server that needs none, or that HTTPS_PROXY authorizes";

/// The host of a URL with a user name or a password. Messages, `run.json` and statements have such
/// URLs, so a caller refuses them. `None`: the URL has neither.
pub(crate) fn host_behind_credentials(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit_once('@').map(|(_, host)| host.to_owned())
}

/// Target of a redirect: an absolute URL, or a path on the same server.
fn next(from: &Uri, location: &str) -> Result<Uri, FetchError> {
    if location.starts_with('/') {
        let authority = from.authority().map_or("", |authority| authority.as_str());
        return uri(&format!("{}://{authority}{location}", from.scheme_str().unwrap_or("https")));
    }
    let to = uri(location)?;
    if from.scheme_str() == Some("https") && to.scheme_str() != Some("https") {
        return Err(FetchError::Unprotected { url: from.clone(), to: to.to_string() });
    }
    Ok(to)
}

#[cfg(test)]
pub(crate) mod tests;
