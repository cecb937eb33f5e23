//! An installation on a cluster that the harness did not start.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use provision::existing::Hold;
use provision::installation::{Installation, Namespaces};
use report::CheckReport;
use rundir::error::{Error, Problem};

use crate::check::{self, Asked, Checked, Ready};
use crate::config::ExistingConfig;
use crate::installation::existing_request::request_of;
use crate::installation::programs::{self, Programs};
use crate::installation::reached_cluster::ReachedCluster;
use crate::installation::spec;
use crate::session::Session;

/// An installation on prepared namespaces that a check has passed.
pub(crate) struct ExistingInstallation {
    pub(crate) installation: Installation,
    /// The results of the check, for the run directory.
    pub(crate) check: CheckReport,
    hold: Hold,
    _cluster: ReachedCluster,
}

impl ExistingInstallation {
    /// Reaches the cluster, checks that cases can run there, and keeps other runs out. `named` is
    /// the version that must be there, if one was named. `None`: the user stopped the run.
    ///
    /// # Errors
    /// The check failed: each failure with its remedy.
    pub(crate) async fn reach(
        session: &Arc<Session>,
        config: &ExistingConfig,
        named: Option<&str>,
    ) -> anyhow::Result<Option<Self>> {
        let request = request_of(config)?;
        let cluster = ReachedCluster::open(session, config).await?;
        let asked = Asked { version: named, pods: &config.pods, shell_image: &config.shell_image };
        let Some(checked) = check::check(session, &cluster, request, &asked).await? else {
            return Ok(None);
        };
        let Checked { report, ready } = checked;
        for note in report.notes() {
            session.console.note(&format!("note: {note}"));
        }
        let Some(Ready { mut installation, hold }) = ready else { return Err(failed(&report)) };
        let with_cli = if report.is_failed() {
            Err(failed(&report))
        } else {
            add_cli(session, config, &mut installation).await
        };
        installation.namespaces = namespaces(&installation, session);
        match with_cli {
            Ok(()) => {
                let check = report.recorded();
                Ok(Some(Self { installation, check, hold, _cluster: cluster }))
            }
            Err(error) => {
                hold.give_back().await;
                Err(error)
            }
        }
    }

    /// Lets other runs have it.
    pub(crate) async fn give_back(self) {
        self.hold.give_back().await;
    }
}

/// The prepared namespaces that cases use. A controller that runs fewer workflows at once than
/// there are namespaces would leave the others waiting.
fn namespaces(installation: &Installation, session: &Session) -> Namespaces {
    let Namespaces::Prepared(names) = &installation.namespaces else {
        return installation.namespaces.clone();
    };
    let settings = installation.found.as_ref().and_then(|found| found.settings.observed());
    let mut names = names.clone();
    if let Some(limit) = settings.and_then(|settings| settings.cases_at_once(names.len())) {
        let note = format!("note: {limit} cases at once, by the parallelism of the controller");
        session.console.note(&note);
        names.truncate(limit);
    }
    Namespaces::Prepared(names)
}

/// The failures of a check, each with its remedy.
fn failed(report: &CheckReport) -> anyhow::Error {
    let problems = report.failed().map(|item| {
        let place = item.namespace.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
        let message = format!("{place}{}", item.message.raw());
        Problem::new(message).with_hint_of(item.remedy.clone())
    });
    Error::all(report::exit::NO_ENVIRONMENT, problems.collect()).into()
}

/// Gives the installation its `argo` program.
async fn add_cli(
    session: &Arc<Session>,
    config: &ExistingConfig,
    installation: &mut Installation,
) -> anyhow::Result<()> {
    installation.argo = match &config.argo_cli {
        Some(path) => {
            let path = std::path::absolute(path)?;
            let version = programs::version_of_argo(&installation.guard, &path).await?;
            installation.versions.cli = version;
            path
        }
        None => build_cli(session, &installation.versions.cli).await?,
    };
    Ok(())
}

async fn build_cli(session: &Arc<Session>, version: &str) -> anyhow::Result<PathBuf> {
    let spec = spec::version(version)?;
    let entry =
        Programs::of_argo(session, &spec.cli).await.context("failed to build the argo program")?;
    Ok(entry.bin().join("argo"))
}
