//! `sweep` and `clean`: what killed runs left, and what is kept between runs.

use std::path::Path;

use provision::cache::Cache;
use provision::kind;
use sandbox::slot::LOCKS;

use crate::args::CacheArgs;
use crate::error::{Error, Problem};
use crate::lease;
use crate::out;

/// Removes what killed runs left.
pub(crate) async fn sweep(args: &CacheArgs) -> anyhow::Result<u8> {
    let sockets = lease::sweep()?;
    let in_docker = kind::sweep(&Cache::open(args.cache.as_deref())?).await?;
    let swept = sandbox::slot::sweep(Path::new(LOCKS))?;
    out::result(&format!(
        "removed {} directories, {} cgroups, {} interfaces of {} ended sandboxes, {sockets} \
         sockets of ended shared installations, {} kind clusters; {} are in use",
        swept.removed.directories,
        swept.removed.cgroups,
        swept.removed.interfaces,
        swept.removed.slots,
        in_docker.clusters.len(),
        swept.in_use.len() + in_docker.in_use.len()
    ));
    let failed = swept.failed.into_iter().map(anyhow::Error::new);
    let failed = failed.chain(in_docker.failed.into_iter().map(anyhow::Error::new));
    let failed: Vec<Problem> = failed
        .map(|error| Problem::of(&error.context("failed to remove the remains of a run")))
        .collect();
    if failed.is_empty() {
        return Ok(report::exit::PASS);
    }
    Err(Error::all(report::exit::NO_ENVIRONMENT, failed).into())
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
        let error =
            Error::no_environment(format!("failed to clean {root}: sandboxes use it: {slots}"));
        return Err(error.with_hint("Stop the installations with `argo-conformance down`.").into());
    }
    let freed = cache.clean()?;
    out::result(&format!("freed {} MB", freed / 1_000_000));
    Ok(report::exit::PASS)
}
