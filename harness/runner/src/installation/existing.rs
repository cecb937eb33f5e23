//! An installation on a cluster that the harness did not start.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use model::controller::{ControllerSelector, FoundController};
use model::history::Versions;
use provision::client::{self, Client, Origin};
use provision::existing::{self, ControllerSearch, Hold, TargetNamespaces};
use provision::installation::{Alarm, Installation, Namespaces};
use provision::requests::Requests;

use report::CheckReport;
use report::check::CheckConnection;

use crate::check::{self, Asked, Checked, Ready};
use crate::config::ExistingConfig;
use crate::installation::artifact_place::{ArtifactPlace, GivenArtifacts};
use crate::installation::programs::{self, Programs};
use crate::installation::spec;
use crate::private_directory::{self, PrivateDirectory};
use crate::session::Session;
use rundir::error::{Error, Problem};

/// A cluster to which the run has a client, with a private kubeconfig.
pub(crate) struct ReachedCluster {
    pub(crate) client: Client,
    requests: Requests,
    kubeconfig: PathBuf,
    origin: Origin,
    /// The directory of the kubeconfig.
    _private: PrivateDirectory,
}

/// The facts about an installation that a check finds.
pub(crate) struct Findings {
    pub(crate) versions: Versions,
    pub(crate) place: ArtifactPlace,
    /// The prepared namespaces.
    pub(crate) prepared: Vec<String>,
    /// Namespace of the controller.
    pub(crate) argo_namespace: String,
    /// The pods of the controller.
    pub(crate) selector: ControllerSelector,
    pub(crate) controller: FoundController,
    pub(crate) alarm: Alarm,
}

impl ReachedCluster {
    /// Writes the private kubeconfig, and makes a client. An exec plugin may run. Nothing connects.
    ///
    /// # Errors
    /// The kubeconfig cannot be used.
    pub(crate) fn open(session: &Session, config: &ExistingConfig) -> anyhow::Result<Self> {
        private_directory::sweep(session.cache.root())?;
        let private = PrivateDirectory::create(session.cache.root(), &session.run)?;
        let kubeconfig = private.path().join("kubeconfig");
        let (file, context) = (config.kubeconfig.as_deref(), config.context.as_deref());
        let origin = existing::write_kubeconfig(file, context, &kubeconfig)?;
        let requests = Requests::default();
        let client = client::client(&kubeconfig, origin.clone(), &requests)?;
        Ok(Self { client, requests, kubeconfig, origin, _private: private })
    }

    /// A cluster with this client, and with a directory in a cache.
    #[cfg(test)]
    pub(crate) fn fake(client: Client, cache: &std::path::Path) -> Self {
        let private = PrivateDirectory::create(cache, "fake").expect("a directory");
        let (requests, origin) = (Requests::default(), Origin::Own);
        let kubeconfig = private.path().join("kubeconfig");
        Self { client, requests, kubeconfig, origin, _private: private }
    }

    /// Server, context and file of the kubeconfig.
    pub(crate) fn connection(&self) -> Option<CheckConnection> {
        let server = client::server(&self.kubeconfig)?.into();
        let (context, kubeconfig) = match &self.origin {
            Origin::Context { name, file } => {
                (Some(name.as_str().into()), Some(file.display().to_string().into()))
            }
            Origin::Pod | Origin::Own => (None, None),
        };
        Some(CheckConnection { server, context, kubeconfig })
    }

