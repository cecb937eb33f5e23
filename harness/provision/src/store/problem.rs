//! The reason why an object store gives no listing, with a remedy.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};

use crate::budgets;

/// The object store does not let the harness list the bucket.
#[derive(Debug, thiserror::Error)]
#[error("failed to list bucket {bucket} at {endpoint}: {words}")]
pub struct StoreProblem {
    pub(super) endpoint: String,
    pub(super) bucket: String,
    pub(super) trouble: StoreTrouble,
    pub(super) words: String,
}

/// The kind of a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreTrouble {
    /// The certificate of the server is not of a known authority, or of another name.
    Certificate,
    /// The server speaks HTTP, and the harness TLS.
    ServerIsPlain,
    /// The server speaks TLS, and the harness HTTP.
    ServerIsTls,
    /// The bucket is in another region. `None`: the server does not name the region.
    Region(Option<String>),
    /// The server does not know the access key, or the secret key does not fit.
    Keys,
    /// The session token has expired or does not fit.
    SessionToken,
    /// The default chain of AWS has no credentials on this machine.
    NoCredentials,
    /// The clocks of this machine and the server differ.
    Clock,
    /// There is no bucket of that name.
    NoBucket,
    /// The credentials do not allow the listing.
    Forbidden,
    /// The answer is not of the bucket.
    Style,
    /// No server answers.
    Unreachable,
    /// Another answer.
    Other,
}

impl StoreProblem {
    /// The kind of the problem.
    pub fn trouble(&self) -> &StoreTrouble {
        &self.trouble
    }

    /// The remedy. `None`: the error tells of no remedy.
    pub fn hint(&self) -> Option<String> {
        let hint = match &self.trouble {
            StoreTrouble::Certificate => {
                "Name the certificate of the store's authority by --store-ca, and the host of --store \
                 as the certificate names it."
            }
            StoreTrouble::ServerIsPlain => "Begin the URL of --store with http://.",
            StoreTrouble::ServerIsTls => "Begin the URL of --store with https://.",
            StoreTrouble::Region(Some(region)) => {
                return Some(format!("Name the region by --store-region {region}."));
            }
            StoreTrouble::Region(None) => "Name the region of the bucket by --store-region.",
            StoreTrouble::Keys => {
                "Correct ARGO_CONFORMANCE_STORE_USER and ARGO_CONFORMANCE_STORE_PASSWORD."
            }
            StoreTrouble::SessionToken => {
                "Get new keys, and name their token by ARGO_CONFORMANCE_STORE_SESSION_TOKEN."
            }
            StoreTrouble::NoCredentials => {
                "Name keys by ARGO_CONFORMANCE_STORE_USER and ARGO_CONFORMANCE_STORE_PASSWORD, give \
                 this machine credentials of AWS, or use --artifact-repository without --store."
            }
            StoreTrouble::Clock => "Correct the clock of this machine, or that of the store.",
            StoreTrouble::NoBucket => "Make the bucket, or name another one by --bucket.",
            StoreTrouble::Forbidden => {
                "Give the credentials the rights s3:ListBucket and s3:DeleteObject on the bucket."
            }
            StoreTrouble::Style => "Name the other style by --store-style, and check the host.",
            StoreTrouble::Unreachable => {
                "Check the host and the port of --store, and the proxy variables HTTP_PROXY, \
                 HTTPS_PROXY and NO_PROXY."
            }
            StoreTrouble::Other => return None,
        };
        Some(hint.to_owned())
    }
}

/// The answer of an object store that gives no listing of a bucket.
pub(super) enum Answer {
    /// The server answered with a status, and with a code and a message of S3 if it speaks S3.
    Status { status: u16, code: Option<String>, message: Option<String>, body: String },
    /// The connection failed. The texts are the causes, the outermost first.
    Connection { causes: Vec<String>, tls: Option<TlsTrouble> },
    /// The request has no answer in time.
    Timeout,
    /// The answer is well-formed, but no listing of this bucket.
    NotThisBucket,
    /// Another failure. The texts are the causes, the outermost first.
    Other(Vec<String>),
}

/// The reason why TLS failed.
#[derive(Clone, Copy)]
pub(super) enum TlsTrouble {
    Certificate,
    ServerIsPlain,
}

/// Most bytes of an answer that the harness looks at.
const BODY: usize = 4096;

