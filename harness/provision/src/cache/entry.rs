//! Entries of the cache: a directory with programs, and a manifest that describes them.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::directory::Cache;
use super::error::{CacheError, failed};

/// The manifest's name in an entry.
const MANIFEST: &str = "manifest.json";

/// Origin and files of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Name and version for a person: `kubernetes 1.34.4`.
    pub what: String,
    /// Every input of the entry, as JSON. The name of the entry has a hash of this value.
    pub made_from: serde_json::Value,
    /// The files of the entry, in order of path.
    pub files: Vec<KeptFile>,
}

/// One file of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFile {
    /// Path within the entry: `bin/kubelet`.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 of the content, in hexadecimal.
    pub sha256: String,
    /// True if the owner can execute the file.
    pub executable: bool,
}

/// A complete entry of the cache. The directory appears by one rename, so an entry is never
/// partial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    dir: PathBuf,
    manifest: Manifest,
}

impl Entry {
    /// Reads an entry. `None` if the manifest cannot be read, or if a file is missing or has
    /// another size.
    pub(crate) fn find(cache: &Cache, name: &str) -> Option<Self> {
        let dir = cache.entries().join(name);
        let manifest = fs::read(dir.join(MANIFEST)).ok()?;
        let manifest: Manifest = serde_json::from_slice(&manifest).ok()?;
        let whole = manifest.files.iter().all(|file| {
            fs::metadata(dir.join(&file.path)).is_ok_and(|found| found.len() == file.bytes)
        });
        whole.then_some(Self { dir, manifest })
    }

    /// Writes the manifest of `staged` and renames `staged` to the entry's directory. An old entry
    /// of that name is removed first. The rename fails if another process publishes the same name
    /// at that moment; a caller prevents this with a lock.
    pub(crate) fn publish(
        cache: &Cache,
        name: &str,
        staged: &Path,
        what: &str,
        made_from: serde_json::Value,
    ) -> Result<Self, CacheError> {
        let manifest = Manifest { what: what.to_owned(), made_from, files: list(staged)? };
        let text = serde_json::to_vec_pretty(&manifest)
            .map_err(|error| failed("write", &staged.join(MANIFEST))(error.into()))?;
        let path = staged.join(MANIFEST);
        fs::write(&path, text).map_err(failed("write", &path))?;
        let dir = cache.entries().join(name);
        remove(&dir)?;
        fs::rename(staged, &dir).map_err(failed("put in place", &dir))?;
        Ok(Self { dir, manifest })
    }

    /// Absolute path of the entry.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The directory of the programs.
    pub fn bin(&self) -> PathBuf {
        self.dir.join("bin")
    }

    /// Path of a program of the entry. `None`: the entry has no executable file of that name in
    /// `bin`.
    pub fn program(&self, name: &str) -> Option<PathBuf> {
        let path = format!("bin/{name}");
        let kept = self.manifest.files.iter().any(|file| file.path == path && file.executable);
        kept.then(|| self.dir.join(path))
    }

    /// The manifest, as read or written when this value was made.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Bytes of all files of the entry, by its manifest.
    pub fn bytes(&self) -> u64 {
        self.manifest.files.iter().map(|file| file.bytes).sum()
    }

    /// Reads every file again. Returns the paths of files whose hash differs from the manifest.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn damaged(&self) -> Result<Vec<String>, CacheError> {
        let mut damaged = Vec::new();
        for file in &self.manifest.files {
            if hash(&self.dir.join(&file.path))? != file.sha256 {
                damaged.push(file.path.clone());
            }
        }
        Ok(damaged)
    }
}

/// Path of a program in the first of these entries that has the program.
pub fn find_program(entries: &[Entry], name: &str) -> Option<PathBuf> {
    entries.iter().find_map(|entry| entry.program(name))
}

/// Removes a directory with all its files. A missing directory is no error.
pub(crate) fn remove(dir: &Path) -> Result<(), CacheError> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed("remove", dir)(error)),
        _ => Ok(()),
    }
}

fn list(dir: &Path) -> Result<Vec<KeptFile>, CacheError> {
    let mut files = Vec::new();
    for found in walkdir::WalkDir::new(dir).sort_by_file_name() {
        let found = found.map_err(|error| failed("read", dir)(error.into()))?;
        let data = found.metadata().map_err(|error| failed("read", found.path())(error.into()))?;
        if data.is_file() {
            let path = found.path().strip_prefix(dir).unwrap_or(found.path());
            files.push(KeptFile {
                path: path.to_string_lossy().into_owned(),
                bytes: data.len(),
                sha256: hash(found.path())?,
                executable: data.permissions().mode() & 0o100 != 0,
            });
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn hash(path: &Path) -> Result<String, CacheError> {
    let mut hash = Sha256::new();
    let file = File::open(path).map_err(failed("open", path))?;
    hash_all(&mut hash, file).map_err(failed("read", path))?;
    Ok(hex::encode(hash.finalize()))
}

/// Adds every byte of a reader to a hash.
pub(crate) fn hash_all(hash: &mut Sha256, mut from: impl Read) -> io::Result<()> {
    let mut block = vec![0; 1 << 16];
    loop {
        match from.read(&mut block)? {
            0 => return Ok(()),
            read => hash.update(&block[..read]),
        }
    }
}
