//! The programs of a published file.

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use flate2::read::GzDecoder;

use super::error::DownloadError;
use crate::cache::failed;
use crate::program::Item;

/// Form of a published file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// A tar archive in gzip.
    Archive,
    /// One program in gzip.
    Gzip,
    /// One program.
    Program,
}

impl Form {
    /// The form, by the end of the URL.
    fn of(url: &str) -> Self {
        let ends_in = |end: &str| url.strip_suffix(end).is_some();
        if ends_in(".tar.gz") || ends_in(".tgz") {
            Self::Archive
        } else if ends_in(".gz") {
            Self::Gzip
        } else {
            Self::Program
        }
    }
}

/// Writes the programs of an item into `bin`. An archive may have them in any directory.
pub(super) fn unpack(item: &Item, url: &str, file: &Path, bin: &Path) -> Result<(), DownloadError> {
    fs::create_dir_all(bin).map_err(failed("create", bin))?;
    let content = BufReader::new(File::open(file).map_err(failed("open", file))?);
    let broken = |cause| DownloadError::Unpack { place: url.to_owned(), cause };
    let mut lacking: Vec<&str> = item.commands.iter().map(|c| c.program.as_str()).collect();
    match Form::of(url) {
        Form::Archive => {
            let mut archive = tar::Archive::new(GzDecoder::new(content));
            for member in archive.entries().map_err(broken)? {
                let mut member = member.map_err(broken)?;
                let path = member.path().map_err(broken)?.into_owned();
                let name = path.file_name().unwrap_or_default();
                let at = lacking.iter().position(|program| *program == name);
                let Some(at) = at.filter(|_| member.header().entry_type().is_file()) else {
                    continue;
                };
                write(&mut member, &bin.join(lacking.swap_remove(at))).map_err(broken)?;
                if lacking.is_empty() {
                    return Ok(());
                }
            }
        }
        Form::Gzip => one(GzDecoder::new(content), &mut lacking, bin).map_err(broken)?,
        Form::Program => one(content, &mut lacking, bin).map_err(broken)?,
    }
    if lacking.is_empty() {
        return Ok(());
    }
    let programs = lacking.into_iter().map(str::to_owned).collect();
    Err(DownloadError::Lacks { place: url.to_owned(), programs })
}

/// Writes the first program.
fn one(mut content: impl Read, lacking: &mut Vec<&str>, bin: &Path) -> io::Result<()> {
    match lacking.first() {
        Some(program) => write(&mut content, &bin.join(program))?,
        None => return Ok(()),
    }
    lacking.remove(0);
    Ok(())
}

fn write(content: &mut impl Read, path: &Path) -> io::Result<()> {
    let mut file = File::create(path)?;
    io::copy(content, &mut file)?;
    file.set_permissions(fs::Permissions::from_mode(0o755))
}
