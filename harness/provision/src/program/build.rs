//! Builds of the programs that the cache lacks.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::mpsc;
use std::thread::ScopedJoinHandle;
use std::time::Duration;

use super::compile::{self, Prepared};
use super::error::BuildError;
use super::go_caches::GoCaches;
use super::item::Item;
use super::prerequisite;
use super::source::{self, Module};
use super::wait::wait;
use super::workshop::{Means, Workshop};
use crate::cache::entry::{self, Entry};
use crate::cache::lock::Lock;
use crate::cache::{Cache, failed};
use crate::go::run::Runner;
use crate::go::{Environment, Go};
use crate::progress::{Notice, Progress, Work, WorkKind, stage};

/// Builds the items that the cache lacks. Returns the entries of all items, in the same order.
///
/// Modules share one set of Go's caches, which the function removes at its end. Checkouts and
/// commits share caches that stay in the cache. The function waits for another process that builds
/// the same item, and uses its entry.
///
/// # Errors
/// [`BuildError`] of the first failure. Entries that were built before the failure stay in the
/// cache.
pub fn ensure(
    cache: &Cache,
    items: &[Item],
    runner: &dyn Runner,
    progress: &dyn Progress,
) -> Result<Vec<Entry>, BuildError> {
    ensure_with(cache, items, runner, progress, &std::env::vars_os().collect())
}

/// The entries of the items, in the same order. `None`: the cache lacks the item. The function
/// builds nothing.
///
/// # Errors
/// [`BuildError::Go`].
pub fn kept(
    cache: &Cache,
    items: &[Item],
    runner: &dyn Runner,
) -> Result<Vec<Option<Entry>>, BuildError> {
    let environment = std::env::vars_os().collect();
    let go = Go::find(runner, &environment, cache.root()).map_err(BuildError::Go)?;
    Ok(items.iter().map(|item| Entry::find(cache, &item.key(go.toolchain()))).collect())
}

/// As [`ensure`], with another environment than the environment of the process.
pub(crate) fn ensure_with(
    cache: &Cache,
    items: &[Item],
    runner: &dyn Runner,
    progress: &dyn Progress,
    environment: &Environment,
) -> Result<Vec<Entry>, BuildError> {
    let go = Go::find(runner, environment, cache.root()).map_err(BuildError::Go)?;
    let keys: Vec<String> = items.iter().map(|item| item.key(go.toolchain())).collect();
    // The order by name prevents a deadlock of processes that take several locks.
    let wanted: BTreeMap<&str, &Item> = keys.iter().map(String::as_str).zip(items).collect();
    let missing = |cache: &Cache| -> Vec<(String, Item)> {
        let missing = wanted.iter().filter(|(key, _)| Entry::find(cache, key).is_none());
        missing.map(|(key, item)| ((*key).to_owned(), (*item).clone())).collect()
    };
    let absent = missing(cache);
    if !absent.is_empty() {
        let items: Vec<&Item> = absent.iter().map(|(_, item)| item).collect();
        prerequisite::check(cache, &go, &items)?;
        let locked = lock(cache, absent, runner, progress)?;
        let (given, mut modules): (Vec<_>, Vec<_>) =
            locked.into_iter().partition(|locked| locked.item.given.is_some());
        order(&mut modules, |locked| locked.item.usual.build);
        let works = works(modules.iter().chain(&given));
        if !works.is_empty() {
            progress.notice(Notice::Planned { works });
        }
        let means = Means { cache, runner, progress, environment };
        if !modules.is_empty() {
            build(&Workshop::open(means, go.clone(), None)?, modules)?;
        }
        if !given.is_empty() {
            let kept = GoCaches::take(cache, runner, progress)?;
            build(&Workshop::open(means, go, Some(kept))?, given)?;
        }
    }
    let entries = keys.iter().map(|key| Entry::find(cache, key)).collect::<Option<Vec<_>>>();
    // An entry is missing only if a `clean` runs at this moment.
    entries.ok_or_else(|| {
        let gone = std::io::Error::other("an entry vanished while it was wanted");
        failed("read", &cache.entries())(gone).into()
    })
}

/// Name of the stage that downloads the published modules of all items.
const SOURCES: &str = "download sources";

/// The stages of the builds, in the order of their begin.
fn works<'a>(locked: impl Iterator<Item = &'a Locked>) -> Vec<Work> {
    let of = |locked: &Locked| [WorkKind::Fetch, WorkKind::Build].map(|k| locked.item.work(k));
    let works: Vec<Work> = locked.flat_map(of).collect();
    if works.is_empty() {
        return works;
    }
    let sources = Work {
        kind: WorkKind::Fetch,
        program: "sources".to_owned(),
        stage: SOURCES.to_owned(),
        key: SOURCES.to_owned(),
        usual: Some(Duration::from_secs(5)),
    };
    std::iter::once(sources).chain(works).collect()
}

