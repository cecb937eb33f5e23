//! `mutate`: shows that the cases of a run can fail, on mutants of its own histories.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context;
use model::History;
use mutate::{Score, Total};
use report::{Detection, Evidence, Judged};

use crate::args::MutateArgs;
use crate::recorded::Recorded;
use crate::{evidence, out};

/// Prints the score of each case. The exit code is that of a failure if there is one of these:
///
/// - a claim that no mutant makes fail
/// - a leaf or a requirement that decides nothing
/// - a symptom that every failure shows
/// - a mutant that fools the judge
///
/// The exit code of cases without a claim is that of nothing ran.
pub(crate) fn mutate(args: &MutateArgs) -> anyhow::Result<u8> {
    let evidence = evidence::read(&args.directory, &args.cases)?;
    let (scores, untried) = scores(&args.directory, &evidence)?;
    out::plain(&mutate::words(&scores).join("\n"));
    for case in &untried {
        out::note(&format!("{case} was not mutated: no history and no repaired history passes"));
    }
    let fooled = fooled(&scores);
    for line in &fooled {
        out::note(&format!("error: the judge decided without evidence: {line}"));
    }
    let total = Total::of(&scores);
    Ok(match total.claims {
        0 => report::exit::NOTHING_RAN,
        _ if total.leaves > total.deciding
            || total.requirements > total.unmet
            || total.symptoms > total.telling =>
        {
            report::exit::FAIL
        }
        all if all > total.killed || !fooled.is_empty() => report::exit::FAIL,
        _ => report::exit::PASS,
    })
}

fn fooled(scores: &[Score]) -> Vec<String> {
    let claims = scores.iter().flat_map(|s| s.claims.iter().map(move |claim| (&s.case, claim)));
    let hits = claims.flat_map(|(case, c)| c.hits.iter().map(move |hit| (case, &c.claim, hit)));
    let fooled = hits.filter(|(.., hit)| hit.is_fooled());
    fooled.map(|(case, claim, hit)| format!("{case}: {claim}, by {}", hit.operator)).collect()
}

/// The figures of the mutation test, for a report.
pub(crate) fn detection(directory: &Path, evidence: &Evidence) -> anyhow::Result<Detection> {
    let (scores, untried) = scores(directory, evidence)?;
    let Total { claims, killed, .. } = Total::of(&scores);
    let all = scores.iter().flat_map(|s| s.claims.iter().map(move |claim| (&s.case, claim)));
    let surviving = all.filter(|(_, claim)| !claim.is_killed());
    let surviving = surviving.map(|(case, claim)| format!("{case}: {}", claim.claim)).collect();
    Ok(Detection { claims, killed, surviving, untried: untried.into_iter().collect() })
}

/// The score of each case, on the first of its histories that can be used. The second value has the
/// cases without such a history.
fn scores(directory: &Path, evidence: &Evidence) -> anyhow::Result<(Vec<Score>, BTreeSet<String>)> {
    let (mut scores, mut tried) = (Vec::<Score>::new(), BTreeSet::new());
    let mut score = |judged: &Judged| {
        let id = &judged.verdict.case;
        let (Some(history), Some(case)) = (&judged.history, evidence.cases.get(id)) else {
            return Ok(());
        };
        tried.insert(id.clone());
        if scores.iter().all(|score| score.case != *id) {
            let history = history_of(directory, Path::new(history))?;
            scores.extend(mutate::mutate(case, &mutate::trim(&history)));
        }
        Ok(())
    };
    out::all(evidence.run.verdicts.iter().map(&mut score))?;
    scores.sort_by(|a, b| a.case.cmp(&b.case));
    tried.retain(|case| !scores.iter().any(|score| score.case == *case));
    Ok((scores, tried))
}

fn history_of(directory: &Path, name: &Path) -> anyhow::Result<History> {
    let recorded = Recorded::open(directory, name)?;
    let read = || {
        let mut reader = recorded.events()?;
        let events = reader.by_ref().collect::<Result<Vec<_>, _>>()?;
        anyhow::Ok(History { header: reader.header().clone(), events, torn: reader.torn() })
    };
    read().with_context(|| format!("failed to read {}", recorded.path().display()))
}
