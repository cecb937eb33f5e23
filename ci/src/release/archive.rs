//! The archive of a release. Equal files give equal bytes.

use std::collections::BTreeMap;
use std::io::Write as _;

use anyhow::{Context as _, Result};
use flate2::{Compression, GzBuilder};

/// A file of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Permissions.
    pub mode: u32,
    /// Content.
    pub bytes: Vec<u8>,
}

/// A `.tar.gz` of a directory with files by path. Every entry has this time and owner 0.
///
/// # Errors
/// If a path is longer than the format allows.
pub fn archive(directory: &str, files: &BTreeMap<String, File>, time: u64) -> Result<Vec<u8>> {
    let gzip = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    let mut tar = tar::Builder::new(gzip);
    for (path, file) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(file.bytes.len() as u64);
        header.set_mode(file.mode);
        header.set_mtime(time);
        header.set_uid(0);
        header.set_gid(0);
        let path = format!("{directory}/{path}");
        tar.append_data(&mut header, &path, file.bytes.as_slice())
            .with_context(|| format!("failed to add {path} to the archive"))?;
    }
    let mut gzip = tar.into_inner()?;
    gzip.flush()?;
    Ok(gzip.finish()?)
}