impl Answer {
    /// The answer in an error of the SDK.
    pub(super) fn of<E>(error: &SdkError<E>) -> Self
    where
        E: Error + ProvideErrorMetadata + 'static,
    {
        let raw = error.raw_response().map(|raw| {
            let body = raw.body().bytes().unwrap_or_default();
            let body = String::from_utf8_lossy(&body[..body.len().min(BODY)]).into_owned();
            (raw.status().as_u16(), body)
        });
        match (error, raw) {
            (SdkError::TimeoutError(_), _) => Self::Timeout,
            (SdkError::DispatchFailure(failure), _) => {
                if failure.is_timeout() {
                    return Self::Timeout;
                }
                let outer =
                    failure.as_connector_error().map(|error| error as &(dyn Error + 'static));
                Self::Connection { causes: causes(outer), tls: outer.and_then(tls_trouble) }
            }
            (_, Some((200, _))) => Self::NotThisBucket,
            (SdkError::ServiceError(answer), Some((status, body))) => {
                let meta = answer.err().meta();
                let text = |text: Option<&str>| text.map(str::to_owned);
                let (code, message) = (text(meta.code()), text(meta.message()));
                Self::Status { status, code, message, body }
            }
            (_, Some((status, body))) => Self::Status { status, code: None, message: None, body },
            (other, None) => Self::Other(causes(Some(other))),
        }
    }

    /// The answer in words, without headers and without the rest of its body: a server may repeat
    /// credentials there.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Status { status, code: None, .. } => format!("the answer has status {status}"),
            Self::Status { status, code: Some(code), message, .. } => match message {
                Some(message) => format!("{code} (status {status}): {message}"),
                None => format!("{code} (status {status})"),
            },
            Self::Connection { causes, .. } | Self::Other(causes) => causes.join(": "),
            Self::Timeout => {
                format!("timeout: no answer within {} s", budgets::STORE_ANSWER.time.as_secs())
            }
            Self::NotThisBucket => "the answer is no listing of this bucket".to_owned(),
        }
    }

    pub(super) fn trouble(&self) -> StoreTrouble {
        match self {
            Self::Status { status, code, body, message } => {
                let message = message.as_deref().unwrap_or_default();
                of_status(*status, code.as_deref().unwrap_or_default(), message, body)
            }
            Self::Connection { tls: Some(TlsTrouble::Certificate), .. } => {
                StoreTrouble::Certificate
            }
            Self::Connection { tls: Some(TlsTrouble::ServerIsPlain), .. } => {
                StoreTrouble::ServerIsPlain
            }
            Self::Connection { tls: None, .. } | Self::Timeout => StoreTrouble::Unreachable,
            Self::NotThisBucket => StoreTrouble::Style,
            Self::Other(_) => StoreTrouble::Other,
        }
    }
}

/// The kind of an answer with a status and a code of S3. The codes are those of AWS, and of `MinIO`
/// where they differ.
fn of_status(status: u16, code: &str, message: &str, body: &str) -> StoreTrouble {
    match (status, code) {
        (_, "AuthorizationHeaderMalformed" | "InvalidRegion" | "PermanentRedirect")
        | (301 | 307, _) => StoreTrouble::Region(region(body)),
        (_, "InvalidAccessKeyId" | "SignatureDoesNotMatch") => StoreTrouble::Keys,
        (_, "ExpiredToken" | "ExpiredTokenException" | "InvalidToken" | "InvalidTokenId") => {
            StoreTrouble::SessionToken
        }
        (_, "RequestTimeTooSkewed" | "RequestExpired") => StoreTrouble::Clock,
        (_, "NoSuchBucket" | "InvalidBucketName") => StoreTrouble::NoBucket,
        (_, "AccessDenied" | "AllAccessDisabled") => StoreTrouble::Forbidden,
        // A server may close the connection before the client has read the body.
        (400, "") if body.is_empty() || body.contains("HTTPS") => StoreTrouble::ServerIsTls,
        (400, _) if message.contains("region") => StoreTrouble::Region(region(body)),
        _ => StoreTrouble::Other,
    }
}

/// The region that the answer asks for.
fn region(body: &str) -> Option<String> {
    let (_, rest) = body.split_once("<Region>")?;
    let region = rest.split_once("</Region>")?.0;
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-';
    (!region.is_empty() && region.chars().all(is_word)).then(|| region.to_owned())
}

