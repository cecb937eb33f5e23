//! `up`: puts up an installation and leaves it running.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use provision::cluster::Cluster;
use sandbox::slot::LOCKS;

use runner::installation::programs::Programs;
use runner::installation::provider::ClusterProvider;
use runner::installation::released::ReleasedInstallation;
use runner::installation::spec::{self, Dimensions};
use runner::installation::start::{RunningInstallation, Start};
use runner::session::Session;

use crate::args::UpArgs;
use crate::terminal::console::Terminal;
use crate::terminal::out;

/// Puts up an installation and leaves it running.
pub(crate) async fn up(args: UpArgs) -> anyhow::Result<u8> {
    let dimensions = Dimensions::of(&[args.profile.into()], args.kubernetes.as_slice());
    let specs = spec::specs(
        std::slice::from_ref(&args.argo),
        &(&args.components).into(),
        &dimensions,
        args.programs.cache.cache.as_deref(),
    )?;
    let session = Arc::new(Session::open(&(&args.programs).into(), None, Terminal::text())?);
    session.stop_on_signals()?;
    session.progress.show_running();
    let images = (&args.images).into();
    let programs = Programs::get(&session, &ClusterProvider::Native, specs, &images).await?;
    let built = programs.argo.first().context("failed to find the built programs of Argo")?;
    let start = Start { provider: &ClusterProvider::Native, argo: built };
    let put_up = RunningInstallation::put_up(&session, &programs, &start, &session.directory);
    let running = tokio::select! {
        running = put_up => running?,
        () = session.stop.cancelled() => {
            sandbox::slot::sweep(Path::new(LOCKS))?;
            return Ok(report::exit::NO_ENVIRONMENT);
        }
    };
    let released = ReleasedInstallation::of(&running, &session);
    released.write()?;
    let Cluster::Native(cluster) = running.cluster else {
        anyhow::bail!("invalid provider: only a native cluster can stay up");
    };
    let slot = cluster.release()?;
    out::plain(&words(slot, &released));
    Ok(report::exit::PASS)
}

fn words(slot: u16, released: &ReleasedInstallation) -> String {
    let ReleasedInstallation {
        versions, cli, kubeconfig, store, bucket, user, password, logs, ..
    } = released;
    format!(
        "installation {slot} is up: Argo {}\nexport KUBECONFIG={kubeconfig}\nargo      \
         {cli}\nstore     http://{store}, bucket {bucket}, access key {user}, secret key \
         {password}\nlogs      {logs}\ntry       argo-conformance run --on {slot}\nstop      \
         argo-conformance down {slot}",
        versions.name(),
        kubeconfig = kubeconfig.display(),
        cli = cli.display(),
        logs = logs.display(),
    )
}
