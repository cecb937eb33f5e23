//! Number of cases that run at once, and the moment at which the next may begin.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::available_parallelism;
use std::time::Duration;

use sandbox::limits::{available_memory, quota_of_cores};
use tokio::sync::Mutex;
use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::cores;
use crate::config::RunConfig;
use crate::installation::provider::{ClusterProvider, Jobs};
use crate::progress::ProgressLog;

/// Memory that a running case takes, in MiB. Measured on a native cluster with Argo 3.7.18: 12
/// cases at once took 2.2 GB at most besides the cluster. Copies of the executor were 1.6 GB of
/// that.
const MEMORY: u64 = 200;
/// Memory that a cluster with Argo takes, in MiB: measured likewise, 1200 for its servers and 450
/// for images.
const CLUSTER: u64 = 1700;
/// Least time between the beginnings of two cases. The pods of cases that begin in one moment wait
/// for each other. Two cores do about one case in 2 s.
const APART: Duration = Duration::from_millis(500);
/// Number of looks, [`APART`] after each other, that tell whether there is room for one more case.
/// The looks show the load of the case that began last.
const LOOKS: usize = 3;
/// Threads that may want a core when one more case begins, for each core. The start time of a pod
/// follows from this number, and not from the number of cases. A slower machine has fewer cases at
/// once.
const RUNNABLE: u64 = 6;
/// Cases that run at once for each core of this machine on an Argo that somebody else installed.
/// The load of the cores of that cluster is not known.
const UNSEEN: usize = 6;

/// The share of this machine that a run may take.
pub(crate) struct CaseLimiter {
    /// Largest number of clusters at once.
    pub(crate) clusters: usize,
    jobs: Jobs,
    /// Threads that may want a core when a case begins beyond the number that may always run.
    room: u64,
    /// Number of running cases, of all versions.
    running: Arc<AtomicUsize>,
    beginning: Mutex<Beginning>,
}

/// The state of the beginning of cases. The next case to begin holds its lock.
struct Beginning {
    clock: Interval,
    runnable: fn() -> u64,
}

/// The right to run a case, until it is dropped.
pub(crate) struct Slot(Arc<AtomicUsize>);

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl CaseLimiter {
    /// The slots that were asked for, or those that cores and memory of this machine and of this
    /// container allow. A message names the file of a limit that decides.
    pub(crate) fn new(config: &RunConfig, versions: usize, progress: &ProgressLog) -> Self {
        let provider = ClusterProvider::of(config);
        let quota = quota_of_cores(Path::new("/"));
        let cores = cores_within(quota.as_ref().map(|quota| quota.amount));
        let of_each = provider.jobs_for_each_core();
        let by_cores = by_cores(!config.provider.installs(), of_each, cores);
        let asked = config.jobs.map(|jobs| Jobs { surely: jobs.max(1), most: jobs.max(1) });
        let clusters =
            if config.installs() { versions.min(provider.clusters_at_once()) } else { 0 };
        // A kernel that does not say how much there is does not stop a run.
        let memory = available_memory(Path::new("/")).ok();
        let available = memory.as_ref().map_or(u64::MAX, |memory| memory.amount);
        let (fitting, clusters) = fitting(asked.unwrap_or(by_cores), clusters, available);
        let limits = [
            quota
                .filter(|quota| quota.amount < cores::of_machine())
                .map(|quota| format!("{} cores by {}", quota.amount, quota.source.display())),
            memory.filter(|_| fitting.most < by_cores.most).map(|memory| {
                format!("{} MiB of memory by {}", memory.amount, memory.source.display())
            }),
        ];
        let limits: Vec<String> = limits.into_iter().flatten().collect();
        if asked.is_none() && !limits.is_empty() {
            let (jobs, limits) = (fitting.most, limits.join(" and "));
            progress.say(&format!("{jobs} cases at once: this run may take {limits}"));
        }
        let room = RUNNABLE * u64::try_from(cores).unwrap_or(1);
        Self::so_many(asked.unwrap_or(fitting), clusters, room, cores::runnable)
    }

    fn so_many(jobs: Jobs, clusters: usize, room: u64, runnable: fn() -> u64) -> Self {
        let mut clock = interval(APART);
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let beginning = Mutex::new(Beginning { clock, runnable });
        Self { clusters: clusters.max(1), jobs, room, running: Arc::default(), beginning }
    }

    /// Largest number of cases at once.
    pub(crate) fn most(&self) -> usize {
        self.jobs.most
    }

    /// Waits until a case may begin. Cases begin in the order of their calls. Cases of a run that
    /// is to stop need not wait: they end at once.
    pub(crate) async fn take(&self, stop: &CancellationToken) -> Slot {
        let mut beginning = self.beginning.lock().await;
        let mut looks = VecDeque::new();
        while !stop.is_cancelled() {
            tokio::select! {
                _ = beginning.clock.tick() => {}
                () = stop.cancelled() => {}
            }
            looks.push_front((beginning.runnable)());
            looks.truncate(LOOKS);
            let running = self.running.load(Ordering::Relaxed);
            if running < self.jobs.surely
                || (running < self.jobs.most && have_room(&looks, self.room))
            {
                break;
            }
        }
        self.running.fetch_add(1, Ordering::Relaxed);
        Slot(Arc::clone(&self.running))
    }
}

/// Number of cores that this process may use, at most the quota.
fn cores_within(quota: Option<u64>) -> usize {
    let cores = available_parallelism().map_or(1, usize::from);
    quota.and_then(|quota| usize::try_from(quota).ok()).map_or(cores, |quota| quota.min(cores))
}

