//! `mutate`: shows that the cases of a run can fail, on mutants of its own histories.

use mutate::{Score, Total};
use rundir::{detection, evidence};

use crate::args::MutateArgs;
use crate::terminal::out;

/// Prints the score of each case. The exit code is that of a failure if there is one of these:
///
/// - a claim that no mutant makes fail
/// - a leaf or a requirement that decides nothing
/// - a symptom that every failure shows
/// - a mutant that fools the judge
///
/// The exit code of cases without a claim is that of nothing ran.
pub(crate) fn mutate(args: &MutateArgs) -> anyhow::Result<u8> {
    let evidence = evidence::read(&args.directory, &args.cases.directory)?;
    let (scores, untried) = detection::scores(&args.directory, &evidence)?;
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
            || total.symptoms > total.shown =>
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
