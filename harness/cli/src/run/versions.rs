//! Versions of Argo, each on a cluster of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::oneshot;

use super::overlap::overlapping;
use super::{Bench, Found, cases, read, untested};
use crate::error;
use crate::maker::Maker;
use crate::programs::Programs;
use crate::standing::{Standing, Which};
use crate::wanted::{self, Wanted};

/// Runs the cases on a cluster of its own for each version. The next cluster may be put up while
/// the last cases of one end. The cases of the next take the slots that are free. The directory of
/// each version is made below `under`.
pub(super) async fn on_each(
    bench: &Arc<Bench>,
    wanted: Vec<Wanted>,
    under: &Path,
    found: &mut Found,
) -> anyhow::Result<()> {
    let maker = Maker::of(&bench.args);
    if matches!(maker, Maker::Native) {
        wanted::images_are_there(&wanted, &bench.args.images.archives)?;
    }
    let programs = Programs::get(&bench.session, &maker, wanted).await?;
    for (argo, because) in &programs.refused {
        untested(bench, found, argo, because.clone());
    }
    let numbered = programs.argo.iter().zip(1..);
    let session = &bench.session;
    let (clusters, stop) = (bench.slots.clusters, &session.stop);
    let each = overlapping(numbered, clusters, stop, |(argo, number), begun| {
        let name = argo.wanted.name();
        session.show.live(|live, _| live.version_began(&name, number, programs.argo.len()));
        let archives = bench.args.images.archives.as_slice();
        let which = Which { maker: &maker, argo, archives };
        let directory = under.join(&name);
        Box::pin(version(bench, which, &programs, directory, begun))
    });
    for one in each.await {
        found.extend(one);
    }
    if bench.session.stop.is_cancelled() {
        // Removes clusters whose start was interrupted.
        sandbox::slot::sweep(Path::new(sandbox::slot::LOCKS))?;
        provision::kind::sweep(&bench.session.cache).await?;
    }
    Ok(())
}

/// One version, or why it was not tested.
async fn version(
    bench: &Arc<Bench>,
    which: Which<'_>,
    programs: &Programs,
    directory: PathBuf,
    begun: oneshot::Sender<()>,
) -> Found {
    let (name, mut found) = (which.argo.wanted.name(), Found::default());
    if let Err(error) = put_up_and_run(bench, &which, programs, &directory, begun, &mut found).await
    {
        untested(bench, &mut found, &name, error::chain(&error));
    }
    bench.session.show.live(|live, _| live.version_ended(&name));
    found
}

/// Cluster, Argo, cases, teardown.
async fn put_up_and_run(
    bench: &Arc<Bench>,
    which: &Which<'_>,
    programs: &Programs,
    directory: &Path,
    begun: oneshot::Sender<()>,
    found: &mut Found,
) -> anyhow::Result<()> {
    let session = &bench.session;
    let put_up = Standing::put_up(session, programs, which, directory);
    let standing = tokio::select! {
        standing = put_up => standing?,
        () = session.stop.cancelled() => {
            anyhow::bail!("the run was stopped during the start of the cluster")
        }
    };
    let argo = read(&standing.installation, &standing.read_back);
    let outcome = match bench.earlier.same(&argo) {
        Ok(()) => cases(bench, &standing.installation, directory, begun).await,
        Err(error) => Err(error),
    };
    found.installed.push(argo);
    let ended = standing.end(session).await;
    let (judged, observed) = outcome?;
    found.judged.extend(judged);
    found.observed.push(observed);
    // A failure of the teardown changes no verdict.
    ended
}
