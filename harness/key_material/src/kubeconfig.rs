//! Credentials of a kubeconfig.

/// A field of a kubeconfig.
#[derive(Clone, Copy)]
pub(super) struct Field {
    pub(super) name: &'static str,
    /// The value is a secret of a user. The value counts in a kubeconfig alone.
    is_secret: bool,
    /// Only a kubeconfig has the field.
    is_sign: bool,
}

/// The fields to look for.
pub(super) const FIELDS: [Field; 10] = [
    Field { name: "client-key-data", is_secret: true, is_sign: true },
    secret("token"),
    secret("password"),
    secret("id-token"),
    secret("refresh-token"),
    secret("access-token"),
    secret("client-secret"),
    Field { name: "current-context", is_secret: false, is_sign: true },
    Field { name: "client-certificate-data", is_secret: false, is_sign: true },
    // Its value decides whether it is a sign.
    Field { name: KIND, is_secret: false, is_sign: false },
];

const KIND: &str = "kind";

const fn secret(name: &'static str) -> Field {
    Field { name, is_secret: true, is_sign: false }
}

/// The fields of one text.
#[derive(Default)]
pub(super) struct Signs {
    is_kubeconfig: bool,
    /// The place of each value of a secret.
    values: Vec<usize>,
}

impl Signs {
    /// Takes a field whose name is at this place of the text.
    pub(super) fn see(&mut self, text: &[u8], at: usize, field: &Field) {
        let Some(value) = value(text, at, field.name) else { return };
        let is_config = || {
            let rest = text[value..].strip_prefix(b"Config");
            rest.is_some_and(|rest| !rest.first().is_some_and(u8::is_ascii_alphanumeric))
        };
        self.is_kubeconfig |= field.is_sign || (field.name == KIND && is_config());
        self.values.extend(field.is_secret.then_some(value));
    }

    /// The places of the credentials, if the text is a kubeconfig.
    pub(super) fn credentials(self) -> impl Iterator<Item = usize> {
        self.values.into_iter().filter(move |_| self.is_kubeconfig)
    }
}

/// The fields of the lines of one file.
#[derive(Default)]
pub(super) struct Lines {
    is_kubeconfig: bool,
    /// Line and column of each value of a secret.
    values: Vec<(usize, usize)>,
}

impl Lines {
    /// Takes the next line.
    pub(super) fn add(&mut self, number: usize, line: Signs) {
        self.is_kubeconfig |= line.is_kubeconfig;
        self.values.extend(line.values.into_iter().map(|at| (number, at + 1)));
    }

    /// The places of the credentials, if the file is a kubeconfig.
    pub(super) fn credentials(self) -> impl Iterator<Item = (usize, usize)> {
        self.values.into_iter().filter(move |_| self.is_kubeconfig)
    }
}

/// The place of the value of a field, in YAML and in JSON. An empty value has none.
fn value(text: &[u8], at: usize, name: &str) -> Option<usize> {
    let from = at + name.len();
    let begins = at.checked_sub(1).is_none_or(|before| b" \t\n\"{,-'".contains(&text[before]));
    let ends = text[from..].iter().position(|byte| !b"\"'\\".contains(byte));
    let colon = ends.map(|ends| from + ends).filter(|at| text[*at] == b':')?;
    let value = text[colon + 1..].iter().position(|byte| !b" \"'\\".contains(byte));
    let value = colon + 1 + value?;
    let is_empty = b"\r\n,}{[".contains(&text[value]) || text[value..].starts_with(b"null");
    (begins && !is_empty).then_some(value)
}
