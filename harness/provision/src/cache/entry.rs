//! What the cache keeps: one directory with programs, and a manifest that says what they are.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Cache, CacheError, failed};

/// The manifest's name in an entry.
const MANIFEST: &str = "manifest.json";

/// What an entry is and holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// What it is, for a person: `kubernetes 1.34.4`.
    pub what: String,
    /// All that it was made from; its hash is in the entry's name.
    pub made_from: serde_json::Value,
    /// Its files, in order of path.
    pub files: Vec<KeptFile>,
}

/// One file of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFile {
    /// Path within the entry: `bin/kubelet`.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 of its content, in hexadecimal.
    pub sha256: String,
    /// Whether it can be executed.
    pub executable: bool,
}

/// An entry of the cache, whole: there is no such thing as half an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    dir: PathBuf,
    manifest: Manifest,
}

impl Entry {
    /// Reads an entry. None if there is none, or if what is there is not whole.
    pub(crate) fn find(cache: &Cache, name: &str) -> Option<Self> {
        let dir = cache.entries().join(name);
        let manifest = fs::read(dir.join(MANIFEST)).ok()?;
        let manifest: Manifest = serde_json::from_slice(&manifest).ok()?;
        let whole = manifest.files.iter().all(|file| {
            fs::metadata(dir.join(&file.path)).is_ok_and(|found| found.len() == file.bytes)
        });
        whole.then_some(Self { dir, manifest })
    }

    /// Lists what `staged` holds in a manifest and puts all of it in place by one rename, instead
    /// of what may be there. Only with the lock of that name held.
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

    /// The directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The directory of the programs.
    pub fn bin(&self) -> PathBuf {
        self.dir.join("bin")
    }

    /// Path of one of its programs; None if it has no program of that name.
    pub fn program(&self, name: &str) -> Option<PathBuf> {
        let path = format!("bin/{name}");
        let kept = self.manifest.files.iter().any(|file| file.path == path && file.executable);
        kept.then(|| self.dir.join(path))
    }

    /// What it is and holds.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Bytes of all its files.
    pub fn bytes(&self) -> u64 {
        self.manifest.files.iter().map(|file| file.bytes).sum()
    }

    /// Reads every file again and names those that differ from the manifest.
    ///
    /// # Errors
    /// That a file cannot be read.
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

/// Path of a program in whichever of these entries has it.
pub fn find_program(entries: &[Entry], name: &str) -> Option<PathBuf> {
    entries.iter().find_map(|entry| entry.program(name))
}

/// Removes a directory with all in it, if there is one.
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
    Ok(hexadecimal(&hash.finalize()))
}

/// Takes all that is read into a hash.
pub(crate) fn hash_all(hash: &mut Sha256, mut from: impl Read) -> io::Result<()> {
    let mut block = vec![0; 1 << 16];
    loop {
        match from.read(&mut block)? {
            0 => return Ok(()),
            read => hash.update(&block[..read]),
        }
    }
}

/// Bytes in hexadecimal.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
