//! The work that is left of a run, by its case directories.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::Context;
use judge::KnownIssues;
use model::Case;
use model::history::Versions;
use model::plain_file;
use model::profile::Profile;
use model::read_back::ReadBack;
use report::Judged;
use report::run::ArgoReport;

use crate::attempt::Attempt;
use crate::digest::case_sha256;
use crate::history_file::LARGEST_TEXT;
use crate::layout::{HISTORIES, SESSIONS};
use crate::layout::{directory_of, not_applicable};
use crate::manifest::RunManifest;
use crate::{attempt_log, installed, verdicts};

/// The state of a run, by its directory.
#[derive(Default)]
pub struct Found {
    pub(super) judged: Vec<Judged>,
    pub(super) over: BTreeSet<(String, String)>,
    pub(super) installed: BTreeMap<String, ArgoReport>,
    /// Directories of cases that are tried again, from the run directory.
    pub(super) interrupted: Vec<PathBuf>,
}

/// Looks at every case on every version.
pub fn look(
    directory: &Path,
    manifest: &RunManifest,
    cases: &[Case],
    stance: KnownIssues,
    refusals: &mut Vec<String>,
) -> anyhow::Result<Found> {
    let mut found = Found::default();
    let to_run = manifest.request.to_run();
    for version in &manifest.request.argo {
        for (path, read) in read_back(directory, version)? {
            let versions = Versions::of_name(version);
            let profile = Profile::of_settings(versions.settings.as_deref());
            let argo = installed::argo(&versions, profile, &read);
            let differences = first_record(&mut found, &argo);
            refusals.extend(differences.iter().map(|what| format!("{}: {what}", path.display())));
        }
        for case in cases.iter().filter(|case| to_run.contains(&case.id.as_str())) {
            let look = Look { directory, manifest, version, case, stance };
            let looked = look.at(&mut found);
            let name = || format!("{} on Argo {version}", case.id);
            refusals.extend(looked.err().map(|error| format!("{}: {error:#}", name())));
        }
    }
    refusals.extend(attempt_log::AttemptLogs::read(directory).unaccounted(directory));
    Ok(found)
}

/// Adds an installation as it was read back. Returns its differences from the first record.
fn first_record(found: &mut Found, argo: &ArgoReport) -> Vec<String> {
    let first = found.installed.entry(argo.versions.name()).or_insert_with(|| argo.clone());
    report::merge::differences(first, argo)
}

/// The records that were read back of a version, with their paths. Each session that came so far
/// has one.
pub fn read_back(directory: &Path, version: &str) -> anyhow::Result<Vec<(PathBuf, ReadBack)>> {
    let mut places = vec![PathBuf::new()];
    for session in std::fs::read_dir(directory.join(SESSIONS)).into_iter().flatten() {
        places.push(Path::new(SESSIONS).join(session?.file_name()));
    }
    places.sort();
    let mut found = Vec::new();
    for place in places {
        let name = place.join(version).join(installed::INSTALLATION);
        let path = directory.join(&name);
        let text = match plain_file::text_in(directory, &name, LARGEST_TEXT) {
            Err(error) if error.is_absent() => continue,
            text => text.with_context(|| format!("failed to read {}", path.display()))?,
        };
        let read = serde_json::from_str(&text);
        found.push((
            path.clone(),
            read.with_context(|| format!("failed to read {}", path.display()))?,
        ));
    }
    Ok(found)
}

/// A case on a version, in a run directory.
struct Look<'a> {
    directory: &'a Path,
    manifest: &'a RunManifest,
    version: &'a str,
    case: &'a Case,
    stance: KnownIssues,
}

impl Look<'_> {
    fn at(&self, found: &mut Found) -> anyhow::Result<()> {
        let Self { version, case, .. } = self;
        let versions = Versions::of_name(version);
        let parsed = verdicts::version_of(case, &versions)?;
        let was_there = found.installed.contains_key(*version);
        if let Some(reason) = case.not_applicable(&parsed) {
            // A version that was not installed yet may be refused.
            if was_there {
                found.judged.push(not_applicable(case, &versions, reason));
                self.is_over(found);
            }
            return Ok(());
        }
        let name = directory_of(&case.id);
        let cases = Path::new(version).join(HISTORIES[0]);
        for before in put_back(&self.directory.join(&cases), &name)? {
            let (history, attempt) = self.attempt(&cases.join(before))?;
            let attempt = attempt.context("the history is empty")?;
            found.judged.push(self.judged(&attempt, history));
        }
        let place = cases.join(&name);
        if !self.directory.join(&place).exists() {
            return Ok(());
        }
        let (history, attempt) = self.attempt(&place)?;
        match attempt.filter(Attempt::is_over) {
            None => found.interrupted.push(place),
            Some(attempt) => {
                anyhow::ensure!(was_there, "the record of the installation is missing");
                found.judged.push(self.judged(&attempt, history));
                self.is_over(found);
            }
        }
        Ok(())
    }

    fn is_over(&self, found: &mut Found) {
        found.over.insert((self.version.to_owned(), self.case.id.clone()));
    }

    /// Reads an attempt, which must be one of this case in this run. `None`: nothing was recorded.
    fn attempt(&self, place: &Path) -> anyhow::Result<(String, Option<Attempt>)> {
        let history = place.join("history.jsonl");
        let shown = history.display().to_string();
        if self.directory.join(&history).symlink_metadata().is_err() {
            return Ok((shown, None));
        }
        let attempt = Attempt::read(self.case, self.directory, &history)?;
        let Some(attempt) = attempt else { return Ok((shown, None)) };
        let header = &attempt.header;
        let ours = self.manifest.sessions.iter().any(|began| began.run == header.run);
        anyhow::ensure!(ours, "the history is of run {}", header.run);
        anyhow::ensure!(header.case == self.case.id, "the history is of case {}", header.case);
        let argo = header.argo.name();
        anyhow::ensure!(argo == self.version, "the history is of Argo {argo}");
        let copy = verdicts::case_beside(self.directory, &history, &self.case.id)?;
        let same = case_sha256(&copy) == case_sha256(self.case);
        anyhow::ensure!(same, "the case beside the history differs");
        Ok((shown, Some(attempt)))
    }

    fn judged(&self, attempt: &Attempt, history: String) -> Judged {
        let verdict = attempt.under(self.stance).clone();
        attempt.judged(verdict, history)
    }
}

/// Attempts of a case that were put back beside a later one.
fn put_back(cases: &Path, name: &str) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(cases).into_iter().flatten() {
        let entry = entry?.file_name().to_string_lossy().into_owned();
        if entry.strip_prefix(name).is_some_and(|rest| rest.starts_with('~')) {
            found.push(entry);
        }
    }
    found.sort();
    Ok(found)
}
