//! A run with what lies beside its report: the case files, and what the histories show.

use std::collections::BTreeMap;

use model::Case;
use model::verdict::{CaseVerdict, Outcome};

use crate::judged::Judged;
use crate::run::RunReport;
use crate::timeline::Timeline;

/// Everything that a report is made of.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The run.
    pub run: RunReport,
    /// The cases as they ran, by id; one that was never copied into the run directory is missing.
    pub cases: BTreeMap<String, Case>,
    /// The case files as a reader of the report can open them, by id without variant. A file that
    /// is not in the reader's checkout is missing.
    pub files: BTreeMap<String, CaseFile>,
    /// What went on in the cases, by the history's path in the run's report. Only where a report
    /// draws it: it is read from the whole histories.
    pub timelines: BTreeMap<String, Timeline>,
    /// What of the cases was shown to fail on something broken; `None` where that was not tried.
    pub detection: Option<Detection>,
}

/// How many claims were shown to fail, on mutants of the run's own histories.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Detection {
    /// Claims of the cases below.
    pub claims: usize,
    /// Those that some mutant made fail.
    pub killed: usize,
    /// Ids of claims that no mutant made fail: `case: claim`.
    pub surviving: Vec<String>,
    /// Cases without a history that passes, or that could be repaired so that it does.
    pub untried: Vec<String>,
}

impl Detection {
    /// In words.
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
    /// Its path, from where the reader stands.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// A line of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place<'a> {
    pub(crate) path: &'a str,
    pub(crate) line: usize,
}

impl Evidence {
    /// Where the first claim that failed, or is not decided, stands; else where the case begins.
    pub(crate) fn place(&self, verdict: &CaseVerdict) -> Option<Place<'_>> {
        let id = verdict.case.split('@').next().unwrap_or(&verdict.case);
        let CaseFile { path, text } = self.files.get(id)?;
        let with = |outcome| verdict.findings.iter().find(|f| f.outcome == outcome);
        let finding = with(Outcome::Fail).or_else(|| with(Outcome::Unknown));
        let line = finding.and_then(|finding| line_of(text, &finding.claim));
        Some(Place { path, line: line.unwrap_or(1) })
    }

    /// The verdicts with the number of the time that the case was tried on that version, from 1.
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

/// Number of the line on which a claim is written, from 1.
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
