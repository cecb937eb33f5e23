//! A statement about an installation that others can check without trusting whoever makes it.
//!
//! It is an in-toto Statement v1 with the predicate `test-result` v0.1, to which the field
//! `conformance` adds what is needed to judge again: for each verdict the digest of the history
//! and of the case it was judged by.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::verdict::{CaseVerdict, Verdict};
use serde::{Deserialize, Serialize};

use crate::run::{ArgoReport, Part, RunReport, Untested};

/// Type of the statement.
pub const STATEMENT: &str = "https://in-toto.io/Statement/v1";
/// Type of its predicate.
pub const PREDICATE: &str = "https://in-toto.io/attestation/test-result/v0.1";
/// Major version of `conformance`. Another one is not read.
pub const MAJOR: u32 = 1;
/// Minor version of `conformance`: 1.1 has `parts`.
pub const MINOR: u32 = 1;

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
    /// Version of the program that judged.
    pub program: String,
    /// Id of the run.
    pub run: String,
    /// When it began.
    pub started: Timestamp,
    /// What gave the cluster.
    pub provider: String,
    /// Version of Kubernetes.
    pub kubernetes: String,
    /// Each Argo as it was read back: versions, settings, images.
    pub argo: Vec<ArgoReport>,
    /// Every verdict of the run.
    pub verdicts: Vec<Stated>,
    /// Versions that were asked for and could not be tried.
    pub untested: Vec<Untested>,
    /// The runs that it is made of, if several: merged, or broken off and resumed. Since 1.1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
}

/// A verdict and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stated {
    /// Id of the case.
    pub case: String,
    /// Version of Argo.
    pub argo: String,
    /// The verdict, known issues being failures.
    pub verdict: Verdict,
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
            failed_claims: verdict.failed_claims().into_iter().map(str::to_owned).collect(),
            basis,
        }
    }

    /// `CASE on Argo VERSION`
    pub fn name(&self) -> String {
        format!("{} on Argo {}", self.case, self.argo)
    }
}

impl Statement {
    /// Of a run, by verdicts that were judged for it.
    pub fn of(run: &RunReport, program: &str, verdicts: Vec<Stated>) -> Self {
        let conformance = Conformance {
            format: (MAJOR, MINOR),
            program: program.to_owned(),
            run: run.run.clone(),
            started: run.started,
            provider: run.provider.clone(),
            kubernetes: run.kubernetes.clone(),
            argo: run.argo.clone(),
            verdicts,
            untested: run.untested.clone(),
            parts: run.parts.clone(),
        };
        Self {
            kind: STATEMENT.to_owned(),
            subject: subject(&run.argo),
            predicate_type: PREDICATE.to_owned(),
            predicate: Predicate {
                result: conformance.result().to_owned(),
                configuration: conformance.configuration(),
                passed_tests: conformance.names(&[Verdict::Pass]),
                warned_tests: conformance.names(&[Verdict::Unknown]),
                failed_tests: conformance.names(&FAILED),
                conformance,
            },
        }
    }

    /// Whether what is said in the terms of `test-result` is what the verdicts say.
    pub fn is_consistent(&self) -> bool {
        let Predicate { result, configuration, passed_tests, warned_tests, failed_tests, .. } =
            &self.predicate;
        let conformance = &self.predicate.conformance;
        self.subject == subject(&conformance.argo)
            && *result == conformance.result()
            && *configuration == conformance.configuration()
            && *passed_tests == conformance.names(&[Verdict::Pass])
            && *warned_tests == conformance.names(&[Verdict::Unknown])
            && *failed_tests == conformance.names(&FAILED)
    }
}

/// What counts as failed where a known bug is still a bug.
const FAILED: [Verdict; 3] = [Verdict::Fail, Verdict::KnownIssue, Verdict::Fixed];

impl Conformance {
    /// Whether it is about this history of that run.
    pub fn is_of(&self, run: &str, history: &str) -> bool {
        if self.parts.is_empty() {
            return run == self.run;
        }
        let recorded = |part: &Part| part.histories.iter().any(|recorded| recorded == history);
        self.parts.iter().any(|part| part.run == run && recorded(part))
    }

    fn result(&self) -> &'static str {
        let some = |wanted: &[Verdict]| self.verdicts.iter().any(|v| wanted.contains(&v.verdict));
        if some(&FAILED) {
            "FAILED"
        } else if some(&[Verdict::Unknown]) || !self.untested.is_empty() || !some(&[Verdict::Pass])
        {
            "WARNED"
        } else {
            "PASSED"
        }
    }

    fn names(&self, wanted: &[Verdict]) -> Vec<String> {
        let of = self.verdicts.iter().filter(|v| wanted.contains(&v.verdict));
        of.map(Stated::name).collect()
    }

    fn configuration(&self) -> Vec<Resource> {
        let mut resources = BTreeMap::new();
        for stated in &self.verdicts {
            let Some(basis) = &stated.basis else { continue };
            let case = stated.case.split('@').next().unwrap_or(&stated.case);
            resources.insert(format!("case {case}"), &basis.case_sha256);
            resources.insert(basis.history.clone(), &basis.history_sha256);
        }
        let resource = |(name, digest): (String, &String)| resource(name, digest);
        resources.into_iter().map(resource).collect()
    }
}

fn resource(name: String, sha256: &str) -> Resource {
    Resource { name, digest: BTreeMap::from([("sha256".to_owned(), sha256.to_owned())]) }
}

fn subject(argo: &[ArgoReport]) -> Vec<Resource> {
    let images = argo.iter().flat_map(|argo| &argo.images);
    let known = images.filter_map(|image| {
        let digest = image.digest.as_deref()?.strip_prefix("sha256:")?;
        Some(resource(image.name.clone(), digest))
    });
    known.collect()
}
