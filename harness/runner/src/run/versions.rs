//! Versions of Argo, each on a cluster of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::hints::chain;
use tokio::sync::oneshot;

use crate::context::{RunContext, RunResults, read, untested};
use crate::installation::programs::Programs;
use crate::installation::provider::ClusterProvider;
use crate::installation::spec::InstallationSpec;
use crate::installation::start::{RunningInstallation, Start};
use crate::schedule::cases::cases;
use crate::schedule::overlap::overlapping;

/// Runs the cases on a cluster of its own for each version. The next cluster may be put up while
/// the last cases of one end. The cases of the next take the slots that are free. The directory of
/// each version is made below `under`.
pub(super) async fn on_each(
    context: &Arc<RunContext>,
    specs: Vec<InstallationSpec>,
    under: &Path,
    found: &mut RunResults,
) -> anyhow::Result<()> {
    let provider = ClusterProvider::of(&context.config);
    let programs =
        Programs::get(&context.session, &provider, specs, &context.config.images).await?;
    for (argo, reason) in &programs.refused {
        untested(context, found, argo, reason.clone());
    }
    found.programs.extend(programs.report());
    let numbered = programs.argo.iter().zip(1..);
    let session = &context.session;
    let (clusters, stop) = (context.limiter.clusters, &session.stop);
    let each = overlapping(numbered, clusters, stop, |(argo, number), begun| {
        let name = argo.spec.name();
        session.progress.live(|live, _| live.version_began(&name, number, programs.argo.len()));
        let start = Start { provider: &provider, argo };
        let directory = under.join(&name);
        Box::pin(version(context, start, &programs, directory, begun))
    });
    for one in each.await {
        found.extend(one);
    }
    if context.session.stop.is_cancelled() {
        // Removes clusters whose start was interrupted.
        sandbox::slot::sweep(Path::new(sandbox::slot::LOCKS))?;
        provision::kind::sweep(&context.session.cache).await?;
    }
    Ok(())
}

/// One version, or why it was not tested.
async fn version(
    context: &Arc<RunContext>,
    start: Start<'_>,
    programs: &Programs,
    directory: PathBuf,
    begun: oneshot::Sender<()>,
) -> RunResults {
    let (name, mut found) = (start.argo.spec.name(), RunResults::default());
    if let Err(error) =
        put_up_and_run(context, &start, programs, &directory, begun, &mut found).await
    {
        untested(context, &mut found, &name, chain(error.as_ref()));
    }
    context.session.progress.live(|live, _| live.version_ended(&name));
    found
}

/// Cluster, Argo, cases, teardown.
async fn put_up_and_run(
    context: &Arc<RunContext>,
    start: &Start<'_>,
    programs: &Programs,
    directory: &Path,
    begun: oneshot::Sender<()>,
    found: &mut RunResults,
) -> anyhow::Result<()> {
    let session = &context.session;
    let put_up = RunningInstallation::put_up(session, programs, start, directory);
    let running = tokio::select! {
        running = put_up => running?,
        () = session.stop.cancelled() => {
            anyhow::bail!("the run was stopped during the start of the cluster")
        }
    };
    let argo = read(&running.installation, &running.read_back);
    let outcome = match context.earlier.same(&argo) {
        Ok(()) => cases(context, &running.installation, directory, begun).await,
        Err(error) => Err(error),
    };
    found.installed.push(argo);
    let ended = running.end(session).await;
    let (judged, observed) = outcome?;
    found.judged.extend(judged);
    found.observed.push(observed);
    // A failure of the teardown changes no verdict.
    ended
}
