//! The layout of a run directory: names of directories and files, and the cases that have one.

use std::path::{Path, PathBuf};

use model::history::Versions;
use model::pod_settings::Unfit;
use model::profile::Profile;
use model::verdict::{CaseVerdict, Verdict};
use model::{Case, PodSettings, Provider};
use report::{Judged, LeftOut};
use semver::Version;

use crate::error::Error;

/// Directories of each version in a run directory that have histories. `judge` reads the first.
pub const HISTORIES: [&str; 2] = ["cases", "interrupted"];
/// Directory with the other files of each merged run and of each earlier session.
pub const SESSIONS: &str = "sessions";

/// Directory with the cases about stored workflows, as a directory of cases.
pub const OBJECTS: &str = "objects";

/// File with the results of the check of an existing cluster.
pub const CHECK: &str = "check.json";

/// The conditions of a run that decide whether a case can be tried.
#[derive(Clone, Copy, Debug)]
pub struct Conditions<'a> {
    /// Source of the cluster.
    pub provider: Provider,
    /// Whether the run lists the bucket. A run on an own cluster always does.
    pub lists: bool,
    /// Settings for the pods of cases.
    pub pods: &'a PodSettings,
    /// Version of the controller. `None`: the version is unknown.
    pub controller: Option<&'a Version>,
    /// Whether the installation is a pair.
    pub pair: bool,
    /// Settings of the controller. `None`: the harness did not install the controller.
    pub profile: Option<Profile>,
}

/// The reason for which a case cannot be tried under the conditions of a run.
pub fn left_out(case: &Case, conditions: Conditions<'_>) -> Option<LeftOut> {
    let Conditions { provider, lists, pods, controller, pair, profile } = conditions;
    if case.needs_pair() && !pair {
        return Some(LeftOut::Pair);
    }
    let elects = profile.is_some_and(|one| one.elects() && one.replicas() > 1);
    if case.needs_election() && !elects {
        return Some(LeftOut::Election);
    }
    if case.freezes() && !provider.freezes_pods() {
        return Some(LeftOut::Freeze);
    }
    if case.needs_one_controller() && profile.is_some_and(|one| one.replicas() > 1) {
        return Some(LeftOut::OnlyController);
    }
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
    if !lists && case.asks_store() {
        return Some(LeftOut::Listing);
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
pub fn not_applicable(case: &Case, versions: &Versions, reason: &str) -> Judged {
    let verdict = CaseVerdict {
        case: case.id.clone(),
        argo: versions.name(),
        verdict: Verdict::NotApplicable,
        reason: reason.into(),
        known_issue: None,
        findings: Vec::new(),
    };
    Judged { verdict, started: None, elapsed_ms: 0, history: None }
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

/// The directory of a run, a merge or a site, if it is missing or empty. The files of two runs do
/// not mix. `flag` names the directory.
///
/// # Errors
/// The directory has files.
pub fn fresh(path: &Path, flag: &str) -> anyhow::Result<PathBuf> {
    if std::fs::read_dir(path).is_ok_and(|mut inside| inside.next().is_some()) {
        return Err(used(path, flag));
    }
    Ok(path.to_owned())
}

/// The error of a directory with files.
pub(crate) fn used(path: &Path, flag: &str) -> anyhow::Error {
    let error = Error::usage(format!("invalid {flag}: {} is not empty", path.display()));
    error.with_hint(format!("Name a new directory by {flag}, or remove that one.")).into()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use rstest::rstest;

    use model::pod_settings::{PodSecurity, PodSettings};

    use super::{Conditions, LeftOut, Profile, Provider, left_out};

    #[rstest]
    #[case::like_most("suspend/default-output", true, true, true, true)]
    #[case::of_requests("store-trouble/slow-read", true, false, false, false)]
    #[case::of_the_controller("locks/controller-restarted", true, true, false, false)]
    #[case::of_argos_namespace("memoization/steps", true, true, false, false)]
    #[case::of_the_bucket("artifact-gc/directory", true, true, true, false)]
    fn a_case_needs_what_it_does(
        #[case] id: &str,
        #[case] native: bool,
        #[case] kind: bool,
        #[case] existing: bool,
        #[case] existing_without_listing: bool,
    ) {
        let directory = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../cases"));
        let cases = model::discover::cases(directory).cases;
        let case = cases.iter().find(|case| case.id == id).expect("a case");
        let (pods, controller) = (&PodSettings::default(), None);
        let with = |provider: Provider, lists| {
            let profile = provider.installs().then_some(Profile::Fast);
            let conditions = Conditions { provider, lists, pods, controller, pair: false, profile };
            left_out(case, conditions).is_none()
        };
        let listing = [Provider::Native, Provider::Kind, Provider::Existing]
            .map(|provider| with(provider, true));
        assert_eq!(listing, [native, kind, existing]);
        assert_eq!(with(Provider::Existing, false), existing_without_listing);
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
        let with = |provider: Provider| {
            let (pods, controller) = (&pods, Some(&version));
            let profile = provider.installs().then_some(Profile::Fast);
            let (lists, pair) = (true, false);
            left_out(case, Conditions { provider, lists, pods, controller, pair, profile })
        };
        assert_eq!(with(Provider::Existing), expected);
        assert_eq!(with(Provider::Native), None);
    }
}
