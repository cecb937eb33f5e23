//! A statement about an installation that others can check without trusting whoever makes it.
//!
//! It is an in-toto Statement v1 with the predicate `test-result` v0.1, to which the field
//! `conformance` adds what is needed to judge again: for each verdict the digest of the history
//! and of the case it was judged by.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::verdict::{CaseVerdict, Verdict};
use serde::{Deserialize, Serialize};

use crate::asked::Build;
use crate::left_out::LeftOut;
use crate::result::{RunResult, Warning};
use crate::run::{ArgoReport, Part, RunReport, Untested};

/// Type of the statement.
pub const STATEMENT: &str = "https://in-toto.io/Statement/v1";
/// Type of its predicate.
pub const PREDICATE: &str = "https://in-toto.io/attestation/test-result/v0.1";
/// Major version of `conformance`. Another one is not read.
pub const MAJOR: u32 = 1;
/// Minor version of `conformance`.
pub const MINOR: u32 = 0;

/// The statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// [`STATEMENT`]
    #[serde(rename = "_type")]
    pub kind: String,
    /// What it is about: the images of each Argo that cases ran on.
    pub subject: Vec<Resource>,
    /// [`PREDICATE`]
    #[serde(rename = "predicateType")]
    pub predicate_type: String,
    /// What is said of it.
    pub predicate: Predicate,
}

/// Something by name and digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// Its name.
    pub name: String,
    /// By algorithm: `sha256`, in hexadecimal.
    pub digest: BTreeMap<String, String>,
}

/// What is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Predicate {
    /// `PASSED`, `WARNED` (something cannot be said) or `FAILED`.
    pub result: String,
    /// The cases and histories that it rests on.
    pub configuration: Vec<Resource>,
    /// `CASE on Argo VERSION`
    pub passed_tests: Vec<String>,
    /// The same of what cannot be said.
    pub warned_tests: Vec<String>,
    /// The same of what failed.
    pub failed_tests: Vec<String>,
    /// What is needed to judge again.
    pub conformance: Conformance,
}

/// What is needed to judge again.
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
    /// When it began.
    pub started: Timestamp,
    /// Milliseconds from its beginning to its end.
    pub elapsed_ms: u64,
    /// The value that a verifier gave for the run.
    pub challenge: Option<String>,
    /// What gave the cluster: `kind`, `native` or `existing`.
    pub provider: String,
    /// Version of Kubernetes.
    pub kubernetes: String,
    /// What a known issue means: `fail` or `expect`.
    pub known_issues: String,
    /// Each Argo as it was read back: versions, settings, images.
    pub argo: Vec<ArgoReport>,
    /// Every verdict of the run.
    pub verdicts: Vec<Stated>,
    /// Versions that were asked for and could not be tried.
    pub untested: Vec<Untested>,
    /// The runs that it is made of: one, or those that were merged, or the sessions of one that
    /// broke off and was resumed.
    pub parts: Vec<Part>,
    /// The chains of attempts.
    pub tries: Vec<Chain>,
}

/// A chain of attempts: a line for each attempt, written before it, with the hash of the line
/// before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// Path of its file in the run directory.
    pub file: String,
    /// SHA-256 of its last line, which holds for all lines before.
    pub root: String,
    /// Number of attempts in it.
    pub tries: usize,
}

/// A verdict and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stated {
    /// Id of the case.
    pub case: String,
    /// Version of Argo.
    pub argo: String,
    /// The verdict, known issues being what the run took them for.
    pub verdict: Verdict,
    /// Why the provider left the case out, if that is why it does not apply.
    pub left_out: Option<LeftOut>,
    /// Ids of the claims that failed.
    pub failed_claims: Vec<String>,
    /// What was judged and by what; `None` where the case does not apply.
    pub basis: Option<Basis>,
}

/// What a verdict rests on.
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
            basis,
        }
    }

    /// `CASE on Argo VERSION`
    pub fn name(&self) -> String {
        format!("{} on Argo {}", self.case, self.argo)
    }

    fn warning(&self) -> Option<Warning> {
        Warning::of(self.verdict, self.left_out)
    }
}

/// What was judged for a statement, and by what.
pub struct Judging {
    /// The build that judged.
    pub build: Build,
    /// The verdicts.
    pub verdicts: Vec<Stated>,
    /// The chains of attempts.
    pub tries: Vec<Chain>,
}

impl Statement {
    /// Of a run, by what was judged for it and by the build that recorded it. An installation
    /// without a verdict is not stated.
    pub fn of(run: &RunReport, recorded_by: &Build, judging: Judging) -> Self {
        let Judging { build, verdicts, tries } = judging;
        let asked = run.asked.as_ref();
        let has_verdict =
            |argo: &&ArgoReport| verdicts.iter().any(|v| v.argo == argo.versions.name());
        let conformance = Conformance {
            format: (MAJOR, MINOR),
            recorded_by: recorded_by.clone(),
            judged_by: build,
            run: run.run.clone(),
            started: run.started,
            elapsed_ms: run.elapsed_ms,
            challenge: asked.and_then(|asked| asked.challenge.clone()),
            provider: run.provider.clone(),
            kubernetes: run.kubernetes.clone(),
            known_issues: asked.map_or_else(|| "fail".to_owned(), |a| a.known_issues.clone()),
            argo: run.argo.iter().filter(has_verdict).cloned().collect(),
            verdicts,
            untested: run.untested.clone(),
            parts: run.parts(),
            tries,
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

    /// Whether what is said in the terms of `test-result` is what the verdicts say.
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

    /// Everything that keeps the result from `PASSED` and is no failure, in words.
    pub fn warnings(&self) -> Vec<String> {
        let cases = self.verdicts.iter().filter_map(|stated| {
            stated.warning().map(|warning| format!("{}: {warning}", stated.name()))
        });
        let untested = self.untested.iter().map(|untested| {
            format!("Argo {}: {}: {}", untested.argo, Warning::Untested, untested.because)
        });
        cases.chain(untested).collect()
    }

    /// The part of the run with this id that recorded this history.
    pub fn part(&self, run: &str, history: &str) -> Option<&Part> {
        let recorded = |part: &&Part| part.histories.iter().any(|recorded| recorded == history);
        self.parts.iter().filter(|part| part.run == run).find(recorded)
    }

    fn passed(&self) -> Vec<String> {
        self.names(|stated| stated.verdict == Verdict::Pass)
    }

    fn warned(&self) -> Vec<String> {
        self.names(|stated| stated.warning().is_some())
    }

    /// `CASE on Argo VERSION` of what failed.
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
        let tries = self.tries.iter().map(|chain| (chain.file.clone(), &chain.root));
        let resource = |(name, digest): (String, &String)| resource(name, digest);
        resources.into_iter().chain(tries).map(resource).collect()
    }

    /// The images of each Argo that a history is about.
    fn subject(&self) -> Vec<Resource> {
        let was_tried = |argo: &&ArgoReport| {
            let name = argo.versions.name();
            self.verdicts.iter().any(|stated| stated.argo == name && stated.basis.is_some())
        };
        let images = self.argo.iter().filter(was_tried).flat_map(|argo| &argo.images);
        let known = images.filter_map(|image| {
            let digest = image.digest.as_deref()?.strip_prefix("sha256:")?;
            Some(resource(image.name.clone(), digest))
        });
        known.collect()
    }
}

fn resource(name: String, sha256: &str) -> Resource {
    Resource { name, digest: BTreeMap::from([("sha256".to_owned(), sha256.to_owned())]) }
}
