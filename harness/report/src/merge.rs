//! The merge of several runs into one: shards, or runs of different versions.
//!
//! The merged report has the form of a single run's report. Every selected case has its verdicts on
//! each version from exactly one run. All runs have the same cases, program, provider and settings
//! of each version. Every violation refuses the merge, and the refusal lists all violations at
//! once. The merge keeps untested versions and unknown verdicts unchanged.

mod same;

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use model::profile::Profile;

use crate::request::{RunRequest, Shard};
use crate::run::{ArgoReport, Program, RunReport, RunSession, Stage, Untested};

pub use same::differences;

/// The longest time between the beginnings of two sessions of a run. 24 h.
pub const SPAN: SignedDuration = SignedDuration::from_hours(24);

/// A run with its manifest and its name in a refusal.
struct NamedRun<'a> {
    name: &'a str,
    run: &'a RunReport,
    request: &'a RunRequest,
}

/// The report of all these runs. Each run has a name for refusals.
///
/// # Errors
/// All reasons against the merge, one text for each.
pub fn merge(runs: &[(String, RunReport)]) -> Result<RunReport, Vec<String>> {
    let mut refusals = Vec::new();
    let mut named_runs = Vec::new();
    for (name, run) in runs {
        match &run.request {
            Some(request) => named_runs.push(NamedRun { name, run, request }),
            None => refusals.push(format!(
                "{name}: a run of format {}.{} does not say what was asked for",
                run.format.0, run.format.1
            )),
        }
    }
    named_runs.sort_by_key(|named| (named.run.started, &named.run.run, named.request.to_run()));
    same::check(&named_runs, &mut refusals);
    for version in versions(&named_runs) {
        let of: Vec<&NamedRun<'_>> =
            named_runs.iter().filter(|a| a.request.argo.contains(version)).collect();
        shards(version, &of, &mut refusals);
        complete(version, &of, &mut refusals);
    }
    tried_twice(&named_runs, &mut refusals);
    match named_runs.first() {
        Some(first) if refusals.is_empty() => Ok(merged(first, &named_runs)),
        Some(_) => Err(refusals),
        None => Err(vec!["there is no run".to_owned()]).map_err(|none| [refusals, none].concat()),
    }
}

/// Each requested version once, sorted by precedence.
fn versions<'a>(named_runs: &[NamedRun<'a>]) -> Vec<&'a String> {
    let mut versions = Vec::new();
    for version in named_runs.iter().flat_map(|named| &named.request.argo) {
        if !versions.contains(&version) {
            versions.push(version);
        }
    }
    versions.sort_by_key(|version| crate::measured::version_key(version));
    versions
}

