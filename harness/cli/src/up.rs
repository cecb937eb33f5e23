//! `sweep` and `clean`.

use std::path::Path;

use provision::cache::Cache;

use crate::args::CacheArgs;
use crate::out;

/// Removes what killed runs left.
pub(crate) fn sweep() -> anyhow::Result<u8> {
    let swept = sandbox::slot::sweep(Path::new(sandbox::slot::LOCKS))?;
    out::result(&format!(
        "removed {} directories, {} cgroups, {} interfaces of {} dead sandboxes; {} are in use",
        swept.removed.directories,
        swept.removed.cgroups,
        swept.removed.interfaces,
        swept.removed.slots,
        swept.in_use.len()
    ));
    Ok(report::exit::PASS)
}

/// Removes the cache.
pub(crate) fn clean(args: &CacheArgs) -> anyhow::Result<u8> {
    let freed = Cache::open(args.cache.as_deref())?.clean()?;
    out::result(&format!("freed {} MB", freed / 1_000_000));
    Ok(report::exit::PASS)
}
