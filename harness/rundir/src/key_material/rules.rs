//! The rules for a line: each finds places of one kind.

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

use super::{KeyKind, encoded, kubeconfig};

/// Shortest secret of the environment that is searched for, in bytes.
const SHORTEST_SECRET: usize = 8;
/// Most layers of base64 around a text.
const LAYERS: usize = 2;
/// Longest first line of a private key in PEM form, in bytes.
const LONGEST_TITLE: usize = 64;

/// The rules, with the secrets of the environment.
pub(super) struct Rules {
    /// Each secret, and its form in base64.
    known: Vec<Vec<u8>>,
}

impl Rules {
    pub(super) fn new(known: &[String]) -> Self {
        let known = known.iter().filter(|secret| secret.len() >= SHORTEST_SECRET);
        let forms =
            known.flat_map(|s| [s.as_bytes().to_vec(), BASE64_STANDARD.encode(s).into_bytes()]);
        Self { known: forms.collect() }
    }

    /// Offset and kind of each finding of a line.
    pub(super) fn find(&self, line: &[u8]) -> Vec<(usize, KeyKind)> {
        let mut found = Vec::new();
        self.layer(line, LAYERS, &mut |at, kind| found.push((at, kind)));
        found
    }

    /// Searches a text, and each text that is encoded in it. A finding in an encoded text has the
    /// place of the encoded text.
    fn layer(&self, text: &[u8], layers: usize, then: &mut dyn FnMut(usize, KeyKind)) {
        each(text, b"-----BEGIN ", |at| {
            let title = &text[at + b"-----BEGIN ".len()..];
            let title = &title[..title.len().min(LONGEST_TITLE)];
            if position(title, b"PRIVATE KEY-----").is_some_and(|end| is_title(&title[..end])) {
                then(at, KeyKind::PrivateKey);
            }
        });
        each(text, b"eyJ", |at| {
            if is_start(text, at) && is_token(&text[at..]) {
                then(at, KeyKind::Token);
            }
        });
        each(text, b"uthorization", |at| {
            if let Some(of) = authorization(&text[at + b"uthorization".len()..]) {
                then(at + b"uthorization".len() + of, KeyKind::Authorization);
            }
        });
        each(text, b"://", |at| {
            if has_password(&text[at + 3..]) {
                then(at + 3, KeyKind::UrlPassword);
            }
        });
        for secret in &self.known {
            each(text, secret, |at| then(at, KeyKind::Known));
        }
        if layers < LAYERS {
            for at in kubeconfig::inside(text) {
                then(at, KeyKind::Kubeconfig);
            }
        }
        if layers > 0 {
            encoded::each(text, &mut |at, inner| {
                self.layer(inner, layers - 1, &mut |_, kind| then(at, kind));
            });
        }
    }
}

/// Calls `then` with each place of a needle.
fn each(text: &[u8], needle: &[u8], mut then: impl FnMut(usize)) {
    let mut from = 0;
    while let Some(at) = position(&text[from..], needle) {
        then(from + at);
        from += at + needle.len();
    }
}

/// The first place of a needle.
pub(super) fn position(text: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    loop {
        from += text[from..].iter().position(|byte| *byte == first)?;
        if text[from..].starts_with(needle) {
            return Some(from);
        }
        from += 1;
    }
}

/// Whether the words before `PRIVATE KEY` are the name of an algorithm.
fn is_title(words: &[u8]) -> bool {
    words.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b' ')
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

/// Whether no letter of a token is before this place. The letter of an escape in JSON is none.
fn is_start(text: &[u8], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).map(|index| text[index]);
    before(1).is_none_or(|byte| !is_token_byte(byte) && byte != b'.') || before(2) == Some(b'\\')
}

/// Whether a JSON web token begins here: a header with an algorithm, claims, and a signature.
fn is_token(text: &[u8]) -> bool {
    let mut parts = text.split(|byte| !is_token_byte(*byte));
    let (Some(header), Some(claims), Some(signature)) = (parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let dots = [header.len(), header.len() + 1 + claims.len()];
    let decoded = BASE64_URL_SAFE_NO_PAD.decode(header).unwrap_or_default();
    dots.iter().all(|at| text.get(*at) == Some(&b'.'))
        && claims.starts_with(b"eyJ")
        && signature.len() >= SHORTEST_SECRET
        && serde_json::from_slice::<serde_json::Value>(&decoded)
            .is_ok_and(|header| header["alg"].is_string())
}

/// The place of credentials of a header, after its name: `: Bearer VALUE`.
fn authorization(text: &[u8]) -> Option<usize> {
    let ahead = &text[..text.len().min(LONGEST_TITLE)];
    let lower = ahead.to_ascii_lowercase();
    let scheme = [&b"bearer "[..], b"basic "].into_iter();
    let (at, length) = scheme.filter_map(|s| Some((position(&lower, s)?, s.len()))).min()?;
    let between = |byte: &u8| b"\\\"': [=".contains(byte);
    let value = text[at + length..].iter().take_while(|byte| is_secret_byte(**byte)).count();
    (lower[..at].iter().all(between) && value >= SHORTEST_SECRET).then_some(at + length)
}

fn is_secret_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~+/=".contains(&byte)
}

/// Whether a URL without its scheme begins with `USER:PASSWORD@`. A hidden password is none.
fn has_password(text: &[u8]) -> bool {
    let is_end = |byte: &u8| !(byte.is_ascii_alphanumeric() || b"-._~%!$&()*+,;=:@".contains(byte));
    let authority = &text[..text.iter().position(is_end).unwrap_or(text.len())];
    let Some(at) = authority.iter().rposition(|byte| *byte == b'@') else { return false };
    let Some(colon) = authority[..at].iter().position(|byte| *byte == b':') else { return false };
    let password = &authority[colon + 1..at];
    let hidden = password.iter().all(|byte| b"*x".contains(byte));
    !hidden && authority.get(at + 1).is_some_and(u8::is_ascii_alphanumeric)
}
