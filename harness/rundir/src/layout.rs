//! The layout of a run directory: names of directories and files, and the cases that have one.

use std::path::{Path, PathBuf};

use model::history::Versions;
use model::verdict::{CaseVerdict, Verdict};
use model::{Case, Provider};
use report::{Judged, LeftOut};

use crate::error::Error;

/// Directories of each version in a run directory that have histories. `judge` reads the first.
pub const HISTORIES: [&str; 2] = ["cases", "broken-off"];
/// Directory with the other files of each merged run and of each earlier session.
pub const PARTS: &str = "parts";

/// The reason for which a case cannot be tried on a cluster of a provider.
pub fn left_out(case: &Case, provider: Provider) -> Option<LeftOut> {
    if case.asks_requests() && !provider.records_requests() {
        return Some(LeftOut::Requests);
    }
    if provider.installs() {
        return None;
    }
    if case.runs_alone() {
        return Some(LeftOut::Controller);
    }
    case.memoizes().then_some(LeftOut::Memoization)
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

/// The directory of a run or a merge, if it is missing or empty: the histories of two runs do not
/// mix.
///
/// # Errors
/// The directory has files.
pub fn fresh(path: &Path) -> anyhow::Result<PathBuf> {
    if std::fs::read_dir(path).is_ok_and(|mut inside| inside.next().is_some()) {
        return Err(used(path));
    }
    Ok(path.to_owned())
}

/// The error of a directory with files.
pub(crate) fn used(path: &Path) -> anyhow::Error {
    let error = Error::usage(format!("invalid --out: {} is not empty", path.display()));
    error.with_hint("Name a new directory by --out, or remove that one.").into()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use rstest::rstest;

    use super::{Provider, left_out};

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
            .map(|provider| left_out(case, provider).is_none());
        assert_eq!(providers, [native, kind, existing]);
    }
}
