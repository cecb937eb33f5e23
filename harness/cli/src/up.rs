//! `up` and `down`: an installation that stays.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use provision::cluster::Cluster;
use sandbox::slot::LOCKS;

use crate::args::{DownArgs, UpArgs};
use crate::kept::{self, Kept};
use crate::maker::Maker;
use crate::out;
use crate::programs::Programs;
use crate::session::Session;
use crate::standing::{Standing, Which};
use crate::wanted::{self, Dimensions};

/// Puts up an installation and leaves it running.
pub(crate) async fn up(args: UpArgs) -> anyhow::Result<u8> {
    let dimensions = Dimensions::of(&[args.profile.into()], args.kubernetes.as_slice());
    let wanted = wanted::wanted(
        std::slice::from_ref(&args.argo),
        &args.components,
        &dimensions,
        args.cache.cache.as_deref(),
    )?;
    wanted::images_are_there(&wanted, &args.images.archives)?;
    let session = Arc::new(Session::open(args.cache.cache.as_deref(), None)?);
    session.stop_on_signals()?;
    session.show.on_terminal();
    let programs = Programs::get(&session, &Maker::Native, wanted).await?;
    let built = programs.argo.first().context("failed to find the built programs of Argo")?;
    let archives = &args.images.archives;
    let which = Which { maker: &Maker::Native, argo: built, archives };
    let put_up = Standing::put_up(&session, &programs, &which, &session.directory);
    let standing = tokio::select! {
        standing = put_up => standing?,
        () = session.stop.cancelled() => {
            sandbox::slot::sweep(Path::new(LOCKS))?;
            return Ok(report::exit::NO_ENVIRONMENT);
        }
    };
    let kept = Kept::of(&standing, &session);
    kept.write()?;
    let Cluster::Native(cluster) = standing.cluster else {
        anyhow::bail!("invalid provider: only a native cluster can stay up");
    };
    let slot = cluster.release()?;
    out::plain(&words(slot, &kept));
    Ok(report::exit::PASS)
}

fn words(slot: u16, kept: &Kept) -> String {
    let Kept { versions, cli, kubeconfig, store, bucket, user, password, logs, .. } = kept;
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

/// Ends installations that `up` left running: the named ones, or all.
pub(crate) fn down(args: &DownArgs) -> anyhow::Result<u8> {
    let kept = kept::released()?;
    let numbers = if args.slots.is_empty() {
        kept.iter().map(|(slot, _)| *slot).collect()
    } else {
        args.slots.clone()
    };
    if numbers.is_empty() {
        out::result("no installation is up");
    }
    for slot in numbers {
        if !kept.iter().any(|(number, _)| *number == slot) {
            return Err(kept::nothing(slot, &kept));
        }
        sandbox::slot::kill(Path::new(LOCKS), slot)?;
        out::result(&format!("installation {slot} is down"));
    }
    Ok(report::exit::PASS)
}