/// An error and its causes, each text once.
fn causes(outer: Option<&(dyn Error + 'static)>) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for error in std::iter::successors(outer, |error| (*error).source()) {
        let text = error.to_string();
        if !texts.iter().any(|earlier| earlier.contains(&text)) {
            texts.push(text);
        }
    }
    texts
}

/// The failure of TLS among the causes of an error.
fn tls_trouble(outer: &(dyn Error + 'static)) -> Option<TlsTrouble> {
    std::iter::successors(Some(outer), |error| (*error).source()).find_map(|error| match innermost(
        error,
    )
    .downcast_ref::<rustls::Error>()?
    {
        rustls::Error::InvalidCertificate(_) => Some(TlsTrouble::Certificate),
        rustls::Error::InvalidMessage(_) => Some(TlsTrouble::ServerIsPlain),
        _ => None,
    })
}

/// The error in errors of input and output, whose `source` passes over their own content.
fn innermost<'a>(mut error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    loop {
        let io = error.downcast_ref::<std::io::Error>();
        match io.and_then(std::io::Error::get_ref) {
            Some(inner) => error = inner,
            None => return error,
        }
    }
}

/// Texts that no output may have.
#[derive(Clone)]
pub(super) struct Redacted(Arc<[String]>);

impl Redacted {
    pub(super) fn new(secrets: Vec<String>) -> Self {
        Self(secrets.into())
    }

    /// The text in one line and without the secrets. A secret of fewer than 8 bytes may be a usual
    /// word, and stays.
    pub(super) fn without(&self, text: &str) -> String {
        let long = self.0.iter().filter(|secret| secret.len() >= 8);
        let line = text.lines().map(str::trim).collect::<Vec<_>>().join("; ");
        long.fold(line, |text, secret| text.replace(secret, "(removed)"))
    }
}

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redacted")
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Answer, Redacted, StoreTrouble, of_status};

    const MALFORMED: &str = "AuthorizationHeaderMalformed";
    const REGION: &str = "<Error><Code>c</Code><Region>eu-1</Region></Error>";

    #[rstest]
    #[case::region(400, MALFORMED, REGION, StoreTrouble::Region(Some("eu-1".to_owned())))]
    #[case::unnamed_region(400, MALFORMED, "", StoreTrouble::Region(None))]
    #[case::no_word(400, MALFORMED, "<Region>a b</Region>", StoreTrouble::Region(None))]
    #[case::redirect(301, "PermanentRedirect", "", StoreTrouble::Region(None))]
    #[case::user(403, "InvalidAccessKeyId", "", StoreTrouble::Keys)]
    #[case::password(403, "SignatureDoesNotMatch", "", StoreTrouble::Keys)]
    #[case::token(400, "InvalidToken", "", StoreTrouble::SessionToken)]
    #[case::token_of_minio(403, "InvalidTokenId", "", StoreTrouble::SessionToken)]
    #[case::expired(400, "ExpiredToken", "", StoreTrouble::SessionToken)]
    #[case::clock(403, "RequestTimeTooSkewed", "", StoreTrouble::Clock)]
    #[case::bucket(404, "NoSuchBucket", "", StoreTrouble::NoBucket)]
    #[case::right(403, "AccessDenied", "", StoreTrouble::Forbidden)]
    #[case::tls(
        400,
        "",
        "Client sent an HTTP request to an HTTPS server.",
        StoreTrouble::ServerIsTls
    )]
    #[case::broken(503, "SlowDown", "", StoreTrouble::Other)]
    fn kind_of_an_answer(
        #[case] status: u16,
        #[case] code: &str,
        #[case] body: &str,
        #[case] expected: StoreTrouble,
    ) {
        assert_eq!(of_status(status, code, "", body), expected);
    }

    #[test]
    fn the_body_of_an_answer_is_no_word_of_it() {
        let answer = Answer::Status {
            status: 400,
            code: Some("InvalidToken".to_owned()),
            message: Some("no".to_owned()),
            body: "<Token-0>the-token</Token-0>".to_owned(),
        };
        assert_eq!(answer.words(), "InvalidToken (status 400): no");
    }

    #[test]
    fn a_secret_in_a_message_is_removed() {
        let redacted = Redacted::new(vec!["the-secret-key".to_owned(), "key".to_owned()]);
        assert_eq!(redacted.without("no the-secret-key or key"), "no (removed) or key");
    }
}