    /// The installation, without an `argo` program.
    pub(crate) fn installation(
        &self,
        session: &Session,
        found: Findings,
        shell_image: &str,
    ) -> Installation {
        let ArtifactPlace { artifacts, store } = found.place;
        Installation {
            run: session.run.clone(),
            client: self.client.clone(),
            requests: self.requests.clone(),
            alarm: found.alarm,
            store,
            artifacts,
            proxy: None,
            argo: PathBuf::new(),
            argo_environment: existing::argo_environment(std::env::vars_os()),
            kubeconfig: self.kubeconfig.clone(),
            guard: session.guard.tethered(),
            shell_image: shell_image.to_owned(),
            versions: found.versions,
            source: "the existing cluster".to_owned(),
            profile: None,
            argo_namespace: found.argo_namespace,
            controller_selector: found.selector,
            found: Some(found.controller),
            namespaces: Namespaces::Prepared(found.prepared),
        }
    }
}

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
        let given = given(config)?;
        let cluster = ReachedCluster::open(session, config)?;
        let asked = Asked { version: named, pods: &config.pods, shell_image: &config.shell_image };
        let Some(checked) = check::check(session, &cluster, given, &asked).await? else {
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

/// The prepared namespaces that cases use. A controller that runs fewer workflows at once than there
/// are namespaces would leave the others waiting.
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

/// The description of the cluster, complete.
pub(crate) struct Given {
    pub(crate) place: TargetNamespaces,
    pub(crate) artifacts: GivenArtifacts,
    /// The controller, as the configuration names it.
    pub(crate) search: ControllerSearch,
}

/// Every problem of the configuration at once, or what it describes.
pub(crate) fn given(config: &ExistingConfig) -> anyhow::Result<Given> {
    let (artifacts, mut lacks) = match GivenArtifacts::of(config) {
        Ok(artifacts) => (Some(artifacts), Vec::new()),
        Err(lacks) => (None, lacks),
    };
    if config.namespaces.is_empty() {
        let hint = "Prepare namespaces with the manifests of `argo-conformance prepare`.";
        lacks.push(
            Problem::new("missing argument: an existing cluster needs --namespaces")
                .with_hint(hint),
        );
    }
    lacks.extend(config.pods.problems().into_iter().map(Problem::new));
    let place = TargetNamespaces::new(config.namespaces.clone(), config.argo_namespace.clone());
    let (place, artifacts) = match (place, artifacts) {
        (Ok(place), Some(artifacts)) if lacks.is_empty() => (place, artifacts),
        (place, _) => {
            let place = place.err();
            lacks.extend(
                place.map(|error| Problem::new(error.to_string()).with_hint_of(error.hint())),
            );
            return Err(Error::all(report::exit::USAGE, lacks).into());
        }
    };
    Ok(Given { place, artifacts, search: config.controller.clone() })
}

/// The versions of Argo in the cluster, by the tags of its images. `named` replaces a tag that is
/// no version.
pub(crate) fn versions(found: &FoundController, named: Option<&str>) -> anyhow::Result<Versions> {
    if let (Some(there), Some(named)) = (&found.version, named)
        && there != named
    {
        let message =
            format!("invalid --argo: the installed workflow controller is {there}, not {named}");
        let hint = "Leave --argo out, or name the installed version.";
        return Err(Error::usage(message).with_hint(hint).into());
    }
    let parts = [("workflow controller", &found.version), ("executor", &found.executor_version)];
    let [controller, executor] = parts.map(|(part, there)| {
        there.clone().or_else(|| named.map(str::to_owned)).ok_or_else(|| {
            let message = format!("invalid image tag: the tag of the {part} is no version");
            anyhow::Error::from(Error::usage(message).with_hint("Name the version by --argo."))
        })
    });
    let controller = controller?;
    Ok(Versions { executor: executor?, ..Versions::all(&controller) })
}

/// The version in the name of an installation.
pub(crate) fn version_of(name: &str) -> String {
    Versions::of_name(name.trim_start_matches('v')).controller
}

async fn build_cli(session: &Arc<Session>, version: &str) -> anyhow::Result<PathBuf> {
    let wanted = spec::version(version)?;
    let entry = Programs::of_argo(session, &wanted.cli)
        .await
        .context("failed to build the argo program")?;
    Ok(entry.bin().join("argo"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::versions;

    #[rstest]
    #[case::as_the_images_say(Some("3.5.12"), Some("3.5.5"), None, Ok(("3.5.12", "3.5.5")))]
    #[case::as_named(None, None, Some("3.7.18"), Ok(("3.7.18", "3.7.18")))]
    #[case::both_agree(Some("3.7.18"), None, Some("3.7.18"), Ok(("3.7.18", "3.7.18")))]
    #[case::executor_says_nothing(Some("3.7.18"), None, None, Err("the tag of the executor is no"))]
    #[case::another_is_there(Some("3.5.12"), None, Some("3.7.18"), Err("is 3.5.12, not 3.7.18"))]
    #[case::nobody_says(None, Some("3.5.5"), None, Err("is no version"))]
    fn which_argo_is_there(
        #[case] controller: Option<&str>,
        #[case] executor: Option<&str>,
        #[case] named: Option<&str>,
        #[case] expected: Result<(&str, &str), &str>,
    ) {
        let found = json!({
            "namespace": "argo", "deployment": null, "pods": ["c"], "leader": { "known": "c" },
            "container": "c", "image": "", "version": controller, "executor_image": null,
            "executor_version": executor, "scope": "cluster", "instance_id": null,
            "config_map": "c", "settings": { "unobserved": "forbidden" },
        });
        let found = serde_json::from_value(found).expect("a controller");
        match (versions(&found, named), expected) {
            (Ok(found), Ok((controller, executor))) => {
                let components = (found.controller.as_str(), found.executor.as_str());
                assert_eq!(components, (controller, executor));
                assert_eq!(found.cli, controller);
            }
            (Err(error), Err(expected)) => {
                assert!(error.to_string().contains(expected), "{error}");
            }
            (found, expected) => panic!("{found:?} instead of {expected:?}"),
        }
    }
}
