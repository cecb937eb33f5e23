//! `sweep`: removes what killed runs left.

use std::path::Path;

use provision::cache::Cache;
use provision::kind;
use sandbox::slot::LOCKS;

use crate::args::CacheArgs;
use crate::terminal::out;
use rundir::{Error, Problem};
use runner::installation::shared;
use runner::killed_runs;

/// Removes what killed runs left.
pub(crate) async fn sweep(args: &CacheArgs) -> anyhow::Result<u8> {
    let cache = Cache::open(args.cache.as_deref())?;
    let sockets = shared::sweep()?;
    let of_runs = killed_runs::sweep(cache.root()).await?;
    let in_docker = kind::sweep(&cache).await?;
    let swept = sandbox::slot::sweep(Path::new(LOCKS))?;
    out::result(&format!(
        "removed {} directories, {} cgroups, {} interfaces of {} ended sandboxes\n\
         removed {sockets} sockets of ended shared installations, {} kind clusters; {} are in use\n\
         removed {} private directories of killed runs, and their objects in {} namespaces",
        swept.removed.directories,
        swept.removed.cgroups,
        swept.removed.interfaces,
        swept.removed.slots,
        in_docker.clusters.len(),
        swept.in_use.len() + in_docker.in_use.len(),
        of_runs.directories,
        of_runs.namespaces
    ));
    let failed = swept.failed.into_iter().map(anyhow::Error::new);
    let failed = failed.chain(in_docker.failed.into_iter().map(anyhow::Error::new));
    let failed = failed.map(|error| {
        let hint = provision::hints::hint(error.as_ref());
        Problem::of(&error.context("failed to remove the remains of a run")).with_hint_of(hint)
    });
    let failed: Vec<Problem> = failed.chain(of_runs.failed).collect();
    if failed.is_empty() {
        return Ok(report::exit::PASS);
    }
    Err(Error::all(report::exit::NO_ENVIRONMENT, failed).into())
}
