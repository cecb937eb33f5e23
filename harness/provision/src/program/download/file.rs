//! The download of one file, with the parts of an earlier download.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use http_body_util::BodyExt;

use super::checksum::Checksum;
use super::error::{DownloadError, amount};
use super::mirror::Place;
use super::pace::{Least, Pace};
use super::table::Published;
use crate::cache::{CacheError, failed};
use crate::client::proxy::ProxyVariables;
use crate::fetch::{Answer, FetchError, incomplete, open};
use crate::go::run::Runner;
use crate::progress::Count;

/// Time between two checks for a cancel during a read.
const LOOK: Duration = Duration::from_millis(100);

/// Number of steps of a download whose progress is told.
const STEPS: u64 = 10;

/// Bytes of a step, if the length of the file is unknown.
const STEP_BYTES: u64 = 10_000_000;

/// Number of connections of one download. A connection without a new byte ends the download.
const CONNECTIONS: usize = 5;

/// Inputs of a download besides the file.
pub(super) struct Means<'a> {
    pub(super) variables: &'a ProxyVariables,
    pub(super) least: Least,
    pub(super) runner: &'a dyn Runner,
    /// Receives the progress, for a person: `12 of 340 MB`.
    pub(super) said: &'a dyn Fn(String, Count),
}

/// Brings the file to `partial`, and checks it. The file may have the first bytes from an earlier
/// download. After an error, these bytes stay for the next download, unless the checksum differs.
pub(super) async fn get(
    means: &Means<'_>,
    place: &Place,
    published: &Published,
    partial: &Path,
) -> Result<(), DownloadError> {
    let goes_on = length(partial) > 0;
    bring(means, place, partial).await?;
    let mut found = checksum(partial, &published.checksum)?;
    if found != published.checksum && goes_on {
        // The first bytes may be of another file.
        remove(partial)?;
        bring(means, place, partial).await?;
        found = checksum(partial, &published.checksum)?;
    }
    if found == published.checksum {
        return Ok(());
    }
    remove(partial)?;
    let wanted = published.checksum.clone();
    Err(DownloadError::Checksum { place: place.to_string(), found, wanted })
}

/// Brings the missing bytes by several connections, while each gives new bytes.
async fn bring(means: &Means<'_>, place: &Place, partial: &Path) -> Result<(), DownloadError> {
    let url = match place {
        Place::Path(path) => return copy(path, partial),
        Place::Url(url) => url,
    };
    for connection in 1.. {
        let before = length(partial);
        match part(means, url, partial).await {
            Ok(()) => break,
            Err(error)
                if error.is_incomplete()
                    && connection < CONNECTIONS
                    && length(partial) > before => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Appends to the file by one connection. A file that the server calls too long begins anew.
async fn part(means: &Means<'_>, url: &str, partial: &Path) -> Result<(), DownloadError> {
    let there = length(partial);
    let answer = match open(means.variables, url, there).await {
        Err(FetchError::Refused { status, .. })
            if there > 0 && status == http::StatusCode::RANGE_NOT_SATISFIABLE =>
        {
            // All bytes may be there. A wrong checksum removes the file.
            return Ok(());
        }
        answer => answer?,
    };
    let file = OpenOptions::new().create(true).write(true).truncate(false).open(partial);
    let file = file.and_then(|file| {
        file.set_len(answer.offset)?;
        Ok(file)
    });
    let mut file = file.map_err(failed("write", partial))?;
    io::Seek::seek(&mut file, io::SeekFrom::End(0)).map_err(failed("write", partial))?;
    receive(means, answer, &mut file, partial).await
}

async fn receive(
    means: &Means<'_>,
    answer: Answer,
    file: &mut File,
    partial: &Path,
) -> Result<(), DownloadError> {
    let Answer { url, offset, promised, mut body } = answer;
    let (mut come, mut pace) = (0, Pace::begin(means.least, Instant::now()));
    let whole = promised.map(|promised| offset + promised);
    let mut said = None;
    loop {
        let frame = tokio::time::timeout(LOOK, body.frame()).await;
        if means.runner.cancelled() {
            return Err(DownloadError::Cancelled);
        }
        if let Ok(frame) = frame {
            let Some(frame) = frame else { break };
            let frame = frame.map_err(|cause| incomplete(&url, promised, cause))?;
            let Ok(bytes) = frame.into_data() else { continue };
            file.write_all(&bytes).map_err(failed("write", partial))?;
            come += bytes.len() as u64;
            pace.add(bytes.len() as u64);
            let now = step(offset + come, whole);
            if said.replace(now) != Some(now) {
                let count = Count { done: offset + come, of: whole };
                (means.said)(progress(offset + come, whole), count);
            }
        }
        if pace.is_slow(Instant::now()) {
            let Least { window, bytes } = means.least;
            return Err(DownloadError::Slow { place: url.to_string(), least: bytes, window });
        }
    }
    file.flush().map_err(failed("write", partial))?;
    Ok(())
}

/// Number of the step of a download whose progress is told.
fn step(come: u64, whole: Option<u64>) -> u64 {
    match whole {
        Some(whole) => come * STEPS / whole.max(1),
        None => come / STEP_BYTES,
    }
}

fn progress(come: u64, of: Option<u64>) -> String {
    match of {
        Some(of) => format!("{} of {}", amount(come), amount(of)),
        None => amount(come),
    }
}

fn copy(from: &Path, to: &Path) -> Result<(), DownloadError> {
    let mut source =
        File::open(from).map_err(|cause| DownloadError::File { path: from.to_owned(), cause })?;
    let mut target = File::create(to).map_err(failed("write", to))?;
    io::copy(&mut source, &mut target).map_err(failed("write", to))?;
    Ok(())
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |data| data.len())
}

fn checksum(path: &Path, like: &Checksum) -> Result<Checksum, CacheError> {
    let mut file = File::open(path).map_err(failed("open", path))?;
    let (mut sum, mut block) = (like.begin(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut block).map_err(failed("read", path))? {
            0 => return Ok(sum.end()),
            read => sum.add(&block[..read]),
        }
    }
}

fn remove(path: &Path) -> Result<(), CacheError> {
    fs::remove_file(path).map_err(failed("remove", path))
}

/// Path of the downloaded part of a file.
pub(super) fn partial(directory: &Path, published: &Published) -> PathBuf {
    let digits = published.checksum.digits();
    directory.join(format!("{}.part", digits.get(..32).unwrap_or(digits)))
}
