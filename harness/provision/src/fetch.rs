//! Fetches a file by HTTP, whole or not at all.
//!
//! With the client that speaks to Kubernetes, which has TLS and the machine's authorities already.

use std::time::Duration;

use http::{Request, StatusCode, Uri, header};
use kube::client::Body;
use kube::{Client, Config};

/// How long a connection may take, and a server may say nothing.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often one address may lead to another: those of a release lead to where files are kept.
const HOPS: usize = 5;

/// A file cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The text is no address.
    #[error("`{0}` is not like https://HOST/PATH")]
    Address(String),
    /// Nobody answers.
    #[error("{url} cannot be reached")]
    Unreachable {
        /// What was asked for.
        url: Uri,
        /// Why.
        #[source]
        cause: Box<kube::Error>,
    },
    /// It is not there, or not for everybody.
    #[error("{url} answers {status}")]
    Refused {
        /// What was asked for.
        url: Uri,
        /// The answer.
        status: StatusCode,
    },
    /// The connection ended before the file did.
    #[error("{url} broke off, of {promised} bytes that were promised")]
    BrokeOff {
        /// What was asked for.
        url: Uri,
        /// How many bytes it was to have.
        promised: String,
        /// Why.
        #[source]
        cause: Box<kube::Error>,
    },
    /// Who answered over TLS leads to where there is none: anybody could answer there.
    #[error("{url} leads to {to}, without TLS")]
    Unprotected {
        /// What was asked for.
        url: Uri,
        /// Where it leads.
        to: String,
    },
    /// One address leads to another without end.
    #[error("{url} leads from one address to the next, more than {HOPS} times")]
    Astray {
        /// The first one.
        url: Uri,
    },
}

impl FetchError {
    /// What the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Address(_) => "name the place of releases with --releases",
            Self::Unreachable { .. } => {
                "check the network, or name a mirror of the releases with --releases"
            }
            Self::Refused { .. } => "see that there is such a release, with these files",
            Self::BrokeOff { .. } => "try once more",
            Self::Unprotected { .. } | Self::Astray { .. } => "name another mirror with --releases",
        }
    }
}

/// The content of a file.
///
/// # Errors
/// [`FetchError`].
pub async fn fetch(address: &str) -> Result<Vec<u8>, FetchError> {
    let first = uri(address)?;
    let mut url = first.clone();
    for _ in 0..=HOPS {
        let unreachable =
            |cause| FetchError::Unreachable { url: url.clone(), cause: Box::new(cause) };
        let client = client(&url).map_err(unreachable)?;
        let path = url.path_and_query().map_or("/", |path| path.as_str());
        let request = Request::get(path).header(header::USER_AGENT, "argo-conformance");
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
        let promised = text(header::CONTENT_LENGTH).unwrap_or("an unknown number of").to_owned();
        let content = body.collect_bytes().await;
        let broke_off =
            |cause| FetchError::BrokeOff { url: url.clone(), promised, cause: Box::new(cause) };
        return Ok(content.map_err(broke_off)?.to_vec());
    }
    Err(FetchError::Astray { url: first })
}

fn client(url: &Uri) -> Result<Client, kube::Error> {
    let mut config = Config::new(url.clone());
    config.connect_timeout = Some(PATIENCE);
    config.read_timeout = Some(PATIENCE);
    // The path is that of each request.
    let mut parts = url.clone().into_parts();
    parts.path_and_query = Some(http::uri::PathAndQuery::from_static("/"));
    if let Ok(origin) = Uri::from_parts(parts) {
        config.cluster_url = origin;
    }
    Client::try_from(config)
}

fn uri(address: &str) -> Result<Uri, FetchError> {
    let uri = address.parse::<Uri>().ok();
    let is_http = |uri: &Uri| matches!(uri.scheme_str(), Some("http" | "https"));
    uri.filter(is_http).ok_or_else(|| FetchError::Address(address.to_owned()))
}

/// Where an answer leads: to another place, or elsewhere in the same.
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
