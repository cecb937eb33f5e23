//! A statement about an installation that a verifier can check without trust in its maker.
//!
//! A statement is an in-toto Statement v1 with the predicate `test-result` v0.1. The added field
//! `conformance` has the data of a second judgement, such as digests of histories and cases.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::history::Unobserved;
use model::stance::KnownIssues;
use model::verdict::{CaseVerdict, Verdict};
use model::{PodSettings, Provider, Untrusted};
use serde::{Deserialize, Serialize};

use crate::check::CheckReport;
use crate::left_out::LeftOut;
use crate::request::Build;
use crate::result::{RunResult, Warning};
use crate::run::{ArgoReport, Program, RunReport, RunSession, Untested};
use crate::unobserved;

/// Type of the statement.
pub const STATEMENT: &str = "https://in-toto.io/Statement/v1";
/// Type of its predicate.
pub const PREDICATE: &str = "https://in-toto.io/attestation/test-result/v0.1";
/// Major version of `conformance`. Another one is not read.
pub const MAJOR: u32 = 1;
/// Minor version of `conformance`.
pub const MINOR: u32 = 0;

/// A statement about one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// Always [`STATEMENT`].
    #[serde(rename = "_type")]
    pub kind: String,
    /// The subject: the images of each Argo that has a history, by digest.
    pub subject: Vec<Resource>,
    /// Always [`PREDICATE`].
    #[serde(rename = "predicateType")]
    pub predicate_type: String,
    /// The result, the tests and the data of a second judgement.
    pub predicate: Predicate,
}

/// A file or an image by name and digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// Name of an image, path of a file, or `case ID`.
    pub name: String,
    /// Digests by algorithm: `sha256`, in hexadecimal.
    pub digest: BTreeMap<String, String>,
}

/// The predicate `test-result` with the field `conformance`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Predicate {
    /// `PASSED`, `WARNED` or `FAILED`: the word of the [`RunResult`].
    pub result: String,
    /// The cases, the histories and the chains of attempts behind the verdicts.
    pub configuration: Vec<Resource>,
    /// Cases with the verdict *pass*, each as `CASE on Argo VERSION`.
    pub passed_tests: Vec<String>,
    /// Cases with a [`Warning`], in the same form.
    pub warned_tests: Vec<String>,
    /// Cases with the verdict *fail* or *fixed*, in the same form.
    pub failed_tests: Vec<String>,
    /// The data of a second judgement.
    pub conformance: Conformance,
}

/// The data of a second judgement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conformance {
    /// [`MAJOR`] and [`MINOR`].
    pub format: (u32, u32),
    /// The build that recorded the run.
    pub recorded_by: Build,
    /// The build that judged.
    pub judged_by: Build,
    /// Id of the run.
    pub run: String,
    /// Time at which the run began.
    pub started: Timestamp,
    /// Milliseconds from the beginning of the run to its end.
    pub elapsed_ms: u64,
    /// The challenge that the run carries; `None` without one.
    pub challenge: Option<String>,
    /// Source of the cluster.
    pub provider: Provider,
    /// Settings for the pods of cases, which change the submitted workflows.
    #[serde(default, skip_serializing_if = "PodSettings::is_none")]
    pub pods: PodSettings,
    /// The configured artifact repository of the cases. `None`: a repository that the run writes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_repository: Option<String>,
    /// Versions of Kubernetes, each once.
    pub kubernetes: Vec<Untrusted>,
    /// Meaning of a known issue.
    pub known_issues: KnownIssues,
    /// Each Argo with a verdict, as read from the cluster: versions, settings, images.
    pub argo: Vec<ArgoReport>,
    /// Every verdict of the run.
    pub verdicts: Vec<Stated>,
    /// Installations that could not be started.
    pub untested: Vec<Untested>,
    /// The runs behind the verdicts: one run, several merged runs, or the sessions of a resumed
    /// run.
    pub sessions: Vec<RunSession>,
    /// The chains of attempts.
    pub attempts: Vec<Chain>,
    /// The origin of each program of the clusters and of Argo.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub programs: Vec<Program>,
    /// The checks of the existing cluster before the first case, one for each run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<CheckReport>,
}

