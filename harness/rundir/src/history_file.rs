//! A history of a run directory that anybody may have made.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Take};
use std::path::{Path, PathBuf};

use anyhow::Context;
use model::history::Reader;
use model::plain_file;

use crate::digest::sha256;

/// Largest history that is read, in bytes.
const LARGEST: u64 = 1 << 30;
/// Largest report, statement, key or note of a run that is read, in bytes.
pub const LARGEST_TEXT: u64 = 64 << 20;

/// An open history. Its digest, its header and its verdict are of the same open file.
#[derive(Debug)]
pub struct HistoryFile {
    file: File,
    /// The path, for messages.
    path: PathBuf,
}

/// Reads an open history from its beginning.
pub type Events<'a> = Reader<BufReader<Take<&'a File>>>;

impl HistoryFile {
    /// Opens a plain file in a run directory.
    ///
    /// # Errors
    /// If it is none, or leads out of the directory.
    pub fn open(run: &Path, name: &Path) -> anyhow::Result<Self> {
        let path = run.join(name);
        let file = plain_file::open_in(run, name, LARGEST)
            .with_context(|| format!("failed to read {}", path.display()))?;
        Ok(Self { file, path })
    }

    /// The path of the file, for messages.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its bytes from the beginning, no more of them than a history may have.
    fn bytes(&self) -> anyhow::Result<Take<&File>> {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(0))
            .with_context(|| format!("failed to read {}", self.path.display()))?;
        Ok(file.take(LARGEST))
    }

    /// Its events.
    ///
    /// # Errors
    /// If it does not begin with a header.
    pub fn events(&self) -> anyhow::Result<Events<'_>> {
        Ok(Reader::open(BufReader::new(self.bytes()?))?)
    }

    /// Whether its first line is whole.
    pub fn has_begun(&self) -> anyhow::Result<bool> {
        let mut bytes = BufReader::new(self.bytes()?);
        loop {
            let part = bytes
                .fill_buf()
                .with_context(|| format!("failed to read {}", self.path.display()))?;
            if part.is_empty() || part.contains(&b'\n') {
                return Ok(!part.is_empty());
            }
            let length = part.len();
            bytes.consume(length);
        }
    }

    /// SHA-256 in hexadecimal.
    pub fn sha256(&self) -> anyhow::Result<String> {
        let digest = sha256(self.bytes()?);
        digest.with_context(|| format!("failed to read {}", self.path.display()))
    }
}
