//! The cases of a run on one installation.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use drive::health::Health;
use drive::watch::Watches;
use futures::{StreamExt, TryStreamExt};
use model::Case;
use provision::installation::{Installation, Namespaces};
use report::Judged;
use report::observed::Observed;

use super::hold::{Company, Hold};
use super::jobs::jobs;
use super::{Bench, said};
use crate::times::Times;
use crate::trial::{self, Trial, Tried};
use crate::turns::Turns;

/// Where the cases run, and what tells of them.
struct Place {
    installation: Installation,
    watches: Watches,
    turns: Option<Turns>,
}

/// A case with its place among all.
type Numbered = (usize, Case);

/// Runs the cases, several at once, the long ones first, and says each verdict when it is there.
/// Those that must run alone come last.
pub(super) async fn cases(
    bench: &Arc<Bench>,
    installation: &Installation,
    directory: &Path,
) -> anyhow::Result<(Vec<Judged>, Observed)> {
    let (began, before) = (Instant::now(), installation.requests.counts());
    bench.session.show.live(|live, _| live.cases(bench.cases.iter().map(|c| c.id.as_str())));
    let times = Times::embedded()?;
    let left = bench.earlier.left(&installation.versions.name(), &bench.cases);
    let mut left: Vec<Numbered> = left.into_iter().cloned().enumerate().collect();
    left.sort_by_key(|(_, case)| std::cmp::Reverse(times.of(&case.id)));
    let (alone, together): (Vec<Numbered>, Vec<Numbered>) =
        left.into_iter().partition(|(_, case)| case.runs_alone());
    let mut tried = Vec::new();
    if !together.is_empty() {
        let _hold = Hold::take(&bench.session, installation, Company::Others).await?;
        tried.extend(side_by_side(bench, installation, directory, together, jobs(bench)).await?);
    }
    for case in alone {
        let _hold = Hold::take(&bench.session, installation, Company::Nobody).await?;
        tried.extend(side_by_side(bench, installation, directory, vec![case], 1).await?);
    }
    tried.sort_by_key(|(index, _)| *index);
    let (mut judged, mut verdict_us) = (Vec::new(), Vec::new());
    for (_, Tried { judged: one, verdict_us: after }) in tried {
        judged.push(one);
        verdict_us.extend(after);
    }
    verdict_us.sort_unstable();
    let observed = Observed {
        argo: installation.versions.name(),
        elapsed_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        requests: installation.requests.since(&before),
        verdict_us,
    };
    Ok((judged, observed))
}

/// Runs cases, so many at once.
async fn side_by_side(
    bench: &Arc<Bench>,
    installation: &Installation,
    directory: &Path,
    cases: Vec<Numbered>,
    jobs: usize,
) -> anyhow::Result<Vec<(usize, Tried)>> {
    let watches = Watches::start(installation).await?;
    let _health = Health::start(installation, &watches);
    let turns = match &installation.namespaces {
        Namespaces::Made => None,
        Namespaces::Lent(names) => Some(Turns::new(names)),
    };
    let place = Arc::new(Place { installation: installation.clone(), watches, turns });
    let running = cases.into_iter().map(|(index, case)| {
        let (bench, place) = (Arc::clone(bench), Arc::clone(&place));
        let directory = directory.to_owned();
        // Spawned when it is its turn, so that cases are judged side by side.
        async move {
            let one = async move { one(&bench, &place, &directory, index, &case).await };
            anyhow::Ok((index, tokio::spawn(one).await??))
        }
    });
    let running = futures::stream::iter(running).buffer_unordered(jobs);
    let tried = running.try_collect().await?;
    place.watches.stop();
    Ok(tried)
}

async fn one(
    bench: &Bench,
    place: &Place,
    directory: &Path,
    index: usize,
    case: &Case,
) -> anyhow::Result<Tried> {
    let turn = match &place.turns {
        Some(turns) => Some(turns.take().await?),
        None => None,
    };
    let own = bench.args.installs();
    let suffix = if own { index.to_string() } else { format!("{index}-{}", std::process::id()) };
    let made = || trial::namespace(case, &suffix);
    let trial = Trial {
        case,
        namespace: turn.as_ref().map_or_else(made, |turn| turn.namespace.clone()),
        installation: &place.installation,
        watches: &place.watches,
        directory,
        stance: bench.args.known_issues.into(),
        show: &bench.session.show,
        stop: bench.session.stop.clone(),
    };
    trial.run(|judged| said(bench, judged)).await
}
