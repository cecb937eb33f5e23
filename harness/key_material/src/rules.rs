//! The rules for a line: each finds places of one kind.

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

use super::bytes::position;
use super::kubeconfig::{Field, Signs};
use super::needles::Needles;
use super::{KeyKind, encoded, kubeconfig};

/// Shortest secret of the environment that is searched for, in bytes.
const SHORTEST_SECRET: usize = 8;
/// Most layers of base64 around a text.
const LAYERS: usize = 2;
/// Longest first line of a private key in PEM form, in bytes.
const LONGEST_TITLE: usize = 64;

/// The rules, with the secrets of the environment.
pub(super) struct Rules {
    needles: Needles<Sought>,
}

/// The meaning of a needle.
enum Sought {
    PrivateKey,
    Token,
    Authorization,
    Url,
    /// A secret of the environment, or its form in base64.
    Known,
    /// The name of a field of a kubeconfig.
    Field(Field),
}

impl Rules {
    pub(super) fn new(known: &[String]) -> Self {
        let known = known.iter().filter(|secret| secret.len() >= SHORTEST_SECRET);
        let forms =
            known.flat_map(|s| [s.as_bytes().to_vec(), BASE64_STANDARD.encode(s).into_bytes()]);
        let fixed = [
            (TITLE, Sought::PrivateKey),
            (TOKEN, Sought::Token),
            (AUTHORIZATION, Sought::Authorization),
            (URL, Sought::Url),
        ];
        let fixed = fixed.into_iter().map(|(needle, sought)| (needle.to_vec(), sought));
        let fields = kubeconfig::FIELDS.map(|f| (f.name.as_bytes().to_vec(), Sought::Field(f)));
        let known = forms.map(|form| (form, Sought::Known));
        Self { needles: Needles::new(fixed.chain(fields).chain(known)) }
    }

    /// Offset and kind of each finding of a line, and the fields of a kubeconfig in it.
    pub(super) fn find(&self, line: &[u8]) -> (Vec<(usize, KeyKind)>, Signs) {
        let mut found = Vec::new();
        let signs = self.layer(line, LAYERS, &mut |at, kind| found.push((at, kind)));
        (found, signs)
    }

    /// Searches a text, and each text that is encoded in it. A finding in an encoded text has the
    /// place of the encoded text.
    fn layer(&self, text: &[u8], layers: usize, then: &mut dyn FnMut(usize, KeyKind)) -> Signs {
        let mut signs = Signs::default();
        self.needles.each(text, |at, sought| match sought {
            Sought::PrivateKey => {
                let title = &text[at + TITLE.len()..];
                let title = &title[..title.len().min(LONGEST_TITLE)];
                if position(title, b"PRIVATE KEY-----").is_some_and(|end| is_title(&title[..end])) {
                    then(at, KeyKind::PrivateKey);
                }
            }
            Sought::Token => {
                if is_start(text, at) && is_token(&text[at..]) {
                    then(at, KeyKind::Token);
                }
            }
            Sought::Authorization => {
                let end = at + AUTHORIZATION.len();
                if let Some(of) = authorization(&text[end..]) {
                    then(end + of, KeyKind::Authorization);
                }
            }
            Sought::Url => {
                let authority = at + URL.len();
                if has_password(&text[authority..]) {
                    then(authority, KeyKind::UrlPassword);
                }
            }
            Sought::Known => then(at, KeyKind::Known),
            Sought::Field(field) => signs.see(text, at, field),
        });
        if layers > 0 {
            encoded::each(text, &mut |at, inner| {
                let signs = self.layer(inner, layers - 1, &mut |_, kind| then(at, kind));
                for _ in signs.credentials() {
                    then(at, KeyKind::Kubeconfig);
                }
            });
        }
        signs
    }
}

/// Needles, in plain text.
const TITLE: &[u8] = b"-----BEGIN ";
const TOKEN: &[u8] = b"eyJ";
const AUTHORIZATION: &[u8] = b"uthorization";
const URL: &[u8] = b"://";

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
