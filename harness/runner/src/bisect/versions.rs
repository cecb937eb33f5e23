//! `bisect` by versions: which of the tested releases broke or fixed a case.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::verdict::{CaseVerdict, Verdict};
use provision::argo_source::TESTED;
use semver::Version;

use super::search::Search;
use super::{BisectConfig, no_end, one_case, run_config, usage};
use crate::console::Console;
use crate::context::RunContext;
use crate::installation::spec;
use crate::run;
use rundir::error::Error;

/// Tries the case on versions between the two, each time on the one in the middle.
pub(super) async fn bisect(config: BisectConfig, console: Arc<dyn Console>) -> anyhow::Result<u8> {
    let (good, bad) = (version(&config.good)?, version(&config.bad)?);
    let (older, newer) = (good.clone().min(bad.clone()), good.clone().max(bad.clone()));
    let among = config.among.iter().map(|text| version(text)).collect::<Result<Vec<_>, _>>()?;
    let among = if among.is_empty() { tested() } else { among };
    let mut versions = vec![older.clone(), newer.clone()];
    versions.extend(among.into_iter().filter(|v| older < *v && *v < newer));
    versions.sort();
    versions.dedup();
    let cases = one_case(&config)?;
    if older == newer {
        let what = format!("no version is between {older} and {newer}");
        return Err(usage(&what, "Name a version that passes and a version that fails."));
    }
    let context = RunContext::open(run_config(&config), cases, console)?;
    let mut tried = BTreeMap::new();
    for (version, wanted) in [(&good, Verdict::Pass), (&bad, Verdict::Fail)] {
        let verdict = one(&context, version).await?;
        if verdict.verdict != wanted {
            let (wanted, found) = (wanted.name(), verdict.verdict);
            return Ok(no_end(
                &*context.session().console,
                &version.to_string(),
                wanted,
                found,
                verdict.reason.raw(),
            ));
        }
        tried.insert(version.clone(), verdict);
    }
    let mut search = Search::new(versions.len());
    while let Some(at) = search.next() {
        let middle = versions[at].clone();
        let verdict = one(&context, &middle).await?;
        let passes = match verdict.verdict {
            Verdict::Pass => true,
            Verdict::Fail => false,
            Verdict::Unknown | Verdict::KnownIssue | Verdict::Fixed | Verdict::NotApplicable => {
                context.session().console.result(&format!(
                    "Argo {middle}: {}: {}",
                    verdict.verdict.name(),
                    report::tame(&verdict.reason)
                ));
                return Ok(report::exit::UNKNOWN);
            }
        };
        // As the newer end, or as the older one.
        search.tell(at, passes == (newer == good));
        tried.insert(middle, verdict);
    }
    let found = search.found();
    context.session().console.result(&words(&versions[found.last], &versions[found.first], &tried));
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
    text + &format!("{what} in {first}; {last} is the last tested version before")
}

fn tested() -> Vec<Version> {
    TESTED.iter().filter_map(|version| version.parse().ok()).collect()
}

fn version(text: &str) -> anyhow::Result<Version> {
    // Says all that is wrong with it, as for `run`.
    spec::version(text)?;
    Ok(text.trim_start_matches('v').parse()?)
}

async fn one(context: &Arc<RunContext>, version: &Version) -> anyhow::Result<CaseVerdict> {
    let mut spec = spec::version(&version.to_string())?;
    spec.profile = context.profile();
    let found = run::on(context, spec, &context.session().directory).await?;
    let verdict = found.judged.into_iter().next().map(|judged| judged.verdict);
    verdict.ok_or_else(|| {
        let reason =
            found.untested.into_iter().map(|untested| untested.reason.raw().to_owned()).next();
        let reason = reason.unwrap_or_else(|| "the run was stopped".to_owned());
        Error::no_environment(format!("Argo {version} was not tested: {reason}")).into()
    })
}
