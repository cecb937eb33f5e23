//! Classification of Go's messages about a module that is not available.

use serde::Deserialize;

/// Reason why a module version is not available.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The proxy answered and does not have this version. A retry has the same result.
    Refused(String),
    /// The proxy did not answer, or answered with an error of its own.
    Unreachable(String),
    /// The module requires a newer Go than this machine has.
    GoTooOld {
        /// The required version of Go: `1.27.0`.
        needs: String,
    },
    /// Another reason, in the text of Go.
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

/// Origin of a module, as the proxy reports it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Origin {
    pub(crate) hash: Option<String>,
}

/// Statuses of a proxy that are final for a version, with their meanings.
const STATUS: [(&str, &str); 5] = [
    (": 403 Forbidden", "it answered 403 Forbidden"),
    (": 404 Not Found", "it answered 404 Not Found"),
    (": 410 Gone", "it answered 410 Gone"),
    (": 400 Bad Request", "it answered 400 Bad Request"),
    (": 451 Unavailable", "it answered 451 Unavailable For Legal Reasons"),
];

/// Texts of errors of the network, of a name server, or of a server.
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
    // An HTTP proxy between Go and the module proxy answers with this text.
    "\": Forbidden",
];

/// Texts of Go about a version that the permitted sources do not have, with their meanings.
const WORDS: [(&str, &str); 5] = [
    (": unknown revision", "it knows no such version"),
    (": invalid version", "it knows no such version"),
    (": not found", "it has no such module or version"),
    ("reading file:", "it has no such file"),
    ("module lookup disabled by GOPROXY=off", "GOPROXY is off, or had nothing but `direct`"),
];

/// Classifies Go's message about a module that is not available.
pub fn classify(message: &str) -> Trouble {
    if let Some(needs) = needed_go(message) {
        return Trouble::GoTooOld { needs };
    }
    let meaning = |table: &[(&str, &str)]| {
        let found = table.iter().find(|(words, _)| message.contains(words));
        found.map(|(_, meaning)| Trouble::Refused((*meaning).to_owned()))
    };
    // Errors of the network come before Go's texts: a proxy that did not answer has not refused.
    meaning(&STATUS)
        .or_else(|| line_with(message, &NETWORK).map(|line| Trouble::Unreachable(shorten(line))))
        .or_else(|| meaning(&WORDS))
        .unwrap_or_else(|| Trouble::Other(message.trim().to_owned()))
}

/// The module version in a message: `example.com/x@v1.0.0`.
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

/// Removes the module from a message: `GET "URL": cause` gives `cause`.
fn shorten(line: &str) -> String {
    let line = line.trim().trim_start_matches("go: ");
    let cause = line.rsplit_once("\": ").map(|(_, cause)| cause);
    let cause = cause.or_else(|| line.split_once(".info: ").map(|(_, cause)| cause));
    cause.unwrap_or(line).to_owned()
}

#[cfg(test)]
mod tests;
