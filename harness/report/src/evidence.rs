//! A run with the case files and the timelines of its histories.

use std::collections::BTreeMap;

use model::Case;
use model::verdict::{CaseVerdict, Outcome};

use crate::judged::Judged;
use crate::run::RunReport;
use crate::timeline::Timeline;

/// The input of every report.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The report of the run.
    pub run: RunReport,
    /// The cases of the run, by id. A case without a copy in the run directory is missing.
    pub cases: BTreeMap<String, Case>,
    /// The case files under the paths of the reader, by id without variant. A file outside the
    /// reader's checkout is missing.
    pub files: BTreeMap<String, CaseFile>,
    /// Timelines of the cases, by the history's path in the report of the run. Empty for reports
    /// that draw no timeline: a timeline needs the whole history.
    pub timelines: BTreeMap<String, Timeline>,
    /// The result of the mutation tests; `None` without mutation tests.
    pub detection: Option<Detection>,
}

/// The result of mutation tests on the histories of the run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Detection {
    /// Number of claims in the tested cases.
    pub claims: usize,
    /// Number of claims that fail on a mutant.
    pub killed: usize,
    /// Claims that fail on no mutant, as `case: claim`.
    pub surviving: Vec<String>,
    /// Cases without a passing history and without a repaired history that passes.
    pub untried: Vec<String>,
}

impl Detection {
    /// The result in words, on one line.
    pub(crate) fn words(&self) -> String {
        let Self { claims, killed, surviving, untried } = self;
        let mut text = format!(
            "proof of detection: {killed} of {claims} claims fail on a mutant of this run's histories"
        );
        if !surviving.is_empty() {
            text += &format!("; none makes fail {}", surviving.join(", "));
        }
        if !untried.is_empty() {
            text += &format!("; no history to mutate of {}", untried.join(", "));
        }
        text
    }
}

/// A case file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseFile {
    /// Path of the file for the reader.
    pub path: String,
    /// Text of the file.
    pub text: String,
}

/// A line of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place<'a> {
    pub(crate) path: &'a str,
    pub(crate) line: usize,
}

impl Evidence {
    /// The place of the first failed claim, else of the first unknown claim, else of the case's
    /// first line. `None` without a case file.
    pub(crate) fn place(&self, verdict: &CaseVerdict) -> Option<Place<'_>> {
        let id = verdict.case.split('@').next().unwrap_or(&verdict.case);
        let CaseFile { path, text } = self.files.get(id)?;
        let with = |key: fn(Outcome) -> bool| verdict.findings.iter().find(|f| key(f.outcome));
        let fails = |outcome| outcome == Outcome::Fail;
        let unknown = |outcome| matches!(outcome, Outcome::Unknown(_));
        let finding = with(fails).or_else(|| with(unknown));
        let line = finding.and_then(|finding| line_of(text, &finding.claim));
        Some(Place { path, line: line.unwrap_or(1) })
    }

    /// The verdicts, each with the number of the attempt of its case on its version, from 1.
    pub(crate) fn attempts(&self) -> Vec<(&Judged, usize)> {
        let mut times: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        let mut attempts = Vec::new();
        for judged in &self.run.verdicts {
            let CaseVerdict { case, argo, .. } = &judged.verdict;
            let time = times.entry((case.as_str(), argo.as_str())).or_default();
            *time += 1;
            attempts.push((judged, *time));
        }
        attempts
    }
}

/// Number of the line with a claim's id, from 1.
fn line_of(text: &str, claim: &str) -> Option<usize> {
    let lines = text.lines().enumerate().skip_while(|(_, line)| !line.starts_with("claims:"));
    let mut found = lines.filter(|(_, line)| id_on(line) == Some(claim));
    found.next().map(|(index, _)| index + 1)
}

/// The value of the key `id` on a line of YAML.
fn id_on(line: &str) -> Option<&str> {
    let (before, after) = line.split_once("id:")?;
    let is_key = before.chars().all(|c| matches!(c, ' ' | '-' | '{'));
    let value = after.split([',', '}', '#']).next().unwrap_or_default().trim();
    is_key.then(|| value.trim_matches(['"', '\'']))
}