/// The number of cases that the cores can do. `unseen`: the cluster has other cores.
fn by_cores(unseen: bool, of_each: Jobs, cores: usize) -> Jobs {
    let of_each = if unseen { Jobs { surely: UNSEEN, most: UNSEEN } } else { of_each };
    Jobs { surely: cores * of_each.surely, most: cores * of_each.most }
}

/// Whether cores that so many threads wanted have room for one more case.
fn have_room(looks: &VecDeque<u64>, room: u64) -> bool {
    looks.len() == LOOKS
        && looks.iter().fold(0, |sum: u64, look| sum.saturating_add(*look)) <= room * LOOKS as u64
}

/// The number of cases, at least one, and of clusters that fit into the memory. Cases come before a
/// second cluster.
fn fitting(jobs: Jobs, clusters: usize, available_mib: u64) -> (Jobs, usize) {
    let beside = |clusters: usize| {
        let taken = u64::try_from(clusters).unwrap_or(u64::MAX).saturating_mul(CLUSTER);
        let left = available_mib.saturating_sub(taken) / MEMORY;
        let left = usize::try_from(left).unwrap_or(jobs.most).max(1);
        Jobs { surely: jobs.surely.min(left), most: jobs.most.min(left) }
    };
    let all = (2..=clusters).rev().find(|&clusters| beside(clusters) == jobs);
    let clusters = all.unwrap_or(clusters.min(1));
    (beside(clusters), clusters)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rstest::rstest;
    use tokio::time::Instant;
    use tokio_util::sync::CancellationToken;

    use super::{APART, CaseLimiter, Jobs, by_cores, cores_within, fitting, have_room};

    #[test]
    fn a_quota_bounds_the_cores() {
        assert_eq!(cores_within(Some(1)), 1);
        assert_eq!(cores_within(Some(u64::MAX)), cores_within(None));
    }

    #[rstest]
    #[case::there_is_enough(2, 16_000, (12, 16, 2))]
    #[case::for_two_clusters(2, 6_600, (12, 16, 2))]
    #[case::for_one(2, 6_599, (12, 16, 1))]
    #[case::for_fewer_cases(2, 4_300, (12, 13, 1))]
    #[case::for_few(2, 2_799, (5, 5, 1))]
    #[case::next_to_none_is_left(2, 100, (1, 1, 1))]
    #[case::on_a_cluster_that_is_there(0, 1_100, (5, 5, 0))]
    #[case::not_known(2, u64::MAX, (12, 16, 2))]
    fn as_many_as_have_room(
        #[case] clusters: usize,
        #[case] mib: u64,
        #[case] (surely, most, at_once): (usize, usize, usize),
    ) {
        let jobs = Jobs { surely: 12, most: 16 };
        assert_eq!(fitting(jobs, clusters, mib), (Jobs { surely, most }, at_once));
    }

    #[rstest]
    #[case::seen(false, (4, 16))]
    #[case::of_somebody_else(true, (12, 12))]
    fn as_many_as_the_cores_can_do(#[case] unseen: bool, #[case] (surely, most): (usize, usize)) {
        let of_each = Jobs { surely: 2, most: 8 };
        assert_eq!(by_cores(unseen, of_each, 2), Jobs { surely, most });
    }

    #[rstest]
    #[case::too_few_looks(&[0, 0], false)]
    #[case::busy(&[17, 17, 17], false)]
    #[case::there_is(&[16, 16, 16], true)]
    #[case::in_the_mean(&[40, 0, 8], true)]
    #[case::not_in_the_mean(&[40, 0, 9], false)]
    #[case::not_known(&[u64::MAX, u64::MAX, u64::MAX], false)]
    fn one_more_has_room(#[case] looks: &[u64], #[case] expected: bool) {
        assert_eq!(have_room(&looks.iter().copied().collect(), 16), expected);
    }

    fn slots(surely: usize, most: usize, runnable: fn() -> u64) -> CaseLimiter {
        CaseLimiter::so_many(Jobs { surely, most }, 1, 16, runnable)
    }

    #[tokio::test(start_paused = true)]
    async fn cases_begin_one_after_the_other_and_never_more_than_there_are_slots() {
        let (slots, stop) = (slots(2, 2, || 0), CancellationToken::new());
        let began = Instant::now();
        let first = slots.take(&stop).await;
        assert_eq!(began.elapsed(), Duration::ZERO, "the first at once");
        let second = slots.take(&stop).await;
        assert_eq!(began.elapsed(), APART);
        assert!(tokio::time::timeout(APART * 9, slots.take(&stop)).await.is_err(), "none is free");
        drop(first);
        let third = slots.take(&stop).await;
        assert!(began.elapsed() <= APART * 11);
        stop.cancel();
        let now = Instant::now();
        let _more = slots.take(&stop).await;
        assert_eq!(now.elapsed(), Duration::ZERO, "what is to stop need not wait");
        drop((second, third));
    }

    #[tokio::test(start_paused = true)]
    async fn more_begin_only_while_cores_have_room() {
        let stop = CancellationToken::new();
        let busy = slots(1, 3, || 17);
        let _one = busy.take(&stop).await;
        assert!(tokio::time::timeout(APART * 99, busy.take(&stop)).await.is_err());
        let room = slots(1, 3, || 16);
        let _one = room.take(&stop).await;
        for _ in 0..2 {
            let began = Instant::now();
            std::mem::forget(room.take(&stop).await);
            assert_eq!(began.elapsed(), APART * 3, "each is to be seen first");
        }
        assert!(tokio::time::timeout(APART * 99, room.take(&stop)).await.is_err());
    }
}
