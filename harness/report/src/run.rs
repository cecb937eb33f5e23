//! What a run was: on what it ran, how long each part took, what it found.
//!
//! Written as `run.json` into the run directory. A reader takes any minor version of the format of
//! a major version that it knows.
//!
//! | version | what it has that the one before has not |
//! |---|---|
//! | 1.0 | |
//! | 1.1 | `untested` |
//! | 1.2 | `observed` |
//! | 1.3 | `asked`, `parts` |
//! | 1.4 | `sources` of `asked` |
//! | 1.5 | `kubernetes` of each of `argo` |

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::history::Versions;
use serde::{Deserialize, Serialize};

use crate::asked::Asked;
use crate::judged::Judged;
use crate::line::seconds;
use crate::observed::{self, Observed};
use crate::style::tame;

/// Major version of the format. Another one is not read.
pub const MAJOR: u32 = 1;
/// Minor version of the format.
pub const MINOR: u32 = 5;

/// A whole run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunReport {
    /// Major and minor version of the format: [`MAJOR`] and [`MINOR`].
    pub format: (u32, u32),
    /// Id of the run.
    pub run: String,
    /// When it began.
    pub started: Timestamp,
    /// Milliseconds from its beginning to its end.
    pub elapsed_ms: u64,
    /// What gave the cluster: `kind`, `native` or `existing`.
    pub provider: String,
    /// Version of Kubernetes, as its API server says; several of them with commas between.
    pub kubernetes: String,
    /// Each Argo that cases ran on, as read back from the cluster.
    pub argo: Vec<ArgoReport>,
    /// The parts of the run, in the order in which they began.
    pub stages: Vec<Stage>,
    /// What was found, in the order in which the cases ended.
    pub verdicts: Vec<Judged>,
    /// The versions of Argo on which no case could be tried.
    #[serde(default)]
    pub untested: Vec<Untested>,
    /// What it took to observe the cases, by version. Since 1.2.
    #[serde(default)]
    pub observed: Vec<Observed>,
    /// What was asked for. Since 1.3; `None` of older runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
    /// The runs that this one is made of, in order of time: several were merged, or one was broken
    /// off and resumed. Empty: it is made of itself. Since 1.3.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
}

/// One of the runs that a report is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Id of the run: the histories that it recorded have it.
    pub run: String,
    /// When it began.
    pub started: Timestamp,
    /// Milliseconds from its beginning to its end; `None` if it was killed.
    pub elapsed_ms: Option<u64>,
    /// Which part of the selected cases it was to run, as `2/3`; all of them unless given.
    pub shard: Option<String>,
    /// The histories that it recorded and that verdicts rest on.
    pub histories: Vec<String>,
    /// Histories that broke off in it and were set aside: their cases were tried once more.
    pub broken_off: Vec<String>,
}

/// A version of Argo on which no case could be tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Untested {
    /// The version.
    pub argo: String,
    /// Why: trouble of the harness or of its surroundings.
    pub because: String,
}

/// One Argo as it really ran.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArgoReport {
    /// Version of each component.
    pub versions: Versions,
    /// Where it came from: a release, a Go module, a path, or what was there.
    pub source: String,
    /// Name of the settings it was installed with: `defaults`, `fast`; `None` if it was there.
    pub profile: Option<String>,
    /// The controller's environment variables and arguments that change how it behaves.
    pub settings: BTreeMap<String, String>,
    /// The images of its pods.
    pub images: Vec<Image>,
    /// Version of the Kubernetes that it ran on, as its API server says. Since 1.5; of older runs
    /// that of the run.
    #[serde(default)]
    pub kubernetes: String,
}

/// An image of a pod.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// The component that runs from it.
    pub component: String,
    /// Its name, as the pod's spec has it.
    pub name: String,
    /// `sha256:…`, where the cluster tells.
    pub digest: Option<String>,
}

/// A part of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// What was done.
    pub name: String,
    /// Milliseconds from the beginning of the run.
    pub began_ms: u64,
    /// Milliseconds that it took.
    pub elapsed_ms: u64,
}

/// Why a run report cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// It has no `format`, or something in it is not what the format says.
    #[error("this is not the report of a run")]
    Shape(#[source] serde_json::Error),
    /// Another major version.
    #[error("format {0}.{1} is not readable here (this program reads {MAJOR}.x)")]
    Format(u32, u32),
}

