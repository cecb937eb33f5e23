//! Downloads of published programs, by a table of pinned checksums.
//!
//! A published program and a built program of the same version are different files. Their entries
//! of the cache have different names, and [`published`] tells one from the other.

mod checksum;
mod error;
mod file;
mod mirror;
mod pace;
mod table;
mod unpack;

use std::collections::BTreeMap;
use std::fs;

use http::Uri;
use tokio::runtime::Handle;

pub use checksum::Checksum;
pub use error::{DownloadError, UnreachableError};
use mirror::Place;
pub use mirror::{Mirror, MirrorCredentialsError, MirrorError};
use pace::Least;
pub use table::{Published, Table, TableError};

use super::Item;
use super::wait::wait;
use crate::budgets;
use crate::cache::entry::{self, Entry};
use crate::cache::{Cache, failed};
use crate::client::proxy::ProxyVariables;
use crate::fetch::reach;
use crate::go::run::Runner;
use crate::image::architecture;
use crate::progress::{Notice, Progress, WorkKind, stage};

/// Largest number of downloads at once.
pub const AT_ONCE: usize = 4;

/// Version of the layout of an entry. A change of the layout needs a new version.
const LAYOUT: u32 = 1;

/// Smallest number of bytes of a download in [`budgets::DOWNLOAD_WINDOW`].
const LEAST_BYTES: u64 = 1_000_000;

/// The published files that can be downloaded, and their place.
#[derive(Clone, Debug)]
pub struct Downloads {
    /// The table of published files.
    pub table: Table,
    /// A mirror in place of the servers of the table.
    pub mirror: Option<Mirror>,
}

/// Inputs of a download.
#[derive(Clone, Copy)]
pub struct Means<'a> {
    /// The cache.
    pub cache: &'a Cache,
    /// The owner of the process, which tells a cancel.
    pub runner: &'a dyn Runner,
    /// Receiver of progress.
    pub progress: &'a dyn Progress,
}

impl Downloads {
    /// The published file of an item for this machine. `None`: the table has no file, and the item
    /// is built.
    pub fn file(&self, item: &Item) -> Option<Published> {
        self.table.file(item, architecture())
    }

    /// The downloaded entry of an item. `None`: the cache lacks it, or the table has no file.
    pub fn kept(&self, cache: &Cache, item: &Item) -> Option<Entry> {
        Entry::find(cache, &key(item, &self.file(item)?))
    }

    /// The servers that do not answer, each with its items. Each server is asked once, and all
    /// servers at once.
    pub async fn unreachable(&self, items: &[Item]) -> Vec<UnreachableError> {
        let variables = ProxyVariables::of_process();
        let mut servers: BTreeMap<String, (String, Vec<Item>)> = BTreeMap::new();
        for item in items {
            let Some(Place::Url(url)) = self.file(item).map(|file| self.place(&file)) else {
                continue;
            };
            let server = url.parse::<Uri>().ok();
            let server = server.and_then(|uri| Some(uri.authority()?.to_string()));
            let (_, of_server) =
                servers.entry(server.unwrap_or_default()).or_insert_with(|| (url, Vec::new()));
            of_server.push(item.clone());
        }
        let variables = &variables;
        let asked = servers.into_values().map(|(url, items)| async move {
            let asked = reach(variables, &url, budgets::DOWNLOAD_CONNECTION.time).await;
            let cause = Box::new(asked.err()?);
            Some(UnreachableError { items, cause })
        });
        futures::future::join_all(asked).await.into_iter().flatten().collect()
    }

    /// Downloads the programs of an item, unless the cache has them. The function blocks, and waits
    /// for another process that downloads the same item.
    ///
    /// # Errors
    /// [`DownloadError`]. The cache has no new entry.
    pub fn get(
        &self,
        means: Means<'_>,
        item: &Item,
        published: &Published,
        handle: &Handle,
    ) -> Result<Entry, DownloadError> {
        let least = Least { window: budgets::DOWNLOAD_WINDOW.time, bytes: LEAST_BYTES };
        self.get_by(means, item, published, handle, least)
    }

    fn get_by(
        &self,
        Means { cache, runner, progress }: Means<'_>,
        item: &Item,
        published: &Published,
        handle: &Handle,
        least: Least,
    ) -> Result<Entry, DownloadError> {
        let (key, label) = (key(item, published), item.label());
        let doing = format!("downloading {label}");
        let lock = wait(cache, &key, &label, &doing, runner, progress)?;
        let lock = lock.ok_or(DownloadError::Cancelled)?;
        if let Some(entry) = Entry::find(cache, &key) {
            return Ok(entry);
        }
        let directory = cache.downloads();
        fs::create_dir_all(&directory).map_err(failed("create", &directory))?;
        let partial = file::partial(&directory, published);
        let name = item.work(WorkKind::Download).stage;
        let entry = stage(progress, &name, || {
            let said = |detail, count| {
                let (stage, count) = (name.clone(), Some(count));
                progress.notice(Notice::Advanced { stage, detail, count });
            };
            let variables = ProxyVariables::of_process();
            let means = file::Means { variables: &variables, least, runner, said: &said };
            handle.block_on(file::get(&means, &self.place(published), published, &partial))?;
            let staged = directory.join(&key);
            entry::remove(&staged)?;
            unpack::unpack(item, &published.url, &partial, &staged.join("bin"))?;
            let made_from = serde_json::json!({ "published": published, "layout": LAYOUT });
            Ok::<_, DownloadError>(Entry::publish(cache, &key, &staged, &label, made_from)?)
        })?;
        fs::remove_file(&partial).map_err(failed("remove", &partial))?;
        drop(lock);
        Ok(entry)
    }

    fn place(&self, published: &Published) -> Place {
        match &self.mirror {
            Some(mirror) => mirror.place(&published.url),
            None => Place::Url(published.url.clone()),
        }
    }
}

/// The published file of an entry. `None`: the programs of the entry are built.
pub fn published(entry: &Entry) -> Option<Published> {
    let published = entry.manifest().made_from.get("published")?;
    serde_json::from_value(published.clone()).ok()
}

/// Name of the entry of a downloaded item.
fn key(item: &Item, published: &Published) -> String {
    let digits = published.checksum.digits();
    let digits = digits.get(..16).unwrap_or(digits);
    format!("{}-{}-published-{LAYOUT}-{digits}", item.name, item.release)
}

#[cfg(test)]
mod tests;
