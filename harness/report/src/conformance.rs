//! A report of conformance in YAML, for people and for lists of implementations: who, what, how
//! far, and how to see for oneself.
//!
//! Its form is that of reports of conformance to Kubernetes' Gateway API; the schema is in
//! `schemas/conformance-1.json`. A known bug is a bug here, whatever the run was told to make of
//! it: it is counted apart, and the level is not passed. What has no verdict is unknown.

mod standing;

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::history::Versions;
use serde::Serialize;

use crate::evidence::Evidence;
use crate::line::asking;
use crate::run::{ArgoReport, Part};
use standing::{Area, Level};

/// Version of the form.
pub const API_VERSION: &str = "argo-conformance/v1";

/// Whose implementation it is, as they say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Implementation {
    /// Who provides it.
    pub organization: String,
    /// What it is called.
    pub project: String,
    /// Where it is described.
    pub url: String,
    /// Its version.
    pub version: String,
    /// Whom to ask: addresses, or names.
    pub contact: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ConformanceReport<'a> {
    api_version: &'static str,
    kind: &'static str,
    /// When the run began.
    date: Timestamp,
    implementation: &'a Implementation,
    suite: Suite<'a>,
    run: Run<'a>,
    installations: Vec<Installation<'a>>,
    untested: Vec<Untested<'a>>,
    reproduce: Vec<String>,
}

/// By what it was tested.
#[derive(Debug, Serialize)]
struct Suite<'a> {
    program: &'static str,
    version: &'a str,
    /// SHA-256 of each case that was asked for, by id.
    cases: BTreeMap<&'a str, &'a str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    id: &'a str,
    /// Which part of the cases it was to run, as `2/3`.
    #[serde(skip_serializing_if = "Option::is_none")]
    shard: Option<String>,
    /// The runs that it is made of, if several.
    made_of: Vec<&'a str>,
}

/// One Argo, as it was read back.
#[derive(Debug, Serialize)]
struct Installation<'a> {
    argo: Components<'a>,
    source: &'a str,
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
    name: &'a str,
    /// `null` where the cluster does not tell.
    digest: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Kubernetes<'a> {
    version: &'a str,
    provider: &'a str,
}

#[derive(Debug, Serialize)]
struct Settings<'a> {
    /// `null` where it was there before.
    profile: Option<&'a str>,
    /// What differs from the defaults.
    values: &'a BTreeMap<String, String>,
}

/// A version that could not be tried.
#[derive(Debug, Serialize)]
struct Untested<'a> {
    argo: &'a str,
    because: &'a str,
}

/// The report about a run, by this version of the program.
///
/// # Errors
/// If a text cannot be written as YAML.
pub fn conformance(
    evidence: &Evidence,
    implementation: &Implementation,
    program: &str,
) -> Result<String, serde_saphyr::SerializeError> {
    let run = &evidence.run;
    let asked = run.asked.as_ref();
    let cases = asked.into_iter().flat_map(|asked| &asked.cases);
    let untested = run.untested.iter();
    serde_saphyr::to_string(&ConformanceReport {
        api_version: API_VERSION,
        kind: "ConformanceReport",
        date: run.started,
        implementation,
        suite: Suite {
            program: "argo-conformance",
            version: asked.map_or(program, |asked| &asked.program.version),
            cases: cases.map(|(id, digest)| (id.as_str(), digest.as_str())).collect(),
        },
        run: Run {
            id: &run.run,
            shard: asked.and_then(|asked| asked.shard.as_ref()).map(ToString::to_string),
            made_of: run.parts.iter().map(|Part { run, .. }| run.as_str()).collect(),
        },
        installations: run.argo.iter().map(|argo| installation(evidence, argo)).collect(),
        untested: untested.map(|u| Untested { argo: &u.argo, because: &u.because }).collect(),
        reproduce: reproduce(evidence),
    })
}

fn installation<'a>(evidence: &'a Evidence, argo: &'a ArgoReport) -> Installation<'a> {
    let versions = &argo.versions;
    let found = standing::found(evidence, versions);
    let images = argo.images.iter().map(|image| Image {
        component: &image.component,
        name: &image.name,
        digest: image.digest.as_deref(),
    });
    Installation {
        argo: Components {
            workflow_controller: &versions.controller,
            argoexec: &versions.executor,
            argo: &versions.cli,
        },
        source: &argo.source,
        images: images.collect(),
        kubernetes: Kubernetes { version: &argo.kubernetes, provider: &evidence.run.provider },
        settings: Settings { profile: argo.profile.as_deref(), values: &argo.settings },
        levels: standing::levels(&found),
        areas: standing::areas(&found),
    }
}

/// Commands, in the order in which one would give them.
fn reproduce(evidence: &Evidence) -> Vec<String> {
    let judge = "argo-conformance judge RUN-DIRECTORY".to_owned();
    let Some(asked) = &evidence.run.asked else { return vec![judge] };
    let mut rest = match evidence.run.provider.as_str() {
        "existing" => " --provider existing".to_owned(),
        _ => String::new(),
    };
    if evidence.cases.keys().any(|case| !asked.cases.contains_key(case)) {
        for case in asked.cases.keys() {
            rest += &format!(" --case {case}");
        }
    }
    if let Some(shard) = &asked.shard {
        rest += &format!(" --shard {shard}");
    }
    let run = |argo: &str| format!("argo-conformance run {argo}{rest}");
    // Where a checkout is that somebody else had is to be said, and of each anew.
    let runs = if asked.sources.is_empty() {
        vec![run(&asking(&asked.argo.join(",")))]
    } else {
        let published = |name: &&String| {
            let versions = Versions::of_name(name);
            let (settings, kubernetes) = (versions.settings.clone(), versions.kubernetes.clone());
            let plain = Versions { settings: None, kubernetes: None, ..versions }.name();
            let given = asked.sources.get(&plain).filter(|given| given.starts_with("release:"))?;
            let mut text = format!("--argo {given}");
            for (flag, value) in [("--profile", settings), ("--kubernetes", kubernetes)] {
                text.extend(value.iter().flat_map(|value| [" ", flag, " ", value]));
            }
            Some(text)
        };
        let asking = |name| published(&name).unwrap_or_else(|| asking(name));
        asked.argo.iter().map(|name| run(&asking(name))).collect()
    };
    runs.into_iter().chain([judge]).collect()
}
