//! A run on running installations: of `up`, shared, or of an existing cluster.

use std::sync::Arc;

use anyhow::Context;
use provision::installation::Installation;
use tokio::sync::oneshot;

use crate::context::{RunContext, RunResults, read};
use crate::installation::existing::ExistingInstallation;
use crate::installation::existing_request::version_of;
use crate::installation::released::ReleasedInstallation;
use crate::installation::shared::Share;
use crate::installation::spec::InstallationSpec;
use crate::schedule::cases::cases;
use rundir::{installed, layout};

/// On an installation that `up` left running.
pub(super) async fn on_released(
    context: &Arc<RunContext>,
    slot: u16,
    found: &mut RunResults,
) -> anyhow::Result<()> {
    let kept = ReleasedInstallation::read(slot)?;
    context.session.progress.live(|live, _| live.version_began(&kept.versions.name(), 1, 1));
    let installation = kept.installation(&context.session)?;
    on_installation(context, installation, found).await
}

/// On installations that other runs use as well, one version after the other.
pub(super) async fn on_shared(
    context: &Arc<RunContext>,
    name: &str,
    specs: &[InstallationSpec],
    found: &mut RunResults,
) -> anyhow::Result<()> {
    let programs = &context.config.programs;
    for (index, one) in specs.iter().enumerate() {
        let argo = &one.name();
        context.session.progress.live(|live, _| live.version_began(argo, index + 1, specs.len()));
        let share = Share { name, argo, programs };
        let lease = tokio::select! {
            lease = share.take(&context.session) => lease?,
            () = context.session.stop.cancelled() => return Ok(()),
        };
        on_installation(context, lease.installation.clone(), found).await?;
        context.session.progress.live(|live, _| live.version_ended(argo));
    }
    Ok(())
}

/// On a cluster that somebody else put up.
pub(super) async fn on_prepared(
    context: &Arc<RunContext>,
    found: &mut RunResults,
) -> anyhow::Result<()> {
    let (config, session) = (&context.config, &context.session);
    let named = config.argo.first().map(|name| version_of(name));
    let reached = ExistingInstallation::reach(session, &config.existing, named.as_deref());
    let reached = Box::pin(reached);
    let Some(prepared) = reached.await? else { return Ok(()) };
    let record = session.directory.join(layout::CHECK);
    std::fs::write(&record, report::check::json(&prepared.check))
        .with_context(|| format!("failed to write {}", record.display()))?;
    found.checks.push(prepared.check.clone());
    let there = prepared.installation.versions.name();
    session.progress.live(|live, _| live.version_began(&there, 1, 1));
    let outcome = on_installation(context, prepared.installation.clone(), found).await;
    prepared.give_back().await;
    warn_of_key_material(context);
    outcome
}

/// Warns of key material in the run directory, which no command publishes then.
fn warn_of_key_material(context: &RunContext) {
    let session = &context.session;
    let known: Vec<String> = context.config.existing.store_password.iter().cloned().collect();
    let notes: Vec<String> = match key_material::find(&session.directory, &known) {
        Ok(found) => found.iter().map(ToString::to_string).collect(),
        Err(error) => vec![format!("failed to search the run directory for keys: {error:#}")],
    };
    for note in notes {
        session.console.note(&format!("warning: {note}"));
    }
}

/// On an installation that is there.
async fn on_installation(
    context: &Arc<RunContext>,
    installation: Installation,
    found: &mut RunResults,
) -> anyhow::Result<()> {
    let read_back =
        installation.read_back().await.context("failed to read back the installation")?;
    let directory = context.session.directory.join(installation.versions.name());
    std::fs::create_dir_all(&directory)
        .and_then(|()| {
            let text = serde_json::to_string_pretty(&read_back)?;
            std::fs::write(directory.join(installed::INSTALLATION), text)
        })
        .with_context(|| format!("failed to write into {}", directory.display()))?;
    let (begun, _) = oneshot::channel();
    let (judged, observed) = cases(context, &installation, &directory, begun).await?;
    found.judged.extend(judged);
    found.observed.push(observed);
    found.installed.push(read(&installation, &read_back));
    Ok(())
}
