//! The report of a run: the installations, the time of each stage, the verdicts.
//!
//! The program writes the report as `run.json` into the run directory. A reader takes every minor
//! version of a major version that the reader knows. A minor version only adds fields.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::history::Versions;
use model::profile::Profile;
use model::versions::ARROW;
use model::{FoundController, Provider, Untrusted};
use serde::{Deserialize, Serialize};

use crate::check::CheckReport;
use crate::controller_notes;
use crate::judged::Judged;
use crate::line::seconds;
use crate::observed::{self, Observed};
use crate::request::RunRequest;
use crate::style::tame;
use crate::title::title;
use crate::unobserved;

/// Major version of the format. A reader refuses another one.
pub const MAJOR: u32 = 1;
/// Minor version of the format.
pub const MINOR: u32 = 0;

/// The report of a whole run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunReport {
    /// Major and minor version of the format: [`MAJOR`] and [`MINOR`].
    pub format: (u32, u32),
    /// Id of the run.
    pub run: String,
    /// Time at which the run began.
    pub started: Timestamp,
    /// Milliseconds from the beginning of the run to its end.
    pub elapsed_ms: u64,
    /// Source of the cluster.
    pub provider: Provider,
    /// Versions of Kubernetes from the API servers, each once, in the order of the installations.
    pub kubernetes: Vec<Untrusted>,
    /// Each Argo with cases, as read from the cluster.
    pub argo: Vec<ArgoReport>,
    /// The stages of the run, in the order of their beginnings.
    pub stages: Vec<Stage>,
    /// The verdicts, in the order in which the cases ended.
    pub verdicts: Vec<Judged>,
    /// The installations that could not be started.
    pub untested: Vec<Untested>,
    /// The cost of observation by version of Argo.
    pub observed: Vec<Observed>,
    /// The request of the run; `None` for verdicts without a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<RunRequest>,
    /// The runs behind this report, in order of time: merged runs, or the sessions of a resumed
    /// run. Empty for a single run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sessions: Vec<RunSession>,
    /// The origin of each program of the clusters and of Argo. Empty where a run started none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub programs: Vec<Program>,
    /// The check of the existing cluster before the first case; one for each merged run. Empty on
    /// a cluster of the harness.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<CheckReport>,
}

/// The programs of one module or of one published file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Program {
    /// Name and version: `etcd 3.6.7`.
    pub name: Untrusted,
    /// The origin of the programs.
    #[serde(flatten)]
    pub origin: ProgramOrigin,
}

/// The origin of programs. A built program and a published program of one version differ.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "origin", rename_all = "kebab-case")]
pub enum ProgramOrigin {
    /// The run, or an earlier run, built the programs.
    Built,
    /// The programs are of a published file.
    Published {
        /// URL of the file.
        url: Untrusted,
        /// Checksum of the file: `sha256:…` or `sha512:…`.
        checksum: Untrusted,
    },
}

/// A process that ran cases of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSession {
    /// Id of the run. Each history of the run has the id in its header.
    pub run: String,
    /// Time at which the run began.
    pub started: Timestamp,
    /// Milliseconds from the beginning of the run to its end; `None` for a killed run.
    pub elapsed_ms: Option<u64>,
    /// The shard, as `2/3`; `None` for all selected cases.
    pub shard: Option<String>,
    /// Paths of the recorded histories that have verdicts, from the run directory.
    pub histories: Vec<String>,
    /// Paths of histories of interrupted attempts, which were set aside. A later session repeats
    /// their cases.
    pub interrupted: Vec<String>,
}

/// An installation that could not be started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Untested {
    /// Name of the installation.
    pub argo: String,
    /// The cause: a failure of the harness or of the environment.
    pub reason: Untrusted,
}

/// One Argo, as read from the cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArgoReport {
    /// Version of each component.
    pub versions: Versions,
    /// Source of the components: a release, a Go module, a path, or an Argo that was there before.
    pub source: Untrusted,
    /// The settings; `None` for an Argo that was there before.
    pub profile: Option<Profile>,
    /// The environment variables of the controller, by name.
    pub settings: BTreeMap<String, Untrusted>,
    /// The images of the controller and of argoexec.
    pub images: Vec<Image>,
    /// Version of Kubernetes from the API server.
    pub kubernetes: Untrusted,
    /// The controller that the run found; `None` for an installation of the harness.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controller: Option<FoundController>,
}

/// An image of a pod.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// The component with this image.
    pub component: String,
    /// Name of the image from the pod's spec or the controller's arguments.
    pub name: Untrusted,
    /// Digest as `sha256:…`; `None` where the cluster has none.
    pub digest: Option<Untrusted>,
}

/// A stage of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// Name of the stage, for people.
    pub name: String,
    /// Milliseconds from the beginning of the run to the beginning of the stage.
    pub began_ms: u64,
    /// Milliseconds from the beginning of the stage to its end.
    pub elapsed_ms: u64,
}

