//! The wait for a lock that another build or download holds.

use crate::cache::lock::Lock;
use crate::cache::{Cache, CacheError};
use crate::go::run::Runner;
use crate::progress::{Notice, Progress};

/// Takes a lock, and reports its holder as progress meanwhile. `None`: the user cancelled.
pub(super) fn wait(
    cache: &Cache,
    key: &str,
    label: &str,
    what: &str,
    runner: &dyn Runner,
    progress: &dyn Progress,
) -> Result<Option<Lock>, CacheError> {
    let name = format!("wait for {label}");
    let mut began = None;
    let mut waits = |holder: &str| {
        if began.is_none() {
            began = Some(std::time::Instant::now());
            progress.notice(Notice::Started { stage: name.clone() });
        }
        let detail = format!("{holder} is at it");
        progress.notice(Notice::Advanced { stage: name.clone(), detail, count: None });
    };
    let taken = Lock::take(cache, key, what, &mut waits, &|| runner.cancelled());
    let lock = match taken {
        Err(CacheError::Cancelled) => return Ok(None),
        taken => taken?,
    };
    if let Some(began) = began {
        progress.notice(Notice::Finished { stage: name, elapsed: began.elapsed() });
    }
    Ok(Some(lock))
}
