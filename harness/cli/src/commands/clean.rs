//! `clean`: removes the cache.

use std::path::Path;

use provision::cache::Cache;
use provision::kind;
use rundir::Error;
use sandbox::slot::LOCKS;

use crate::args::CacheArgs;
use crate::terminal::out;

/// Removes the cache.
pub(crate) async fn clean(args: &CacheArgs) -> anyhow::Result<u8> {
    let cache = Cache::open(args.cache.as_deref())?;
    // With the cache would go what is known of clusters that are left.
    if let Some(error) = kind::sweep(&cache).await?.failed.pop() {
        return Err(error.into());
    }
    let in_use = sandbox::slot::in_use(Path::new(LOCKS))?;
    let own = in_use.iter().filter(|(_, note)| {
        note.as_ref().is_some_and(|note| note.directory.starts_with(cache.root()))
    });
    let slots: Vec<String> = own.map(|(slot, _)| slot.to_string()).collect();
    if !slots.is_empty() {
        let (root, slots) = (cache.root().display(), slots.join(", "));
        let error =
            Error::no_environment(format!("failed to clean {root}: sandboxes use it: {slots}"));
        return Err(error.with_hint("Stop the installations with `argo-conformance down`.").into());
    }
    let freed = cache.clean()?;
    out::result(&format!("freed {} MB", freed / 1_000_000));
    Ok(report::exit::PASS)
}
