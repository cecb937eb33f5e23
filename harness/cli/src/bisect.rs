//! `bisect`: which release broke or fixed a case.

mod search;

use std::collections::BTreeMap;

use model::verdict::{CaseVerdict, Verdict};
use provision::argo_source::TESTED;
use semver::Version;

use crate::args::{
    BisectArgs, ComponentArgs, ExistingArgs, Format, ImageArgs, KindArgs, KnownIssues, Provider,
    RunArgs,
};
use crate::out::{self, Explained};
use crate::run::{self, Bench};
use crate::{selection, wanted};
use search::Search;

/// Tries the case on versions between the two, each time on the one in the middle.
pub(crate) async fn bisect(args: BisectArgs) -> anyhow::Result<u8> {
    let (good, bad) = (version(&args.good)?, version(&args.bad)?);
    let (older, newer) = (good.clone().min(bad.clone()), good.clone().max(bad.clone()));
    let among = args.among.iter().map(|text| version(text)).collect::<Result<Vec<_>, _>>()?;
    let among = if among.is_empty() { tested() } else { among };
    let mut versions = vec![older.clone(), newer.clone()];
    versions.extend(among.into_iter().filter(|v| older < *v && *v < newer));
    versions.sort();
    versions.dedup();
    let cases = selection::select(&args.cases)?;
    if cases.len() != 1 {
        let what = format!("one case is needed, and {} are meant", cases.len());
        return Err(usage(&what, "`--case ID`; `argo-conformance list` says what there is"));
    }
    if older == newer {
        let what = format!("there is nothing between {older} and {newer}");
        return Err(usage(&what, "name a version that passes and one that fails"));
    }
    let bench = Bench::open(run_args(&args), cases)?;
    let mut tried = BTreeMap::new();
    for (version, wanted) in [(&good, Verdict::Pass), (&bad, Verdict::Fail)] {
        let verdict = one(&bench, version).await?;
        if verdict.verdict != wanted {
            return Ok(no_end(version, wanted, &verdict));
        }
        tried.insert(version.clone(), verdict);
    }
    let mut search = Search::new(versions);
    while let Some(middle) = search.next() {
        let verdict = one(&bench, &middle).await?;
        let passes = match verdict.verdict {
            Verdict::Pass => true,
            Verdict::Fail => false,
            _ => {
                out::result(&format!(
                    "Argo {middle}: {}: {}",
                    verdict.verdict.name(),
                    verdict.reason
                ));
                return Ok(report::exit::UNKNOWN);
            }
        };
        // As the newer end, or as the older one.
        search.tell(passes == (newer == good));
        tried.insert(middle, verdict);
    }
    let (last, first) = search.found();
    out::result(&words(&last, &first, &tried));
    Ok(report::exit::PASS)
}

fn words(last: &Version, first: &Version, tried: &BTreeMap<Version, CaseVerdict>) -> String {
    let lines = tried.iter().map(|(version, verdict)| {
        let failed = verdict.failed_claims().join(", ");
        format!("{version:<10} {:<5} {failed}\n", verdict.verdict.name())
    });
    let text = lines.collect::<Vec<_>>().concat();
    let fixed = tried.get(first).is_some_and(|verdict| verdict.verdict == Verdict::Pass);
    let what = if fixed { "fixed" } else { "broken" };
    text + &format!("{what} in {first}; {last} is the last before it among those that were tried")
}

fn tested() -> Vec<Version> {
    TESTED.iter().filter_map(|version| version.parse().ok()).collect()
}

fn version(text: &str) -> anyhow::Result<Version> {
    // Says all that is wrong with it, as for `run`.
    wanted::version(text)?;
    Ok(text.trim_start_matches('v').parse()?)
}

fn usage(what: &str, hint: &str) -> anyhow::Error {
    let text = format!("error: {what}\nhint: {hint}");
    Explained { code: report::exit::USAGE, text }.into()
}

/// An end of the search is not what it was said to be.
fn no_end(version: &Version, wanted: Verdict, found: &CaseVerdict) -> u8 {
    out::note(&format!(
        "error: on Argo {version} the case was to {}, and is {}: {}",
        wanted.name(),
        found.verdict.name(),
        found.reason
    ));
    if found.verdict == Verdict::Unknown { report::exit::UNKNOWN } else { report::exit::FAIL }
}

async fn one(bench: &std::sync::Arc<Bench>, version: &Version) -> anyhow::Result<CaseVerdict> {
    let mut wanted = wanted::version(&version.to_string())?;
    wanted.profile = bench.profile();
    let found = run::on(bench, wanted).await?;
    let verdict = found.judged.into_iter().next().map(|judged| judged.verdict);
    verdict.ok_or_else(|| {
        let because = found.untested.into_iter().map(|untested| untested.because).next();
        let because = because.unwrap_or_else(|| "the run was stopped".to_owned());
        let text = format!("error: Argo {version} was not tested: {because}");
        Explained { code: report::exit::NO_ENVIRONMENT, text }.into()
    })
}

/// As for a `run` of the case, on which a known issue is a failure.
fn run_args(args: &BisectArgs) -> RunArgs {
    RunArgs {
        cases: args.cases.clone(),
        cache: args.cache.clone(),
        on: None,
        argo: Vec::new(),
        known_issues: KnownIssues::Fail,
        profile: vec![args.profile],
        kubernetes: Vec::new(),
        until_input_ends: false,
        shared: None,
        provider: Provider::Native,
        kind: KindArgs::default(),
        existing: ExistingArgs::default(),
        components: ComponentArgs::default(),
        images: ImageArgs::default(),
        jobs: None,
        shard: None,
        done: None,
        resume: None,
        out: args.out.clone(),
        format: Format::Text,
    }
}
