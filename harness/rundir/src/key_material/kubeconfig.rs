//! Credentials of a kubeconfig.

use super::rules::position;

/// Fields of a user with a secret. Each counts in a kubeconfig alone.
const FIELDS: [&str; 7] = [
    "client-key-data",
    "token",
    "password",
    "id-token",
    "refresh-token",
    "access-token",
    "client-secret",
];
/// Fields that only a kubeconfig has.
const SIGNS: [&str; 3] = ["current-context", "client-key-data", "client-certificate-data"];

/// The fields of one file.
#[derive(Default)]
pub(super) struct Signs {
    is_kubeconfig: bool,
    /// Line and column of each value of [`FIELDS`].
    values: Vec<(usize, usize)>,
}

impl Signs {
    /// Takes the next line.
    pub(super) fn see(&mut self, number: usize, line: &[u8]) {
        self.is_kubeconfig |= is_kubeconfig(line);
        self.values.extend(values(line).map(|at| (number, at + 1)));
    }

    /// The places of the credentials.
    pub(super) fn credentials(self) -> impl Iterator<Item = (usize, usize)> {
        self.values.into_iter().filter(move |_| self.is_kubeconfig)
    }
}

/// The places of the credentials of a kubeconfig in one text.
pub(super) fn inside(text: &[u8]) -> Vec<usize> {
    if is_kubeconfig(text) { values(text).collect() } else { Vec::new() }
}

fn is_kubeconfig(text: &[u8]) -> bool {
    let is_config = |at: &usize| {
        let rest = text[*at..].strip_prefix(b"Config");
        rest.is_some_and(|rest| !rest.first().is_some_and(u8::is_ascii_alphanumeric))
    };
    SIGNS.iter().any(|sign| !fields(text, sign).is_empty())
        || fields(text, "kind").iter().any(is_config)
}

fn values(text: &[u8]) -> impl Iterator<Item = usize> {
    FIELDS.iter().flat_map(|field| fields(text, field))
}

/// The places of the values of a field, in YAML and in JSON. An empty value has none.
fn fields(text: &[u8], name: &str) -> Vec<usize> {
    let (mut from, mut found) = (0, Vec::new());
    while let Some(at) = position(&text[from..], name.as_bytes()).map(|at| from + at) {
        from = at + name.len();
        let begins = at.checked_sub(1).is_none_or(|before| b" \t\n\"{,-'".contains(&text[before]));
        let ends = text[from..].iter().position(|byte| !b"\"'\\".contains(byte));
        let Some(colon) = ends.map(|ends| from + ends).filter(|at| text[*at] == b':') else {
            continue;
        };
        let value = text[colon + 1..].iter().position(|byte| !b" \"'\\".contains(byte));
        let value = value.map(|skipped| colon + 1 + skipped);
        let Some(value) = value else { continue };
        let is_empty = b"\r\n,}{[".contains(&text[value]) || text[value..].starts_with(b"null");
        if begins && !is_empty {
            found.push(value);
        }
    }
    found
}
