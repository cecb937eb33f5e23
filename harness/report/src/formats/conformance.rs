//! A report of conformance in YAML, for people and for lists of implementations.
//!
//! The report has the implementation, the suite, the installations with their results, and commands
//! that repeat the run. The form follows the conformance reports of Kubernetes' Gateway API. The
//! schema is `schemas/conformance-1.json`.
//!
//! A known issue never counts as passed here, under either stance of the run. The report counts
//! known issues apart, and the level with one has the result `failure`. A case without a verdict
//! counts as unknown.

mod results;

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::history::Versions;
use model::profile::Profile;
use model::{Provider, Untrusted};
use serde::Serialize;

use crate::evidence::Evidence;
use crate::line::asking;
use crate::run::{ArgoReport, RunSession};
use results::{Area, Level};

/// Version of the form of the report.
pub const API_VERSION: &str = "argo-conformance/v1";

/// The implementation, in the words of its provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Implementation {
    /// The provider of the implementation.
    pub organization: String,
    /// Name of the implementation.
    pub project: String,
    /// Address of a page about the implementation.
    pub url: String,
    /// Version of the implementation.
    pub version: String,
    /// Contacts: addresses or names.
    pub contact: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ConformanceReport<'a> {
    api_version: &'static str,
    kind: &'static str,
    /// Time at which the run began.
    date: Timestamp,
    implementation: &'a Implementation,
    suite: Suite<'a>,
    run: Run<'a>,
    installations: Vec<Installation<'a>>,
    untested: Vec<Untested<'a>>,
    reproduce: Vec<String>,
}

/// The program and the cases of the run.
#[derive(Debug, Serialize)]
struct Suite<'a> {
    program: &'static str,
    version: &'a str,
    /// SHA-256 of the files of each selected case, by id.
    cases: BTreeMap<&'a str, &'a str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    id: &'a str,
    /// The shard, as `2/3`; absent for all selected cases.
    #[serde(skip_serializing_if = "Option::is_none")]
    shard: Option<String>,
    /// Ids of the runs behind the report; empty for a single run.
    made_of: Vec<&'a str>,
}

/// One Argo, as read from the cluster.
#[derive(Debug, Serialize)]
struct Installation<'a> {
    argo: Components<'a>,
    source: &'a Untrusted,
    images: Vec<Image<'a>>,
    kubernetes: Kubernetes<'a>,
    settings: Settings<'a>,
    levels: Vec<Level<'a>>,
    areas: Vec<Area<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Components<'a> {
    workflow_controller: &'a str,
    argoexec: &'a str,
    argo: &'a str,
}

#[derive(Debug, Serialize)]
struct Image<'a> {
    component: &'a str,
    name: &'a Untrusted,
    /// `null` where the cluster has no digest.
    digest: Option<&'a Untrusted>,
}

#[derive(Debug, Serialize)]
struct Kubernetes<'a> {
    version: &'a Untrusted,
    provider: Provider,
}

#[derive(Debug, Serialize)]
struct Settings<'a> {
    /// `null` for an Argo that was there before.
    profile: Option<&'a str>,
    /// The environment variables of the controller, by name.
    values: &'a BTreeMap<String, Untrusted>,
}

/// An installation that could not be started.
#[derive(Debug, Serialize)]
struct Untested<'a> {
    argo: &'a str,
    reason: &'a Untrusted,
}

/// The report about a run. A run without a manifest has `program` as the version of the suite.
///
/// # Errors
/// If a text cannot be written as YAML.
pub fn conformance(
    evidence: &Evidence,
    implementation: &Implementation,
    program: &str,
) -> Result<String, serde_saphyr::SerializeError> {
    let run = &evidence.run;
    let request = run.request.as_ref();
    let cases = request.into_iter().flat_map(|request| &request.cases);
    let untested = run.untested.iter();
    serde_saphyr::to_string(&ConformanceReport {
        api_version: API_VERSION,
        kind: "ConformanceReport",
        date: run.started,
        implementation,
        suite: Suite {
            program: "argo-conformance",
            version: request.map_or(program, |request| &request.program.version),
            cases: cases.map(|(id, digest)| (id.as_str(), digest.as_str())).collect(),
        },
        run: Run {
            id: &run.run,
            shard: request.and_then(|request| request.shard.as_ref()).map(ToString::to_string),
            made_of: run.sessions.iter().map(|RunSession { run, .. }| run.as_str()).collect(),
        },
        installations: run.argo.iter().map(|argo| installation(evidence, argo)).collect(),
        untested: untested.map(|u| Untested { argo: &u.argo, reason: &u.reason }).collect(),
        reproduce: reproduce(evidence),
    })
}

fn installation<'a>(evidence: &'a Evidence, argo: &'a ArgoReport) -> Installation<'a> {
    let versions = &argo.versions;
    let results = results::of_cases(evidence, versions);
    let images = argo.images.iter().map(|image| Image {
        component: &image.component,
        name: &image.name,
        digest: image.digest.as_ref(),
    });
    Installation {
        argo: Components {
            workflow_controller: &versions.controller,
            argoexec: &versions.executor,
            argo: &versions.cli,
        },
        source: &argo.source,
        images: images.collect(),
        kubernetes: Kubernetes { version: &argo.kubernetes, provider: evidence.run.provider },
        settings: Settings { profile: argo.profile.map(Profile::name), values: &argo.settings },
        levels: results::levels(&results),
        areas: results::areas(&results),
    }
}

/// Commands that repeat the run and judge it again, in order.
fn reproduce(evidence: &Evidence) -> Vec<String> {
    let judge = "argo-conformance judge RUN-DIRECTORY".to_owned();
    let Some(request) = &evidence.run.request else { return vec![judge] };
    let provider = evidence.run.provider;
    let installs = provider.installs();
    let mut rest = if installs { String::new() } else { format!(" --provider {provider}") };
    if evidence.cases.keys().any(|case| !request.cases.contains_key(case)) {
        for case in request.cases.keys() {
            rest += &format!(" --case {case}");
        }
    }
    if let Some(shard) = &request.shard {
        rest += &format!(" --shard {shard}");
    }
    let run = |argo: &str| format!("argo-conformance run {argo}{rest}");
    // A reader replaces the path of a checkout, so each installation has a command of its own.
    let runs = if request.sources.is_empty() {
        vec![run(&asking(&request.argo.join(",")))]
    } else {
        let published = |name: &&String| {
            let versions = Versions::of_name(name);
            let (settings, kubernetes) = (versions.settings.clone(), versions.kubernetes.clone());
            let plain = Versions { settings: None, kubernetes: None, ..versions }.name();
            let given =
                request.sources.get(&plain).filter(|given| given.starts_with("release:"))?;
            let mut text = format!("--argo {given}");
            for (flag, value) in [("--profile", settings), ("--kubernetes", kubernetes)] {
                text.extend(value.iter().flat_map(|value| [" ", flag, " ", value]));
            }
            Some(text)
        };
        let asking = |name| published(&name).unwrap_or_else(|| asking(name));
        request.argo.iter().map(|name| run(&asking(name))).collect()
    };
    runs.into_iter().chain([judge]).collect()
}