/// A chain of attempts: a file with a line for each attempt.
///
/// The program writes a line before its attempt. Each line has the hash of the line before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// Path of the file in the run directory.
    pub file: String,
    /// SHA-256 of the last line, which covers all lines before.
    pub root: String,
    /// Number of attempts in the chain.
    pub attempts: usize,
}

/// A verdict and its basis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stated {
    /// Id of the case.
    pub case: String,
    /// Version of Argo.
    pub argo: String,
    /// The verdict under the stance of the run towards known issues.
    pub verdict: Verdict,
    /// The reason of the provider for *not applicable*; `None` for every other verdict.
    pub left_out: Option<LeftOut>,
    /// Ids of the claims that failed.
    pub failed_claims: Vec<String>,
    /// The parts that the run did not observe in full, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unobserved: Vec<Unobserved>,
    /// The judged history and case; `None` where the case does not apply.
    pub basis: Option<Basis>,
}

/// The history and the case behind a verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// Path of the history in the run directory.
    pub history: String,
    /// SHA-256 of the history.
    pub history_sha256: String,
    /// SHA-256 of the case's files.
    pub case_sha256: String,
}

impl Stated {
    /// A verdict with its basis.
    pub fn new(verdict: &CaseVerdict, basis: Option<Basis>) -> Self {
        Self {
            case: verdict.case.clone(),
            argo: verdict.argo.clone(),
            verdict: verdict.verdict,
            left_out: LeftOut::of(verdict),
            failed_claims: verdict.failed_claims().into_iter().map(str::to_owned).collect(),
            unobserved: unobserved::of_case(verdict).into_iter().cloned().collect(),
            basis,
        }
    }

    /// The verdict's test: `CASE on Argo VERSION`.
    pub fn name(&self) -> String {
        format!("{} on Argo {}", self.case, self.argo)
    }

    fn warning(&self) -> Option<Warning> {
        Warning::of(self.verdict, self.left_out)
    }
}

/// The verdicts for a statement and the build that judged.
pub struct Judging {
    /// The build that judged.
    pub build: Build,
    /// The verdicts.
    pub verdicts: Vec<Stated>,
    /// The chains of attempts.
    pub attempts: Vec<Chain>,
}

impl Statement {
    /// The statement about a run, from its verdicts and the build that recorded the run. The
    /// statement leaves out an installation without a verdict.
    pub fn of(run: &RunReport, recorded_by: &Build, judging: Judging) -> Self {
        let Judging { build, verdicts, attempts } = judging;
        let request = run.request.as_ref();
        let has_verdict =
            |argo: &&ArgoReport| verdicts.iter().any(|v| v.argo == argo.versions.name());
        let conformance = Conformance {
            format: (MAJOR, MINOR),
            recorded_by: recorded_by.clone(),
            judged_by: build,
            run: run.run.clone(),
            started: run.started,
            elapsed_ms: run.elapsed_ms,
            challenge: request.and_then(|request| request.challenge.clone()),
            provider: run.provider,
            pods: request.map(|request| request.pods.clone()).unwrap_or_default(),
            artifact_repository: request.and_then(|request| request.artifact_repository.clone()),
            kubernetes: run.kubernetes.clone(),
            known_issues: request.map_or(KnownIssues::Fail, |request| request.known_issues),
            argo: run.argo.iter().filter(has_verdict).cloned().collect(),
            verdicts,
            untested: run.untested.clone(),
            sessions: run.sessions(),
            attempts,
            programs: run.programs.clone(),
            checks: run.checks.clone(),
        };
        Self {
            kind: STATEMENT.to_owned(),
            subject: conformance.subject(),
            predicate_type: PREDICATE.to_owned(),
            predicate: Predicate {
                result: conformance.result().word().to_owned(),
                configuration: conformance.configuration(),
                passed_tests: conformance.passed(),
                warned_tests: conformance.warned(),
                failed_tests: conformance.failed(),
                conformance,
            },
        }
    }

