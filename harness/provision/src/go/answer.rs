//! What Go says when a module cannot be had, read so that the user is told what it means.

use serde::Deserialize;

/// Why a module version cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The proxy was reached and does not give this version. Asking again changes nothing.
    Refused(String),
    /// The proxy was not reached, or it is the proxy that is in trouble.
    Unreachable(String),
    /// The module wants a newer Go than there is.
    GoTooOld {
        /// The Go it wants: `1.27.0`.
        needs: String,
    },
    /// Something else; Go's own words.
    Other(String),
}

/// One answer of `go mod download -json`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Downloaded {
    pub(crate) path: String,
    pub(crate) version: String,
    pub(crate) dir: String,
    pub(crate) error: Option<String>,
    pub(crate) origin: Option<Origin>,
}

/// Where the proxy says that a module comes from.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Origin {
    pub(crate) hash: Option<String>,
}

/// Answers of a proxy that are final for a version.
const STATUS: [(&str, &str); 5] = [
    (": 403 Forbidden", "it answered 403 Forbidden"),
    (": 404 Not Found", "it answered 404 Not Found"),
    (": 410 Gone", "it answered 410 Gone"),
    (": 400 Bad Request", "it answered 400 Bad Request"),
    (": 451 Unavailable", "it answered 451 Unavailable For Legal Reasons"),
];

/// Words of the network, of a name server, or of a server in trouble.
const NETWORK: [&str; 20] = [
    "dial tcp",
    "dial unix",
    "proxyconnect",
    "connection refused",
    "connection reset",
    "network is unreachable",
    "no such host",
    "i/o timeout",
    "deadline exceeded",
    "unexpected EOF",
    "TLS handshake",
    "tls: ",
    "x509: ",
    ": 407 Proxy Authentication Required",
    ": 429 Too Many Requests",
    ": 500 Internal Server Error",
    ": 502 Bad Gateway",
    ": 503 Service Unavailable",
    ": 504 Gateway Timeout",
    // What an HTTP proxy on the way says, in place of the module proxy.
    "\": Forbidden",
];

/// Words of Go itself about a version that it cannot have from where it may look.
const WORDS: [(&str, &str); 5] = [
    (": unknown revision", "it knows no such version"),
    (": invalid version", "it knows no such version"),
    (": not found", "it has no such module or version"),
    ("reading file:", "it has no such file"),
    ("module lookup disabled by GOPROXY=off", "GOPROXY is off, or had nothing but `direct`"),
];

/// Reads what Go said about a module it could not get.
pub fn classify(message: &str) -> Trouble {
    if let Some(needs) = needed_go(message) {
        return Trouble::GoTooOld { needs };
    }
    let meaning = |table: &[(&str, &str)]| {
        let found = table.iter().find(|(words, _)| message.contains(words));
        found.map(|(_, meaning)| Trouble::Refused((*meaning).to_owned()))
    };
    // Network before Go's own words: a proxy that was not reached has refused nothing.
    meaning(&STATUS)
        .or_else(|| line_with(message, &NETWORK).map(|line| Trouble::Unreachable(shorten(line))))
        .or_else(|| meaning(&WORDS))
        .unwrap_or_else(|| Trouble::Other(message.trim().to_owned()))
}

/// The module version that a message is about: `example.com/x@v1.0.0`.
pub(crate) fn module_of(message: &str) -> Option<&str> {
    let mut words = message.split([' ', '\t', '\n', '"']);
    words.find(|word| word.contains("@v")).map(|word| word.trim_end_matches(':'))
}

/// The version in `go.mod requires go >= 1.27 (running go 1.26.8; GOTOOLCHAIN=local)`.
fn needed_go(message: &str) -> Option<String> {
    let (_, after) = message.split_once("requires go >= ")?;
    let version = after.split([' ', ')', ';', '\n']).next()?;
    Some(version.trim_end_matches(['.', ',']).to_owned())
}

fn line_with<'a>(message: &'a str, words: &[&str]) -> Option<&'a str> {
    message.lines().find(|line| words.iter().any(|word| line.contains(word)))
}

/// Leaves the module out of a message: `GET "URL": cause` gives the cause.
fn shorten(line: &str) -> String {
    let line = line.trim().trim_start_matches("go: ");
    let cause = line.rsplit_once("\": ").map(|(_, cause)| cause);
    let cause = cause.or_else(|| line.split_once(".info: ").map(|(_, cause)| cause));
    cause.unwrap_or(line).to_owned()
}

#[cfg(test)]
mod tests;