impl RunReport {
    /// The text of `run.json`.
    pub fn to_json(&self) -> String {
        // A struct of numbers, text and lists with text keys: there is nothing to fail.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Reads the text of `run.json`.
    ///
    /// # Errors
    /// [`RunError`].
    pub fn parse(text: &str) -> Result<Self, RunError> {
        #[derive(Deserialize)]
        struct Format {
            format: (u32, u32),
        }
        let Format { format: (major, minor) } =
            serde_json::from_str(text).map_err(RunError::Shape)?;
        if major != MAJOR {
            return Err(RunError::Format(major, minor));
        }
        let mut run: Self = serde_json::from_str(text).map_err(RunError::Shape)?;
        for argo in run.argo.iter_mut().filter(|argo| argo.kubernetes.is_empty()) {
            argo.kubernetes.clone_from(&run.kubernetes);
        }
        Ok(run)
    }
}

/// The versions of Kubernetes on which these ran, each once.
pub fn kubernetes<'a>(argo: impl IntoIterator<Item = &'a ArgoReport>) -> String {
    let mut versions: Vec<&str> = Vec::new();
    for ArgoReport { kubernetes, .. } in argo {
        if !versions.contains(&kubernetes.as_str()) {
            versions.push(kubernetes);
        }
    }
    versions.join(", ")
}

/// On what the run ran and how long its parts took, for a terminal.
pub fn what_ran(run: &RunReport) -> String {
    let mut text = format!("run {} of {}\n", tame(&run.run), run.started);
    let (kubernetes, provider) = (tame(&run.kubernetes), tame(&run.provider));
    text += &format!("  Kubernetes {kubernetes}, by provider {provider}\n");
    for argo in &run.argo {
        text += &argo_words(argo);
    }
    if let Some(shard) = run.asked.as_ref().and_then(|asked| asked.shard.as_ref()) {
        let all = run.asked.as_ref().map_or(0, |asked| asked.cases.len());
        text += &format!("  shard {shard}: {} of {all} cases\n", shard.cases.len());
    }
    let width = run.stages.iter().map(|stage| stage.name.chars().count()).max();
    for stage in &run.stages {
        let (name, time) = (tame(&stage.name), seconds(stage.elapsed_ms));
        let width = width.unwrap_or_default();
        text += &format!("  {name:<width$}  {time:>8}  from {}\n", seconds(stage.began_ms));
    }
    for observed in &run.observed {
        text += &observed::words(observed);
    }
    for Untested { argo, because } in &run.untested {
        text += &format!("  Argo {} was not tested: {}\n", tame(argo), tame(because));
    }
    for part in &run.parts {
        text += &part_words(part);
    }
    let cases = run.verdicts.len();
    let noun = if cases == 1 { "case" } else { "cases" };
    text += &format!("  {cases} {noun} in {}\n", seconds(run.elapsed_ms));
    text
}

fn part_words(part: &Part) -> String {
    let mut text = format!("  made of run {} of {}", tame(&part.run), part.started);
    if let Some(shard) = &part.shard {
        text += &format!(", shard {}", tame(shard));
    }
    let noun = if part.histories.len() == 1 { "history" } else { "histories" };
    text += &format!(": {} {noun}", part.histories.len());
    if !part.broken_off.is_empty() {
        text += &format!(", {} broken off and set aside", part.broken_off.len());
    }
    match part.elapsed_ms {
        Some(elapsed) => text + &format!(" in {}\n", seconds(elapsed)),
        None => text + "; it was killed\n",
    }
}

fn argo_words(argo: &ArgoReport) -> String {
    let Versions { controller, executor, cli, .. } = &argo.versions;
    let versions = if controller == executor && controller == cli {
        controller.clone()
    } else {
        format!("workflow-controller {controller}, argoexec {executor}, argo {cli}")
    };
    let mut text = format!("  Argo {}, from {}", tame(&versions), tame(&argo.source));
    if let Some(profile) = &argo.profile {
        text += &format!(", profile {}", tame(profile));
    }
    if argo.versions.kubernetes.is_some() {
        text += &format!(", on Kubernetes {}", tame(&argo.kubernetes));
    }
    text.push('\n');
    for (name, value) in &argo.settings {
        text += &format!("    {}={}\n", tame(name), tame(value));
    }
    for Image { component, name, digest } in &argo.images {
        let digest = digest.as_deref().unwrap_or("digest not known");
        text += &format!("    {}: {} ({})\n", tame(component), tame(name), tame(digest));
    }
    text
}
