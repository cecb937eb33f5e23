//! The table of published files: URL, checksum and the source of the checksum.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use http::Uri;
use serde::{Deserialize, Serialize};

use super::checksum::Checksum;
use crate::fetch::host_behind_credentials;
use crate::program::Item;

/// The table of this project.
const PUBLISHED: &str = include_str!("published.yaml");

/// Largest size of a table of a user, in bytes.
const LARGEST: u64 = 1 << 20;

/// Published files by program and version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    rows: Vec<Row>,
}

/// The published files of one version of a program.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    program: String,
    version: String,
    /// Place from which the checksums come.
    source: String,
    files: BTreeMap<Architecture, File>,
}

/// A file of a row, as the table has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    url: String,
    sha256: Option<String>,
    sha512: Option<String>,
}

impl File {
    /// The checksum. `None`: the file has none, or has two.
    fn checksum(&self) -> Option<Checksum> {
        match (self.sha256.clone(), self.sha512.clone()) {
            (Some(digits), None) => Some(Checksum::Sha256(digits)),
            (None, Some(digits)) => Some(Checksum::Sha512(digits)),
            (None, None) | (Some(_), Some(_)) => None,
        }
    }
}

/// An architecture of published files, by its name in Go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Architecture {
    Amd64,
    Arm64,
}

/// One published file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// Absolute URL with HTTPS or HTTP.
    pub url: String,
    /// Checksum of the file.
    #[serde(flatten)]
    pub checksum: Checksum,
}

/// Error of [`Table::read`].
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The file cannot be read.
    #[error("failed to read {}", path.display())]
    Read {
        /// Path of the file.
        path: PathBuf,
        /// Reason.
        #[source]
        cause: model::plain_file::PlainFileError,
    },
    /// The file is not a table of downloads.
    #[error("invalid table of downloads {}:{at}: {reason}", path.display())]
    Form {
        /// Path of the file.
        path: PathBuf,
        /// Line and column.
        at: String,
        /// Message of the parser.
        reason: String,
    },
    /// Rows of the table are wrong.
    #[error("invalid table of downloads {}:\n{}", path.display(), indented(reasons))]
    Rows {
        /// Path of the file.
        path: PathBuf,
        /// Each wrong row, with the reason.
        reasons: Vec<String>,
    },
}

impl TableError {
    /// The remedy.
    pub fn hint(&self) -> Option<String> {
        let text = match self {
            Self::Read { .. } => "name a file that can be read",
            Self::Form { .. } | Self::Rows { .. } => {
                "give each row program, version, source and files. Give each file url and sha256 or \
                 sha512. Leave credentials out of the url"
            }
        };
        Some(text.to_owned())
    }
}

impl Table {
    /// The table of this project.
    ///
    /// # Panics
    /// Never: a test reads the table, which is a part of this program.
    #[expect(clippy::expect_used, reason = "the table is a part of this program; a test reads it")]
    pub fn of_project() -> Self {
        parse(PUBLISHED).expect("the table of this project")
    }

    /// The table of this project with the rows of a file. A row of the file replaces the row of
    /// that program and version.
    ///
    /// # Errors
    /// [`TableError`], with every wrong row.
    pub fn read(path: &Path) -> Result<Self, TableError> {
        let text = model::plain_file::text(path, LARGEST)
            .map_err(|cause| TableError::Read { path: path.to_owned(), cause })?;
        let given = parse(&text).map_err(|error| TableError::Form {
            path: path.to_owned(),
            at: error
                .location()
                .map_or_else(String::new, |at| format!("{}:{}", at.line(), at.column())),
            reason: without_place(&error.without_snippet().to_string()),
        })?;
        let reasons: Vec<String> = given.rows.iter().flat_map(Row::faults).collect();
        if !reasons.is_empty() {
            return Err(TableError::Rows { path: path.to_owned(), reasons });
        }
        let mut rows = given.rows;
        rows.extend(Self::of_project().rows);
        Ok(Self { rows })
    }

    /// The published file of an item for an architecture, `amd64` or `arm64`. `None`: the table has
    /// no such file, or the source of the item is a checkout or a commit.
    pub(super) fn file(&self, item: &Item, architecture: &str) -> Option<Published> {
        let architecture = match architecture {
            "amd64" => Architecture::Amd64,
            "arm64" => Architecture::Arm64,
            _ => return None,
        };
        let mut rows = self.rows.iter();
        let is_it = |row: &&Row| row.program == item.name && row.version == item.release;
        let row = rows.find(is_it).filter(|_| item.given.is_none())?;
        let file = row.files.get(&architecture)?;
        Some(Published { url: file.url.clone(), checksum: file.checksum()? })
    }
}

impl Row {
    /// Every fault of the row that the parser does not find.
    fn faults(&self) -> Vec<String> {
        let of = format!("{} {}", self.program, self.version);
        let mut faults = Vec::new();
        if self.source.trim().is_empty() {
            faults.push(format!("{of}: the source of the checksums is empty"));
        }
        for (architecture, file) in &self.files {
            let architecture = format!("{architecture:?}").to_lowercase();
            let uri = file.url.parse::<Uri>().ok();
            let is_http = |uri: &Uri| matches!(uri.scheme_str(), Some("http" | "https"));
            if host_behind_credentials(&file.url).is_some() {
                faults
                    .push(format!("{of}: the URL of {architecture} has a user name or a password"));
            } else if !uri.as_ref().is_some_and(is_http) {
                faults.push(format!("{of}: invalid URL `{}` of {architecture}", file.url));
            }
            match file.checksum() {
                Some(checksum) if !checksum.is_valid() => {
                    faults.push(format!("{of}: invalid checksum `{checksum}` of {architecture}"));
                }
                Some(_) => {}
                None => faults.push(format!("{of}: {architecture} needs sha256 or sha512")),
            }
        }
        faults
    }
}

fn parse(text: &str) -> Result<Table, serde_saphyr::Error> {
    serde_saphyr::from_str(text).map(|rows| Table { rows })
}

/// A message of the parser without its end `at line 2, column 3`.
fn without_place(message: &str) -> String {
    message.rsplit_once(" at line ").map_or(message, |(reason, _)| reason).to_owned()
}

fn indented(reasons: &[String]) -> String {
    reasons.iter().map(|reason| format!("  {reason}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
