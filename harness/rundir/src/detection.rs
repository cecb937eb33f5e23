//! The proof that the cases of a run can fail, on mutants of its own histories.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context;
use model::History;
use mutate::{Score, Total};
use report::{Detection, Evidence, Judged};

use crate::error;
use crate::history_file::HistoryFile;

/// The figures of the mutation test, for a report.
pub fn detection(directory: &Path, evidence: &Evidence) -> anyhow::Result<Detection> {
    let (scores, untried) = scores(directory, evidence)?;
    let Total { claims, killed, .. } = Total::of(&scores);
    let all = scores.iter().flat_map(|s| s.claims.iter().map(move |claim| (&s.case, claim)));
    let surviving = all.filter(|(_, claim)| !claim.is_killed());
    let surviving = surviving.map(|(case, claim)| format!("{case}: {}", claim.claim)).collect();
    Ok(Detection { claims, killed, surviving, untried: untried.into_iter().collect() })
}

/// The score of each case, on the first of its histories that can be used. The second value has the
/// cases without such a history.
pub fn scores(
    directory: &Path,
    evidence: &Evidence,
) -> anyhow::Result<(Vec<Score>, BTreeSet<String>)> {
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
    error::all(evidence.run.verdicts.iter().map(&mut score))?;
    scores.sort_by(|a, b| a.case.cmp(&b.case));
    tried.retain(|case| !scores.iter().any(|score| score.case == *case));
    Ok((scores, tried))
}

fn history_of(directory: &Path, name: &Path) -> anyhow::Result<History> {
    let recorded = HistoryFile::open(directory, name)?;
    let read = || {
        let mut reader = recorded.events()?;
        let events = reader.by_ref().collect::<Result<Vec<_>, _>>()?;
        anyhow::Ok(History { header: reader.header().clone(), events, torn: reader.torn() })
    };
    read().with_context(|| format!("failed to read {}", recorded.path().display()))
}
