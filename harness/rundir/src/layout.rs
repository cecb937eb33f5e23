//! The layout of a run directory: names of directories and files, and the cases that have one.

use std::path::{Path, PathBuf};

use model::history::Versions;
use model::pod_settings::Unfit;
use model::verdict::{CaseVerdict, Verdict};
use model::{Case, PodSettings, Provider};
use report::{Judged, LeftOut};
use semver::Version;

use crate::error::Error;

/// Directories of each version in a run directory that have histories. `judge` reads the first.
pub const HISTORIES: [&str; 2] = ["cases", "broken-off"];
/// Directory with the other files of each merged run and of each earlier session.
pub const PARTS: &str = "parts";

/// The reason for which a case cannot be tried on a cluster of a provider. The settings for its
/// pods and the version of the controller count too.
pub fn left_out(
    case: &Case,
    provider: Provider,
    pods: &PodSettings,
    controller: Option<&Version>,
) -> Option<LeftOut> {
    if case.asks_requests() && !provider.records_requests() {
        return Some(LeftOut::Requests);
    }
    if provider.installs() {
        return None;
    }
    if case.runs_alone() {
        return Some(LeftOut::Controller);
    }
    if case.memoizes() {
        return Some(LeftOut::Memoization);
    }
    pods.unfit(&case.plan_on(controller), controller).map(|unfit| match unfit {
        Unfit::OwnPods => LeftOut::OwnPods,
        Unfit::CollectionPods => LeftOut::CollectionPods,
    })
}

/// Name of the directory of a case.
pub fn directory_of(case: &str) -> String {
    case.replace('/', ".")
}

/// The verdict of a case that does not apply, with the reason.
pub fn not_applicable(case: &Case, versions: &Versions, because: &str) -> Judged {
    let verdict = CaseVerdict {
        case: case.id.clone(),
        argo: versions.name(),
        verdict: Verdict::NotApplicable,
        reason: because.to_owned(),
        known_issue: None,
        findings: Vec::new(),
    };
    Judged { verdict, elapsed_ms: 0, history: None }
}

/// Copies the files of a case into a directory, which is made.
///
/// # Errors
/// A file cannot be written.
pub fn copy_case(case: &Case, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to)?;
    for (name, text) in &case.source.files {
        std::fs::write(to.join(name), text)?;
    }
    Ok(())
}

/// A run directory that holds nothing yet: a second run's histories do not mix with a first one's.
pub fn fresh(path: &Path) -> anyhow::Result<PathBuf> {
    let used = std::fs::read_dir(path).is_ok_and(|mut inside| inside.next().is_some());
    if used {
        let error = Error::usage(format!("invalid --out: {} is not empty", path.display()));
        return Err(error.with_hint("Name a new directory by --out, or remove that one.").into());
    }
    Ok(path.to_owned())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use rstest::rstest;

    use model::pod_settings::{PodSecurity, PodSettings};

    use super::{LeftOut, Provider, left_out};

    #[rstest]
    #[case::like_most("suspend/default-output", true, true, true)]
    #[case::of_requests("store-trouble/slow-read", true, false, false)]
    #[case::of_the_controller("locks/controller-restarted", true, true, false)]
    #[case::of_argos_namespace("memoization/steps", true, true, false)]
    fn a_case_needs_what_it_does(
        #[case] id: &str,
        #[case] native: bool,
        #[case] kind: bool,
        #[case] existing: bool,
    ) {
        let directory = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../cases"));
        let cases = model::discover::cases(directory).cases;
        let case = cases.iter().find(|case| case.id == id).expect("a case");
        let providers = [Provider::Native, Provider::Kind, Provider::Existing]
            .map(|provider| left_out(case, provider, &PodSettings::default(), None).is_none());
        assert_eq!(providers, [native, kind, existing]);
    }

    #[rstest]
    #[case::like_most("suspend/default-output", "3.4.18", None)]
    #[case::own_patch("interrupted/executor-killed", "3.7.18", Some(LeftOut::OwnPods))]
    #[case::no_field("artifact-gc/inline-template", "3.4.18", Some(LeftOut::CollectionPods))]
    #[case::field("artifact-gc/inline-template", "3.5.15", None)]
    fn a_case_needs_pods_that_can_be_restricted(
        #[case] id: &str,
        #[case] version: &str,
        #[case] expected: Option<LeftOut>,
    ) {
        let directory = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../cases"));
        let cases = model::discover::cases(directory).cases;
        let case = cases.iter().find(|case| case.id == id).expect("a case");
        let version = version.parse().expect("a version");
        let pods = PodSettings { security: PodSecurity::Restricted, ..PodSettings::default() };
        let found = left_out(case, Provider::Existing, &pods, Some(&version));
        assert_eq!(found, expected);
        assert_eq!(left_out(case, Provider::Native, &pods, Some(&version)), None);
    }
}
