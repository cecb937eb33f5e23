//! The cases of a run on one installation.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use drive::health::Health;
use drive::joint::Participant;
use drive::watch::Watches;
use model::Case;
use model::history::Unobserved;
use provision::argo::replicas;
use provision::installation::{Installation, Namespaces};
use report::Judged;
use report::observed::Observed;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::lock::{Company, Hold};
use crate::budgets;
use crate::context::{RunContext, show_verdict};
use crate::schedule::namespace_pool::NamespacePool;
use crate::trial::{self, Trial, Tried};
use rundir::times::Times;

/// The environment of the cases: installation, watches, and turns of prepared namespaces.
struct Place {
    installation: Installation,
    watches: Watches,
    turns: Option<NamespacePool>,
}

/// A case with its place among all.
type Numbered = (usize, Case);

/// Runs the cases, several at once, the long ones first, and says each verdict when it is there.
/// Those that must run alone come last; `begun` hears when almost all others have begun.
pub(crate) async fn cases(
    context: &Arc<RunContext>,
    installation: &Installation,
    directory: &Path,
    begun: oneshot::Sender<()>,
) -> anyhow::Result<(Vec<Judged>, Observed)> {
    let (since, before) = (Instant::now(), installation.requests.counts());
    let argo = installation.versions.name();
    let ids = context.cases.iter().map(|case| case.id.as_str());
    context.session.progress.live(|live, _| live.cases(&argo, ids));
    let times = Times::embedded()?;
    let left = context.earlier.left(&argo, &context.cases);
    let mut left: Vec<Numbered> = left.into_iter().cloned().enumerate().collect();
    left.sort_by_key(|(_, case)| std::cmp::Reverse(times.of(&case.id)));
    let usual = left.iter().map(|(_, case)| (case.id.as_str(), times.of(&case.id)));
    context.session.progress.live(|live, now| live.expect(&argo, usual, now));
    let (alone, together): (Vec<Numbered>, Vec<Numbered>) =
        left.into_iter().partition(|(_, case)| case.runs_alone());
    let (mut tried, mut unobserved) = (Vec::new(), BTreeSet::new());
    if !together.is_empty() {
        let _hold = Hold::take(&context.session, installation, Company::Others).await?;
        let all = side_by_side(context, installation, directory, together, begun).await?;
        tried.extend(all.tried);
        unobserved.extend(all.unobserved);
    }
    for group in groups(alone, |(_, case)| together_as(case), context.limiter.most()) {
        let _hold = Hold::take(&context.session, installation, Company::Nobody).await?;
        let (begun, _) = oneshot::channel();
        let upgrades = group.iter().any(|(_, case)| case.needs_pair());
        let disturbs = group.iter().any(|(_, case)| case.disturbs_controllers());
        let all = side_by_side(context, installation, directory, group, begun).await?;
        tried.extend(all.tried);
        unobserved.extend(all.unobserved);
        if let (Some(pair), true) = (&installation.pair, upgrades) {
            pair.restore(&installation.client, &installation.run, budgets::ARGO_READY.time)
                .await
                .context("failed to install the first Argo of the pair again")?;
        }
        if let (Some(profile), true) = (installation.profile, disturbs) {
            let (client, run) = (&installation.client, &installation.run);
            replicas::renew(client, run, profile.replicas(), budgets::ARGO_READY.time)
                .await
                .context("failed to restore the number of controllers")?;
        }
    }
    for part in unobserved {
        context.session.console.note(&format!("warning: not observed: {part}"));
    }
    tried.sort_by_key(|(index, _)| *index);
    let (mut judged, mut verdict_us) = (Vec::new(), Vec::new());
    for (_, Tried { judged: one, verdict_us: after }) in tried {
        judged.push(one);
        verdict_us.extend(after);
    }
    verdict_us.sort_unstable();
    let observed = Observed {
        argo,
        elapsed_ms: model::milliseconds(since.elapsed()),
        requests: installation.requests.since(&before),
        verdict_us,
    };
    Ok((judged, observed))
}

/// The work on the installation that cases do together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Joint {
    /// They replace it.
    Replace,
    /// They create their workflows without a controller, and replace it.
    Restore,
}

/// The work on the installation that a case does together with others. `None`: it runs alone.
fn together_as(case: &Case) -> Option<Joint> {
    let joint = if case.restores() { Joint::Restore } else { Joint::Replace };
    case.needs_pair().then_some(joint)
}

