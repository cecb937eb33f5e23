//! `sweep` and `clean`: what killed runs left, and what is kept between runs.

use std::path::Path;

use provision::cache::Cache;
use sandbox::slot::LOCKS;

use crate::args::CacheArgs;
use crate::lease;
use crate::out::{self, Explained};

/// Removes what killed runs left.
pub(crate) fn sweep() -> anyhow::Result<u8> {
    let sockets = lease::sweep()?;
    let swept = sandbox::slot::sweep(Path::new(LOCKS))?;
    out::result(&format!(
        "removed {} directories, {} cgroups, {} interfaces of {} dead sandboxes, {sockets} sockets \
         of dead keepers; {} are in use",
        swept.removed.directories,
        swept.removed.cgroups,
        swept.removed.interfaces,
        swept.removed.slots,
        swept.in_use.len()
    ));
    if swept.failed.is_empty() {
        return Ok(report::exit::PASS);
    }
    let failed = swept.failed.into_iter().map(|error| {
        let error = anyhow::Error::new(error);
        format!("error: not removed: {}", out::chain(&error))
    });
    let text = failed.collect::<Vec<_>>().join("\n");
    Err(Explained { code: report::exit::NO_ENVIRONMENT, text }.into())
}

/// Removes the cache.
pub(crate) fn clean(args: &CacheArgs) -> anyhow::Result<u8> {
    let cache = Cache::open(args.cache.as_deref())?;
    let in_use = sandbox::slot::in_use(Path::new(LOCKS))?;
    let own = in_use.iter().filter(|(_, note)| {
        note.as_ref().is_some_and(|note| note.directory.starts_with(cache.root()))
    });
    let slots: Vec<String> = own.map(|(slot, _)| slot.to_string()).collect();
    if !slots.is_empty() {
        let (root, slots) = (cache.root().display(), slots.join(", "));
        let text = format!(
            "error: {root} is in use by sandboxes: {slots}\nhint: end them: `argo-conformance down`"
        );
        return Err(Explained { code: report::exit::NO_ENVIRONMENT, text }.into());
    }
    let freed = cache.clean()?;
    out::result(&format!("freed {} MB", freed / 1_000_000));
    Ok(report::exit::PASS)
}
