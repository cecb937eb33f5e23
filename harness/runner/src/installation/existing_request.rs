//! The request of an existing cluster, and the versions of its Argo.

use model::controller::FoundController;
use model::history::Versions;
use provision::existing::{ControllerSearch, TargetNamespaces};
use rundir::error::{Error, Problem};

use crate::config::ExistingConfig;
use crate::installation::artifact_place::GivenArtifacts;

/// The request of an existing cluster, complete.
pub(crate) struct ExistingRequest {
    pub(crate) place: TargetNamespaces,
    pub(crate) artifacts: GivenArtifacts,
    /// The controller, as the configuration names it.
    pub(crate) search: ControllerSearch,
}

/// The request in a configuration, or every problem of the configuration.
pub(crate) fn request_of(config: &ExistingConfig) -> anyhow::Result<ExistingRequest> {
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
    Ok(ExistingRequest { place, artifacts, search: config.controller.clone() })
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
