//! Key material in a run directory, found by content.
//!
//! The kinds are private keys, tokens, passwords, and secrets of the environment. A finding has the
//! place and the kind, and never the value. The search reads each byte. It is a crate of its own,
//! so that debug builds optimize the search alone.
//!
//! A text counts in plain form, in base64, and in gzip in base64. A `Secret` and a kubeconfig have
//! base64, and the nodes of a large workflow have gzip in base64. Certificates and public keys are
//! no key material.

mod bytes;
mod encoded;
mod kubeconfig;
mod needles;
mod rules;

use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::Context;
use model::plain_file;

use rules::Rules;

/// Longest line that is searched as one, in bytes. A longer line is searched in pieces.
const LONGEST_LINE: u64 = 64 * 1024 * 1024;

/// The kind of key material.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyKind {
    /// A private key in PEM form.
    PrivateKey,
    /// A JSON web token.
    Token,
    /// The credentials of an `Authorization` header.
    Authorization,
    /// The key, the token or the password of a user of a kubeconfig.
    Kubeconfig,
    /// The password in a URL.
    UrlPassword,
    /// The value of a secret that the environment of the command has.
    Known,
}

impl KeyKind {
    /// The kind in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::PrivateKey => "a private key",
            Self::Token => "a JSON web token",
            Self::Authorization => "the credentials of an Authorization header",
            Self::Kubeconfig => "the credentials of a kubeconfig",
            Self::UrlPassword => "a password in a URL",
            Self::Known => "a secret of the environment",
        }
    }
}

/// Key material at a place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyMaterial {
    /// Path of the file, from the run directory.
    pub file: PathBuf,
    /// Line, from 1.
    pub line: usize,
    /// Byte of the line, from 1.
    pub column: usize,
    /// Its kind.
    pub kind: KeyKind,
}

impl fmt::Display for KeyMaterial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, kind } = self;
        write!(f, "{}:{line}:{column}: {}", file.display(), kind.words())
    }
}

/// All key material of a run directory, by file and place. `known` has secrets that the user of the
/// command knows. A secret of less than 8 bytes is ignored: it may be a word of a history.
///
/// # Errors
/// A file cannot be read. A link, or another file that is no plain one, is left out: no command
/// reads one.
pub fn find(directory: &Path, known: &[String]) -> anyhow::Result<Vec<KeyMaterial>> {
    let rules = Rules::new(known);
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new(directory).sort_by_file_name() {
        let entry = entry.with_context(|| format!("failed to list {}", directory.display()))?;
        if entry.file_type().is_file() {
            let name = entry.path().strip_prefix(directory)?;
            let places = in_file(directory, name, &rules)
                .with_context(|| format!("failed to read {}", entry.path().display()))?;
            found.extend(places.into_iter().map(|(line, column, kind)| KeyMaterial {
                file: name.to_owned(),
                line,
                column,
                kind,
            }));
        }
    }
    Ok(found)
}

/// Line, column and kind of each finding of a file, in order.
fn in_file(
    directory: &Path,
    name: &Path,
    rules: &Rules,
) -> anyhow::Result<Vec<(usize, usize, KeyKind)>> {
    let file = match plain_file::open_in(directory, name, u64::MAX) {
        Ok(file) => file,
        // A name with a control character: no command reads the file.
        Err(plain_file::PlainFileError::Path) => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let (mut reader, mut line, mut number) = (BufReader::new(file), Vec::new(), 0);
    let (mut found, mut kubeconfig) = (Vec::new(), kubeconfig::Lines::default());
    loop {
        line.clear();
        if reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        number += 1;
        let (places, signs) = rules.find(&line);
        found.extend(places.into_iter().map(|(at, kind)| (number, at + 1, kind)));
        kubeconfig.add(number, signs);
    }
    found
        .extend(kubeconfig.credentials().map(|(line, column)| (line, column, KeyKind::Kubeconfig)));
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

#[cfg(test)]
mod tests;