/// The error of [`RunReport::parse`].
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The text is not JSON, has no `format`, or has a field of another shape.
    #[error("this is not the report of a run")]
    Shape(#[source] serde_json::Error),
    /// The format has another major version.
    #[error("format {0}.{1} is not readable here (this program reads {MAJOR}.x)")]
    Format(u32, u32),
}

impl RunReport {
    /// The found controllers, each with the name of its installation.
    pub(crate) fn found(&self) -> impl Iterator<Item = (String, &FoundController)> {
        let found = self.argo.iter();
        found.filter_map(|argo| Some((argo.versions.name(), argo.controller.as_ref()?)))
    }

    /// The text of `run.json`, with its newline.
    pub fn to_json(&self) -> String {
        // A struct of numbers, text and maps with text keys always serializes.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Reads the text of `run.json`.
    ///
    /// # Errors
    /// [`RunError`], if the text has another major version or another shape.
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
        serde_json::from_str(text).map_err(RunError::Shape)
    }
}

/// The versions of Kubernetes of these installations, each once, in order.
pub fn kubernetes<'a>(argo: impl IntoIterator<Item = &'a ArgoReport>) -> Vec<Untrusted> {
    let mut versions = Vec::new();
    for ArgoReport { kubernetes, .. } in argo {
        if !versions.contains(kubernetes) {
            versions.push(kubernetes.clone());
        }
    }
    versions
}

/// The versions of Kubernetes of a run, separated by commas.
pub(crate) fn versions_of_kubernetes(run: &RunReport) -> Untrusted {
    joined(&run.kubernetes)
}

/// Texts, separated by commas.
pub fn joined(texts: &[Untrusted]) -> Untrusted {
    texts.iter().map(Untrusted::raw).collect::<Vec<_>>().join(", ").into()
}

/// The run in words for a terminal: installations, stages, untested installations, sessions.
pub fn what_ran(run: &RunReport) -> String {
    let mut text = format!("run {} of {}\n", tame(&run.run), run.started);
    let (kubernetes, provider) = (tame(&versions_of_kubernetes(run)), run.provider);
    text += &format!("  Kubernetes {kubernetes}, by provider {provider}\n");
    for argo in &run.argo {
        text += &argo_words(argo);
    }
    if let Some(request) = run.request.as_ref().filter(|request| !request.pods.is_none()) {
        text += &format!("  pods of cases: {}\n", tame(&request.pods.to_string()));
    }
    let repository = run.request.as_ref().and_then(|request| request.artifact_repository.as_ref());
    if let Some(repository) = repository {
        text += &format!("  configured artifact repository: {}\n", tame(repository));
    }
    if let Some(shard) = run.request.as_ref().and_then(|request| request.shard.as_ref()) {
        let all = run.request.as_ref().map_or(0, |request| request.cases.len());
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
    for Untested { argo, reason } in &run.untested {
        text += &format!("  Argo {} was not tested: {}\n", tame(&title(argo)), tame(reason));
    }
    for words in controller_notes::of_run(run.found()) {
        text += &format!("  {}\n", tame(&words));
    }
    for words in unobserved::of_run(&run.verdicts) {
        text += &format!("  {}\n", tame(&words));
    }
    for session in &run.sessions {
        text += &session_words(session);
    }
    let cases = run.verdicts.len();
    let noun = if cases == 1 { "case" } else { "cases" };
    text += &format!("  {cases} {noun} in {}\n", seconds(run.elapsed_ms));
    text
}

fn session_words(session: &RunSession) -> String {
    let mut text = format!("  made of run {} of {}", tame(&session.run), session.started);
    if let Some(shard) = &session.shard {
        text += &format!(", shard {}", tame(shard));
    }
    let noun = if session.histories.len() == 1 { "history" } else { "histories" };
    text += &format!(": {} {noun}", session.histories.len());
    if !session.interrupted.is_empty() {
        text += &format!(", {} interrupted and set aside", session.interrupted.len());
    }
    match session.elapsed_ms {
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
    let second = argo.versions.to.as_ref().map(|to| format!("{ARROW}{}", to.title()));
    let versions = versions + &second.unwrap_or_default();
    let mut text = format!("  Argo {}, from {}", tame(&versions), tame(&argo.source));
    if let Some(profile) = &argo.profile {
        text += &format!(", profile {}", profile.name());
    }
    if argo.versions.kubernetes.is_some() {
        text += &format!(", on Kubernetes {}", tame(&argo.kubernetes));
    }
    text.push('\n');
    for (name, value) in &argo.settings {
        text += &format!("    {}={}\n", tame(name), tame(value));
    }
    for Image { component, name, digest } in &argo.images {
        let digest = digest.as_ref().map_or("digest not known", Untrusted::raw);
        text += &format!("    {}: {} ({})\n", tame(component), tame(name), tame(digest));
    }
    text
}