/// Refuses a version that is neither of one whole run nor of all shards of one partition.
fn shards(version: &str, named_runs: &[&NamedRun<'_>], refusals: &mut Vec<String>) {
    let of: Vec<(&str, Option<&Shard>)> =
        named_runs.iter().map(|named| (named.name, named.request.shard.as_ref())).collect();
    let mut by_number: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    let (mut counts, mut whole) = (BTreeMap::new(), Vec::new());
    for (name, shard) in &of {
        match shard {
            None => whole.push(*name),
            Some(shard) => {
                by_number.entry(shard.number).or_default().push(name);
                counts.entry(shard.of).or_insert((*name, *shard));
            }
        }
    }
    if !whole.is_empty() {
        if of.len() > 1 {
            let names: Vec<&str> = of.iter().map(|(name, _)| *name).collect();
            refusals.push(format!("Argo {version} was asked for in {}", names.join(" and ")));
        }
        return;
    }
    if counts.len() > 1 {
        let counts = counts.values().map(|(name, shard)| format!("{name} is shard {shard}"));
        let counts: Vec<String> = counts.collect();
        refusals.push(format!("Argo {version}: {}", counts.join(", and ")));
        return;
    }
    let Some(count) = counts.keys().next().copied() else { return };
    for (number, names) in by_number.iter().filter(|(_, names)| names.len() > 1) {
        let names = names.join(" and ");
        refusals.push(format!("Argo {version}: {names} are both shard {number}/{count}"));
    }
    let missing = (1..=count).filter(|number| !by_number.contains_key(number));
    let missing: Vec<String> = missing.map(|number| format!("{number}/{count}")).collect();
    if missing.is_empty() {
        cut_alike(version, named_runs, refusals);
    } else {
        let noun = if missing.len() == 1 { "shard" } else { "shards" };
        refusals.push(format!("Argo {version}: {noun} {} missing", said(&missing)));
    }
}

fn said(missing: &[String]) -> String {
    let verb = if missing.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", missing.join(", "))
}

/// Refuses shards that do not have each case exactly once. Another program may partition otherwise.
fn cut_alike(version: &str, named_runs: &[&NamedRun<'_>], refusals: &mut Vec<String>) {
    let Some(first) = named_runs.first() else { return };
    for case in first.request.cases.keys() {
        let having = named_runs.iter().filter(|a| a.request.to_run().contains(&case.as_str()));
        let having: Vec<&str> = having.map(|named| named.name).collect();
        match having.as_slice() {
            [_] => {}
            [] => refusals.push(format!("Argo {version}: {case} is in no shard")),
            names => {
                refusals.push(format!("Argo {version}: {case} is in {}", names.join(" and in ")));
            }
        }
    }
}

/// Refuses a run that has neither a verdict nor an untested version for a requested case.
fn complete(version: &str, named_runs: &[&NamedRun<'_>], refusals: &mut Vec<String>) {
    for named in named_runs {
        if named.run.untested.iter().any(|untested| untested.argo == version) {
            continue;
        }
        let verdicts = named.run.verdicts.iter().map(|judged| &judged.verdict);
        let has: BTreeSet<&str> =
            verdicts.filter(|v| v.argo == version).map(|v| v.case.as_str()).collect();
        for case in named.request.to_run().into_iter().filter(|case| !has.contains(case)) {
            let name = named.name;
            refusals.push(format!("{name} has no verdict of {case} on Argo {version}"));
        }
    }
}

/// Refuses a case with attempts on one version in two runs. A vendor may have repeated a run until
/// it passed.
fn tried_twice(named_runs: &[NamedRun<'_>], refusals: &mut Vec<String>) {
    let mut tried: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for named in named_runs {
        for judged in &named.run.verdicts {
            let key = (judged.verdict.case.as_str(), judged.verdict.argo.as_str());
            tried.entry(key).or_default().insert(named.name);
        }
    }
    for ((case, argo), names) in tried.into_iter().filter(|(_, names)| names.len() > 1) {
        let names: Vec<&str> = names.into_iter().collect();
        refusals.push(format!("{case} was tried on Argo {argo} in {}", names.join(" and in ")));
    }
}

/// The report of runs that passed every check.
fn merged(first: &NamedRun<'_>, named_runs: &[NamedRun<'_>]) -> RunReport {
    let end = |run: &RunReport| {
        let elapsed = i64::try_from(run.elapsed_ms).unwrap_or(i64::MAX);
        run.started.saturating_add(SignedDuration::from_millis(elapsed)).unwrap_or(run.started)
    };
    let started = first.run.started;
    let ended = named_runs.iter().map(|named| end(named.run)).max().unwrap_or(started);
    let all = || named_runs.iter().map(|named| named.run);
    let mut argo: Vec<ArgoReport> = Vec::new();
    for report in all().flat_map(|run| &run.argo) {
        if !argo.contains(report) {
            argo.push(report.clone());
        }
    }
    let mut stages: Vec<Stage> =
        named_runs.iter().flat_map(|named| stages(named, first.run)).collect();
    stages.sort_by_key(|stage| stage.began_ms);
    RunReport {
        format: (crate::run::MAJOR, crate::run::MINOR),
        run: format!("{}-merged", first.run.run),
        started,
        elapsed_ms: milliseconds(ended.duration_since(started)),
        provider: first.run.provider,
        kubernetes: crate::run::kubernetes(&argo),
        argo,
        stages,
        verdicts: all().flat_map(|run| run.verdicts.clone()).collect(),
        untested: named_runs.iter().flat_map(untested).collect(),
        observed: all().flat_map(|run| run.observed.clone()).collect(),
        request: Some(RunRequest {
            argo: versions(named_runs).into_iter().cloned().collect(),
            sources: named_runs.iter().flat_map(|a| a.request.sources.clone()).collect(),
            shard: None,
            profiles: profiles(named_runs),
            ..first.request.clone()
        }),
        sessions: all().flat_map(RunReport::sessions).collect(),
        programs: programs(all().flat_map(|run| &run.programs)),
        checks: all().flat_map(|run| run.checks.clone()).collect(),
    }
}

fn milliseconds(time: SignedDuration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or_default()
}

/// The stages of a run, in the time of the first run.
fn stages(named: &NamedRun<'_>, first: &RunReport) -> Vec<Stage> {
    let later = milliseconds(named.run.started.duration_since(first.started));
    let stages = named.run.stages.iter().map(|stage| Stage {
        name: in_shard(named.request, &stage.name),
        began_ms: later.saturating_add(stage.began_ms),
        elapsed_ms: stage.elapsed_ms,
    });
    stages.collect()
}

fn untested(named: &NamedRun<'_>) -> Vec<Untested> {
    let untested = named.run.untested.iter().map(|untested| Untested {
        argo: untested.argo.clone(),
        reason: in_shard(named.request, untested.reason.raw()).into(),
    });
    untested.collect()
}

fn in_shard(request: &RunRequest, words: &str) -> String {
    match &request.shard {
        Some(shard) => format!("shard {shard}: {words}"),
        None => words.to_owned(),
    }
}

impl RunReport {
    /// The runs behind this report; the run itself for a single run.
    pub fn sessions(&self) -> Vec<RunSession> {
        if !self.sessions.is_empty() {
            return self.sessions.clone();
        }
        let shard = self.request.as_ref().and_then(|request| request.shard.as_ref());
        vec![RunSession {
            run: self.run.clone(),
            started: self.started,
            elapsed_ms: Some(self.elapsed_ms),
            shard: shard.map(Shard::to_string),
            histories: self.verdicts.iter().filter_map(|judged| judged.history.clone()).collect(),
            interrupted: Vec::new(),
        }]
    }
}

/// Settings of all runs, each once, sorted.
fn profiles(named_runs: &[NamedRun<'_>]) -> Vec<Profile> {
    let profiles = named_runs.iter().flat_map(|named| &named.request.profiles).copied();
    Vec::from_iter(profiles.collect::<BTreeSet<_>>())
}

/// Each program with each origin once, in order of name.
pub fn programs<'a>(all: impl Iterator<Item = &'a Program>) -> Vec<Program> {
    all.collect::<BTreeSet<_>>().into_iter().cloned().collect()
}