/// The cases that run at once although no other case may run beside them. Cases with the same work
/// on the installation do the work together. At most `most` cases replace it: they hold pods. Each
/// other case runs alone.
fn groups<T>(alone: Vec<T>, joint: impl Fn(&T) -> Option<Joint>, most: usize) -> Vec<Vec<T>> {
    let (mut groups, mut replace, mut restore) = (Vec::new(), Vec::new(), Vec::new());
    for case in alone {
        match joint(&case) {
            None => groups.push(vec![case]),
            Some(Joint::Replace) => replace.push(case),
            Some(Joint::Restore) => restore.push(case),
        }
    }
    while !replace.is_empty() {
        let rest = replace.split_off(replace.len().min(most.max(1)));
        groups.push(std::mem::replace(&mut replace, rest));
    }
    groups.extend((!restore.is_empty()).then_some(restore));
    groups
}

/// Number of cases that have yet to begin when the next cluster may be put up. About this many
/// begin before a cluster is ready.
const AHEAD: usize = 6;

/// The results of cases that ran at once.
struct SideBySide {
    /// Each case's place among all, and its result.
    tried: Vec<(usize, Tried)>,
    /// The parts that the run did not observe in full.
    unobserved: Vec<Unobserved>,
}

/// Runs cases, as many at once as there are slots.
async fn side_by_side(
    context: &Arc<RunContext>,
    installation: &Installation,
    directory: &Path,
    cases: Vec<Numbered>,
    begun: oneshot::Sender<()>,
) -> anyhow::Result<SideBySide> {
    let watches = Watches::start(installation, cases.len()).await?;
    let _health = Health::start(installation, &watches);
    let turns = match &installation.namespaces {
        Namespaces::Made => None,
        Namespaces::Prepared(names) => Some(NamespacePool::new(names)),
    };
    let place = Arc::new(Place { installation: installation.clone(), watches, turns });
    let (mut running, mut tried) = (JoinSet::new(), Vec::new());
    let (mut begun, mut left) = (Some(begun), cases.len());
    let participants = Participant::together(cases.len());
    for ((index, case), participant) in cases.into_iter().zip(participants) {
        if left <= AHEAD
            && let Some(begun) = begun.take()
        {
            // Nobody may wait to hear it.
            let _ = begun.send(());
        }
        left -= 1;
        participant.keep(context.limiter.take(&context.session.stop).await);
        let (context, place) = (Arc::clone(context), Arc::clone(&place));
        let directory = directory.to_owned();
        running.spawn(async move {
            let tried = one(&context, &place, &directory, (index, &case), participant).await?;
            anyhow::Ok((index, tried))
        });
        while let Some(one) = running.try_join_next() {
            tried.push(one??);
        }
    }
    while let Some(one) = running.join_next().await {
        tried.push(one??);
    }
    place.watches.stop();
    Ok(SideBySide { tried, unobserved: place.watches.unobserved() })
}

async fn one(
    context: &RunContext,
    place: &Place,
    directory: &Path,
    (index, case): (usize, &Case),
    participant: Participant,
) -> anyhow::Result<Tried> {
    let turn = match &place.turns {
        Some(turns) => Some(turns.take().await?),
        None => None,
    };
    let own = context.config.installs();
    let suffix = if own { index.to_string() } else { format!("{index}-{}", std::process::id()) };
    let made = || trial::namespace(case, &suffix);
    let trial = Trial {
        case,
        namespace: turn.as_ref().map_or_else(made, |turn| turn.namespace.clone()),
        installation: &place.installation,
        provider: context.config.provider,
        watches: &place.watches,
        directory,
        stance: context.config.known_issues,
        progress: &context.session.progress,
        stop: context.session.stop.clone(),
        challenge: context.config.challenge.as_ref(),
        pods: &context.request.pods,
        attempts: &context.attempts,
        participant,
    };
    trial.run(|judged| show_verdict(context, judged)).await
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Joint, groups};

    #[rstest]
    #[case::together(9, vec![vec![1], vec![3], vec![2, 4, 6], vec![5, 7]])]
    #[case::as_many_as_there_are_slots(2, vec![vec![1], vec![3], vec![2, 4], vec![6], vec![5, 7]])]
    #[case::without_slots(0, vec![vec![1], vec![3], vec![2], vec![4], vec![6], vec![5, 7]])]
    fn cases_that_replace_the_installation(#[case] most: usize, #[case] expected: Vec<Vec<u8>>) {
        let joint = |number: &u8| match number {
            2 | 4 | 6 => Some(Joint::Replace),
            5 | 7 => Some(Joint::Restore),
            _ => None,
        };
        assert_eq!(groups(vec![1, 2, 3, 4, 5, 6, 7], joint, most), expected);
    }
}
