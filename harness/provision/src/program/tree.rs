//! A checkout as the source of an item: its digest, and the copy for the build.
//!
//! The copy has only the files of the digest, so no other file can alter the programs. The digest
//! omits the directories of Git and npm, and `dist` of earlier builds. A symbolic link to a file
//! counts as that file. Other symbolic links are left out.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::cache::entry::hash_all;

/// Directories without sources, at any depth.
const NO_SOURCES: [&str; 2] = [".git", "node_modules"];
/// Directory of the output of builds, at the top.
const BUILT: &str = "dist";

/// A checkout with its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tree {
    /// Path of the directory. The name of an entry does not depend on this value.
    #[serde(skip)]
    pub path: PathBuf,
    /// SHA-256 of the paths, lengths and contents of the files, in hexadecimal.
    pub sha256: String,
}

/// Error of an operation on a checkout.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// A file or directory cannot be read or copied.
    #[error("failed to read {}", path.display())]
    Io {
        /// Path of the file or directory.
        path: PathBuf,
        /// Error of the operating system.
        source: io::Error,
    },
    /// A file changed between the digest and the copy.
    #[error("failed to build {}: a file changed during the build", path.display())]
    Altered {
        /// Path of the checkout.
        path: PathBuf,
    },
}

impl TreeError {
    /// The remedy.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Io { .. } => "name a directory that can be read".to_owned(),
            Self::Altered { .. } => {
                "change no file of the checkout until its build ends".to_owned()
            }
        })
    }
}

impl Tree {
    /// Computes the digest of a checkout.
    ///
    /// # Errors
    /// [`TreeError::Io`].
    pub fn read(path: &Path) -> Result<Self, TreeError> {
        let mut digest = Sha256::new();
        for file in files(path)? {
            let from = path.join(&file);
            let content = File::open(&from).map_err(failed(&from))?;
            let length = content.metadata().map_err(failed(&from))?.len();
            begin(&mut digest, &file, length);
            hash_all(&mut digest, content).map_err(failed(&from))?;
        }
        Ok(Self { path: path.to_owned(), sha256: hex::encode(digest.finalize()) })
    }

    /// Short name: the first 12 digits of the digest.
    pub fn short(&self) -> &str {
        self.sha256.get(..12).unwrap_or(&self.sha256)
    }

    /// Copies the files. The function fails if the digest of the copy differs.
    pub(super) fn copy(&self, to: &Path) -> Result<(), TreeError> {
        let mut digest = Sha256::new();
        for file in files(&self.path)? {
            let (from, target) = (self.path.join(&file), to.join(&file));
            let content = fs::read(&from).map_err(failed(&from))?;
            begin(&mut digest, &file, content.len() as u64);
            digest.update(&content);
            let parent = target.parent().unwrap_or(to);
            let written = fs::create_dir_all(parent).and_then(|()| fs::write(&target, content));
            written.map_err(failed(&target))?;
        }
        if hex::encode(digest.finalize()) == self.sha256 {
            Ok(())
        } else {
            Err(TreeError::Altered { path: self.path.clone() })
        }
    }
}

/// Adds the path and the length of a file to a digest, before its content.
fn begin(digest: &mut Sha256, file: &Path, length: u64) {
    digest.update(format!("{}\n{length}\n", file.display()));
}

/// Paths of the files relative to `top`, in order.
fn files(top: &Path) -> Result<Vec<PathBuf>, TreeError> {
    let is_source = |found: &walkdir::DirEntry| {
        let name = found.file_name();
        let built = found.depth() == 1 && name == BUILT;
        found.depth() == 0 || !(built || NO_SOURCES.iter().any(|other| name == *other))
    };
    let mut files = Vec::new();
    for found in walkdir::WalkDir::new(top).into_iter().filter_entry(is_source) {
        let found = found.map_err(|error| {
            let path = error.path().unwrap_or(top).to_owned();
            TreeError::Io { path, source: error.into() }
        })?;
        let kind = found.file_type();
        if kind.is_file() || (kind.is_symlink() && found.path().is_file()) {
            files.push(found.path().strip_prefix(top).unwrap_or(found.path()).to_owned());
        }
    }
    files.sort();
    Ok(files)
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> TreeError {
    let path = path.to_owned();
    move |source| TreeError::Io { path, source }
}

#[cfg(test)]
mod tests;
