//! The properties that merged runs share.

use std::collections::BTreeMap;

use model::Untrusted;
use model::controller::{FoundController, Leader};
use model::profile::Profile;

use super::{NamedRun, SPAN};
use crate::run::{ArgoReport, Image, joined};

/// Adds a refusal for each difference.
pub(super) fn check(named_runs: &[NamedRun<'_>], refusals: &mut Vec<String>) {
    let text = |what, value: fn(&NamedRun<'_>) -> String| one(named_runs, what, value);
    let differing = [
        text("the program", |named| named.request.program.to_string()),
        text("the provider", |named| named.run.provider.to_string()),
        text("Kubernetes", not_asked_for),
        text("a known issue counted as", |named| named.request.known_issues.name().to_owned()),
        text("the pods of cases", |named| named.request.pods.to_string()),
        text("the configured artifact repository", |named| {
            named.request.artifact_repository.clone().unwrap_or_else(|| "none".to_owned())
        }),
    ];
    refusals.extend(differing.into_iter().flatten());
    challenge(named_runs, refusals);
    begun_together(named_runs, refusals);
    cases(named_runs, refusals);
    installations(named_runs, refusals);
}

/// Every run carries the same challenge, or no run carries one.
fn challenge(named_runs: &[NamedRun<'_>], refusals: &mut Vec<String>) {
    let of =
        |named: &NamedRun<'_>| named.request.challenge.clone().unwrap_or_else(|| "none".to_owned());
    refusals.extend(one(named_runs, "the challenge", of));
}

/// All sessions of a run begin within [`SPAN`]. A run that is repeated until it passes takes
/// longer.
fn begun_together(named_runs: &[NamedRun<'_>], refusals: &mut Vec<String>) {
    let starts =
        |named: &NamedRun<'_>| named.run.sessions().into_iter().map(|session| session.started);
    let mut starts: Vec<_> = named_runs
        .iter()
        .flat_map(|named| starts(named).map(|started| (started, named.name)))
        .collect();
    starts.sort_unstable();
    let (Some((first, one)), Some((last, other))) = (starts.first(), starts.last()) else { return };
    if last.duration_since(*first) > SPAN {
        let hours = SPAN.as_hours();
        refusals.push(format!(
            "a session of {one} began at {first}, and one of {other} at {last}: \
             more than {hours} h later"
        ));
    }
}

/// The refusal for a property with several values. An empty value of an untested run counts for
/// none.
fn one(
    named_runs: &[NamedRun<'_>],
    what: &str,
    value: fn(&NamedRun<'_>) -> String,
) -> Option<String> {
    let mut values: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for named in named_runs {
        values.entry(value(named)).or_default().push(named.name);
    }
    values.remove("");
    let words = values.iter().map(|(value, names)| format!("{value} in {}", names.join(", ")));
    (values.len() > 1).then(|| format!("{what}: {}", words.collect::<Vec<_>>().join("; ")))
}

/// The version of Kubernetes of installations without a version of Kubernetes in their names.
fn not_asked_for(named: &NamedRun<'_>) -> String {
    let argo = named.run.argo.iter().filter(|argo| argo.versions.kubernetes.is_none());
    joined(&crate::run::kubernetes(argo)).raw().to_owned()
}

/// Every run selects the same cases, with the same digests.
fn cases(named_runs: &[NamedRun<'_>], refusals: &mut Vec<String>) {
    let Some((first, others)) = named_runs.split_first() else { return };
    for other in others {
        let (one, two) = (&first.request.cases, &other.request.cases);
        for (a, b, name, without) in
            [(one, two, first.name, other.name), (two, one, other.name, first.name)]
        {
            let only: Vec<&str> =
                a.keys().filter(|id| !b.contains_key(*id)).map(String::as_str).collect();
            if !only.is_empty() {
                let only = only.join(", ");
                refusals.push(format!("selected in {name} and not in {without}: {only}"));
            }
        }
        let altered = one.iter().filter(|(id, digest)| two.get(*id).is_some_and(|d| d != *digest));
        for (id, _) in altered {
            let (one, two) = (first.name, other.name);
            refusals.push(format!("{id} is not the same case in {one} and in {two}"));
        }
    }
}

/// Installations of one name have the same versions, settings and images.
fn installations(named_runs: &[NamedRun<'_>], refusals: &mut Vec<String>) {
    let mut known: BTreeMap<String, (&str, &ArgoReport)> = BTreeMap::new();
    for named in named_runs {
        for argo in &named.run.argo {
            let version = argo.versions.name();
            let (name, first) = known.entry(version.clone()).or_insert((named.name, argo));
            let differences = differences(first, argo);
            refusals.extend(differences.into_iter().map(|difference| {
                format!("Argo {version}, in {name} and in {}: {difference}", named.name)
            }));
        }
    }
}

/// A found controller as JSON, without its pods. Merged runs may have found other pods.
fn lasting(found: &FoundController) -> String {
    let leader = Leader::Known(String::new());
    let lasting = FoundController { pods: Vec::new(), leader, ..found.clone() };
    // A struct of text and JSON always serializes.
    serde_json::to_string(&lasting).unwrap_or_default()
}

/// The differences of two installations, in words, one for each property.
pub fn differences(one: &ArgoReport, other: &ArgoReport) -> Vec<String> {
    let mut differences = Vec::new();
    let mut differ = |what: &str, one: &str, other: &str| {
        if one != other {
            differences.push(format!("{what}: {one}, and {other}"));
        }
    };
    let none = "none";
    let (a, b) = (&one.versions, &other.versions);
    differ("workflow-controller", &a.controller, &b.controller);
    differ("argoexec", &a.executor, &b.executor);
    differ("argo", &a.cli, &b.cli);
    differ("Kubernetes", one.kubernetes.raw(), other.kubernetes.raw());
    differ("source", one.source.raw(), other.source.raw());
    let profile = |argo: &ArgoReport| argo.profile.map_or(none, Profile::name);
    differ("profile", profile(one), profile(other));
    let controller = |argo: &ArgoReport| argo.controller.as_ref().map_or(none.to_owned(), lasting);
    differ("found controller", &controller(one), &controller(other));
    let images = |argo: &ArgoReport| -> BTreeMap<String, String> {
        let images = argo.images.iter().map(|Image { component, name, digest }| {
            let digest = digest.as_ref().map_or("digest not known", Untrusted::raw);
            (format!("image of {component}"), format!("{} ({digest})", name.raw()))
        });
        let settings = argo.settings.iter();
        images.chain(settings.map(|(name, value)| (name.clone(), value.raw().to_owned()))).collect()
    };
    let (one, other) = (images(one), images(other));
    let mut names: Vec<&String> = one.keys().chain(other.keys()).collect();
    names.sort();
    names.dedup();
    let of = |values: &'_ BTreeMap<String, String>, name: &str| {
        values.get(name).cloned().unwrap_or_else(|| none.to_owned())
    };
    for name in names {
        differ(name, &of(&one, name), &of(&other, name));
    }
    differences
}
