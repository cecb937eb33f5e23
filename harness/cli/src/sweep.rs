//! `sweep` and `clean`: what killed runs left, and what is kept between runs.

use std::path::Path;

use provision::cache::Cache;
use provision::kind;
use sandbox::slot::LOCKS;

use crate::args::CacheArgs;
use crate::lease;
use crate::out::{self, Explained};

/// Removes what killed runs left.
pub(crate) async fn sweep(args: &CacheArgs) -> anyhow::Result<u8> {
    let sockets = lease::sweep()?;
    let in_docker = kind::sweep(&Cache::open(args.cache.as_deref())?).await?;
    let swept = sandbox::slot::sweep(Path::new(LOCKS))?;
    out::result(&format!(
        "removed {} directories, {} cgroups, {} interfaces of {} dead sandboxes, {sockets} sockets \
         of dead keepers, {} clusters of kind; {} are in use",
        swept.removed.directories,
        swept.removed.cgroups,
        swept.removed.interfaces,
        swept.removed.slots,
        in_docker.clusters.len(),
        swept.in_use.len() + in_docker.in_use.len()
    ));
    let failed = swept.failed.into_iter().map(anyhow::Error::new);
    let failed = failed.chain(in_docker.failed.into_iter().map(anyhow::Error::new));
    let failed = failed.map(|error| {
        let hint = provision::hints::hint(error.as_ref()).map(|hint| format!("\nhint: {hint}"));
        format!("error: not removed: {}{}", out::chain(&error), hint.unwrap_or_default())
    });
    let failed: Vec<String> = failed.collect();
    if failed.is_empty() {
        return Ok(report::exit::PASS);
    }
    let text = failed.join("\n");
    Err(Explained { code: report::exit::NO_ENVIRONMENT, text }.into())
}

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
        let text = format!(
            "error: {root} is in use by sandboxes: {slots}\nhint: end them: `argo-conformance down`"
        );
        return Err(Explained { code: report::exit::NO_ENVIRONMENT, text }.into());
    }
    let freed = cache.clean()?;
    out::result(&format!("freed {} MB", freed / 1_000_000));
    Ok(report::exit::PASS)
}