    /// Whether the fields of `test-result` follow from the verdicts.
    pub fn is_consistent(&self) -> bool {
        let Predicate { result, configuration, passed_tests, warned_tests, failed_tests, .. } =
            &self.predicate;
        let conformance = &self.predicate.conformance;
        self.subject == conformance.subject()
            && *result == conformance.result().word()
            && *configuration == conformance.configuration()
            && *passed_tests == conformance.passed()
            && *warned_tests == conformance.warned()
            && *failed_tests == conformance.failed()
    }
}

impl Conformance {
    /// The result of the verdicts.
    pub fn result(&self) -> RunResult {
        let verdicts = self.verdicts.iter().map(|stated| (stated.verdict, stated.left_out));
        RunResult::of(verdicts, self.untested.len())
    }

    /// Every warning in words: a verdict with a [`Warning`], or an untested installation.
    pub fn warnings(&self) -> Vec<Untrusted> {
        let cases = self.verdicts.iter().filter_map(|stated| {
            stated.warning().map(|warning| format!("{}: {warning}", stated.name()).into())
        });
        let untested = self.untested.iter().map(|untested| {
            let reason = untested.reason.raw();
            format!("Argo {}: {}: {reason}", untested.argo, Warning::Untested).into()
        });
        cases.chain(untested).collect()
    }

    /// The session with this run id that recorded this history; `None` without such a session.
    pub fn session(&self, run: &str, history: &str) -> Option<&RunSession> {
        let recorded =
            |session: &&RunSession| session.histories.iter().any(|recorded| recorded == history);
        self.sessions.iter().filter(|session| session.run == run).find(recorded)
    }

    fn passed(&self) -> Vec<String> {
        self.names(|stated| stated.verdict == Verdict::Pass)
    }

    fn warned(&self) -> Vec<String> {
        self.names(|stated| stated.warning().is_some())
    }

    /// Cases with the verdict *fail* or *fixed*, each as `CASE on Argo VERSION`.
    pub fn failed(&self) -> Vec<String> {
        self.names(|stated| matches!(stated.verdict, Verdict::Fail | Verdict::Fixed))
    }

    fn names(&self, wanted: impl Fn(&Stated) -> bool) -> Vec<String> {
        self.verdicts.iter().filter(|stated| wanted(stated)).map(Stated::name).collect()
    }

    fn configuration(&self) -> Vec<Resource> {
        let mut resources = BTreeMap::new();
        for stated in &self.verdicts {
            let Some(basis) = &stated.basis else { continue };
            let case = stated.case.split('@').next().unwrap_or(&stated.case);
            resources.insert(format!("case {case}"), &basis.case_sha256);
            resources.insert(basis.history.clone(), &basis.history_sha256);
        }
        let attempts = self.attempts.iter().map(|chain| (chain.file.clone(), &chain.root));
        let resource = |(name, digest): (String, &String)| resource(name, digest);
        resources.into_iter().chain(attempts).map(resource).collect()
    }

    /// The images with a known digest, of each Argo that has a history.
    fn subject(&self) -> Vec<Resource> {
        let was_tried = |argo: &&ArgoReport| {
            let name = argo.versions.name();
            self.verdicts.iter().any(|stated| stated.argo == name && stated.basis.is_some())
        };
        let images = self.argo.iter().filter(was_tried).flat_map(|argo| &argo.images);
        let known = images.filter_map(|image| {
            let digest = image.digest.as_ref()?.raw().strip_prefix("sha256:")?;
            Some(resource(image.name.raw().to_owned(), digest))
        });
        known.collect()
    }
}

fn resource(name: String, sha256: &str) -> Resource {
    Resource { name, digest: BTreeMap::from([("sha256".to_owned(), sha256.to_owned())]) }
}