/// Sorts items by their usual time of a build. The short builds come first, so the long downloads
/// run beside these builds. The last item is a short one, which runs beside the last part of the
/// longest build. No other build runs beside the last part of the last build.
fn order<T>(items: &mut [T], usual: impl Fn(&T) -> Duration) {
    items.sort_by_key(&usual);
    let longest = items.last().map(&usual).unwrap_or_default();
    let hides = |item: &T| usual(item) < longest && usual(item) * compile::LAST_PART >= longest;
    if let Some(shortest) = items.iter().position(hides) {
        items[shortest..].rotate_left(1);
    }
}

/// A missing item, with its lock.
struct Locked {
    key: String,
    item: Item,
    lock: Lock,
}

/// Takes the locks of missing items. The result omits items that another process built meanwhile.
fn lock(
    cache: &Cache,
    absent: Vec<(String, Item)>,
    runner: &dyn Runner,
    progress: &dyn Progress,
) -> Result<Vec<Locked>, BuildError> {
    let mut locked = Vec::new();
    for (key, item) in absent {
        let what = format!("building {}", item.label());
        let lock = wait(cache, &key, &item.label(), &what, runner, progress)?;
        let lock = lock.ok_or(BuildError::Cancelled)?;
        if Entry::find(cache, &key).is_none() {
            locked.push(Locked { key, item, lock });
        }
    }
    Ok(locked)
}

/// Builds items. The download for the next item runs during the compilation of an item. Each
/// compilation but the first begins before the end of the one before it. At most two run at once. A
/// failure ends every compilation and download.
fn build(shop: &Workshop, locked: Vec<Locked>) -> Result<(), BuildError> {
    let items: Vec<&Item> = locked.iter().map(|locked| &locked.item).collect();
    let modules = stage(shop.progress, SOURCES, || source::modules(shop, &items))?;
    let (give, take) = mpsc::sync_channel(1);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            for (locked, module) in locked.into_iter().zip(modules) {
                match prepare(shop, &locked, module) {
                    Ok(prepared) => {
                        if give.send((locked, prepared)).is_err() {
                            return;
                        }
                    }
                    Err(error) => return shop.stop(error),
                }
            }
        });
        let mut before: Option<ScopedJoinHandle<()>> = None;
        for (locked, prepared) in take {
            let (next, last_part) = mpsc::channel();
            let build = scope.spawn(move || {
                if let Err(error) = finish(shop, locked, &prepared, next) {
                    shop.stop(error);
                }
            });
            if let Some(Err(panic)) = before.replace(build).map(ScopedJoinHandle::join) {
                std::panic::resume_unwind(panic);
            }
            // No value comes. The wait ends when the build drops `next`.
            let Err(mpsc::RecvError) = last_part.recv();
        }
    });
    shop.take_failure().map_or(Ok(()), Err)
}

fn prepare(shop: &Workshop, locked: &Locked, module: Module) -> Result<Prepared, BuildError> {
    let source = shop.dir().join("source").join(&locked.key);
    let name = locked.item.work(WorkKind::Fetch).stage;
    let packages = stage(shop.progress, &name, || {
        source::prepare(shop, &locked.item, &module, &source)?;
        match &shop.kept {
            None => compile::fetch(shop, &locked.item, &source, &name).map(Some),
            Some(_) => Ok(None),
        }
    })?;
    Ok(Prepared { source, commit: module.commit, packages })
}

/// Builds an item, and drops `next` when the next item can begin.
fn finish(
    shop: &Workshop,
    locked: Locked,
    prepared: &Prepared,
    next: mpsc::Sender<Infallible>,
) -> Result<(), BuildError> {
    let Locked { key, item, lock } = locked;
    let staged = shop.dir().join("made").join(&key);
    let name = item.work(WorkKind::Build).stage;
    stage(shop.progress, &name, || {
        compile::build(shop, &item, prepared, &staged, next)?;
        for kept in &item.kept {
            source::copy(&prepared.source.join(kept), &staged.join(kept))?;
        }
        let made_from = item.made_from(shop.go.toolchain());
        Entry::publish(shop.cache, &key, &staged, &item.label(), made_from)?;
        entry::remove(&prepared.source)?;
        Ok::<_, BuildError>(())
    })?;
    drop(lock);
    Ok(())
}

#[cfg(test)]
mod tests;
