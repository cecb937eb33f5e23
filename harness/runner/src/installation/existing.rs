//! An installation on a cluster that the harness did not start.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use model::history::Versions;
use provision::client;
use provision::existing::{self, Hold, InstalledVersions, TargetNamespaces};
use provision::installation::{Alarm, Installation, Namespaces};
use provision::requests::Requests;

use crate::config::ExistingConfig;
use crate::installation::artifact_place::{ArtifactPlace, GivenArtifacts};
use crate::installation::programs::{self, Programs};
use crate::installation::spec;
use crate::private_directory::{self, PrivateDirectory};
use crate::session::Session;
use rundir::error::{Error, Problem};

/// The note of a run without a listing.
const UNOBSERVED_STORE: &str =
    "warning: the run does not observe the object store of the configured artifact repository";

/// An installation on prepared namespaces.
pub(crate) struct ExistingInstallation {
    pub(crate) installation: Installation,
    hold: Hold,
    /// The directory of its kubeconfig.
    _private: PrivateDirectory,
}

impl ExistingInstallation {
    /// Reaches it, sees that cases may and can run there, and keeps other runs out. `named` is the
    /// version that must be there, if one was named.
    pub(crate) async fn reach(
        session: &Arc<Session>,
        config: &ExistingConfig,
        named: Option<&str>,
    ) -> anyhow::Result<Self> {
        let given = given(config)?;
        private_directory::sweep(session.cache.root())?;
        let private = PrivateDirectory::create(session.cache.root(), &session.run)?;
        let kubeconfig = private.path().join("kubeconfig");
        let (file, context) = (config.kubeconfig.as_deref(), config.context.as_deref());
        let origin = existing::write_kubeconfig(file, context, &kubeconfig)?;
        let requests = Requests::default();
        let client = client::client(&kubeconfig, origin, &requests)?;
        let found = existing::examine(&client, &given.place).await?;
        let mut versions = versions(&found, named)?;
        let ArtifactPlace { artifacts, store } =
            given.artifacts.examine(&client, &given.place, &versions).await?;
        if store.is_none() {
            session.console.note(UNOBSERVED_STORE);
        }
        let guard = session.guard.tethered();
        let cli = match &config.argo_cli {
            Some(path) => {
                let path = std::path::absolute(path)?;
                versions.cli = programs::version_of_argo(&guard, &path).await?;
                path
            }
            None => build_cli(session, &versions.cli).await?,
        };
        let namespaces = given.place.namespaces().to_vec();
        let alarm = Alarm::default();
        let hold = Hold::take(&client, &namespaces, &session.run, &alarm, |text| {
            session.console.note(text);
        })
        .await?;
        let installation = Installation {
            run: session.run.clone(),
            client,
            requests,
            alarm,
            store,
            artifacts,
            proxy: None,
            argo: cli,
            argo_environment: existing::argo_environment(std::env::vars_os()),
            kubeconfig,
            guard,
            shell_image: config.shell_image.clone(),
            versions,
            source: "the existing cluster".to_owned(),
            pair: None,
            profile: None,
            argo_namespace: given.place.argo().to_owned(),
            namespaces: Namespaces::Prepared(namespaces.clone()),
        };
        for namespace in &namespaces {
            // Removes the leftovers of a killed run.
            drive::teardown::case(&installation, namespace).await;
        }
        Ok(Self { installation, hold, _private: private })
    }

    /// Lets other runs have it.
    pub(crate) async fn give_back(self) {
        self.hold.give_back().await;
    }
}

/// The description of the cluster, complete.
struct Given {
    place: TargetNamespaces,
    artifacts: GivenArtifacts,
}

/// Every problem of the configuration at once, or what it describes.
fn given(config: &ExistingConfig) -> anyhow::Result<Given> {
    let (artifacts, mut lacks) = match GivenArtifacts::of(config) {
        Ok(artifacts) => (Some(artifacts), Vec::new()),
        Err(lacks) => (None, lacks),
    };
    if config.namespaces.is_empty() {
        let hint = "Prepare namespaces with the manifests of `argo-conformance prepare`.";
        lacks.push(
            Problem::new("missing argument: --provider existing needs --namespaces")
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
    Ok(Given { place, artifacts })
}

/// The versions of Argo in the cluster, by the tags of its images. `named` replaces a tag that is
/// no version.
fn versions(found: &InstalledVersions, named: Option<&str>) -> anyhow::Result<Versions> {
    if let (Some(there), Some(named)) = (&found.controller, named)
        && there != named
    {
        let message =
            format!("invalid --argo: the installed workflow controller is {there}, not {named}");
        let hint = "Leave --argo out, or name the installed version.";
        return Err(Error::usage(message).with_hint(hint).into());
    }
    let parts = [("workflow controller", &found.controller), ("executor", &found.executor)];
    let [controller, executor] = parts.map(|(part, there)| {
        there.clone().or_else(|| named.map(str::to_owned)).ok_or_else(|| {
            let message = format!("invalid image tag: the tag of the {part} is no version");
            anyhow::Error::from(Error::usage(message).with_hint("Name the version by --argo."))
        })
    });
    let controller = controller?;
    Ok(Versions { executor: executor?, ..Versions::all(&controller) })
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
    use provision::existing::InstalledVersions;
    use rstest::rstest;

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
        let found = InstalledVersions {
            controller: controller.map(str::to_owned),
            executor: executor.map(str::to_owned),
        };
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
