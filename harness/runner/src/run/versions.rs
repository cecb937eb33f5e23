//! Versions of Argo, each on a cluster of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::oneshot;

use crate::context::{RunContext, RunResults, read, untested};
use crate::installation::programs::Programs;
use crate::installation::provider::ClusterProvider;
use crate::installation::spec::{self, InstallationSpec};
use crate::installation::start::{RunningInstallation, Start};
use crate::schedule::cases::cases;
use crate::schedule::overlap::overlapping;
use rundir::error;

/// Runs the cases on a cluster of its own for each version. The next cluster may be put up while
/// the last cases of one end. The cases of the next take the slots that are free. The directory of
/// each version is made below `under`.
pub(super) async fn on_each(
    bench: &Arc<RunContext>,
    wanted: Vec<InstallationSpec>,
    under: &Path,
    found: &mut RunResults,
) -> anyhow::Result<()> {
    let maker = ClusterProvider::of(&bench.config);
    if matches!(maker, ClusterProvider::Native) {
        spec::images_are_there(&wanted, &bench.config.archives)?;
    }
    let programs = Programs::get(&bench.session, &maker, wanted).await?;
    for (argo, because) in &programs.refused {
        untested(bench, found, argo, because.clone());
    }
    let numbered = programs.argo.iter().zip(1..);
    let session = &bench.session;
    let (clusters, stop) = (bench.limiter.clusters, &session.stop);
    let each = overlapping(numbered, clusters, stop, |(argo, number), begun| {
        let name = argo.wanted.name();
        session.progress.live(|live, _| live.version_began(&name, number, programs.argo.len()));
        let archives = bench.config.archives.as_slice();
        let start = Start { provider: &maker, argo, archives };
        let directory = under.join(&name);
        Box::pin(version(bench, start, &programs, directory, begun))
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
    bench: &Arc<RunContext>,
    start: Start<'_>,
    programs: &Programs,
    directory: PathBuf,
    begun: oneshot::Sender<()>,
) -> RunResults {
    let (name, mut found) = (start.argo.wanted.name(), RunResults::default());
    if let Err(error) = put_up_and_run(bench, &start, programs, &directory, begun, &mut found).await
    {
        untested(bench, &mut found, &name, error::chain(&error));
    }
    bench.session.progress.live(|live, _| live.version_ended(&name));
    found
}

/// Cluster, Argo, cases, teardown.
async fn put_up_and_run(
    bench: &Arc<RunContext>,
    start: &Start<'_>,
    programs: &Programs,
    directory: &Path,
    begun: oneshot::Sender<()>,
    found: &mut RunResults,
) -> anyhow::Result<()> {
    let session = &bench.session;
    let put_up = RunningInstallation::put_up(session, programs, start, directory);
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
