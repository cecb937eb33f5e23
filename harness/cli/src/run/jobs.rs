//! How many cases run at once, unless it is said.

use std::thread::available_parallelism;

use sandbox::requirements::available_memory;

use super::Bench;
use crate::maker::Maker;

/// Memory that a running case takes, in MiB. Measured on a native cluster with Argo 3.7.18: twelve
/// at once took 2.2 GB at most besides the cluster, of which 1.6 are copies of the executor.
const MEMORY: u64 = 200;

/// As many as were asked for, or as cores and memory of this machine allow. Where memory is what
/// there is too little of, that is said.
pub(super) fn jobs(bench: &Bench) -> usize {
    let by_cores = || {
        let cores = available_parallelism().map_or(1, usize::from);
        let by_cores = cores * Maker::of(&bench.args).jobs_for_each_core();
        // A kernel that does not say how much there is does not stop a run.
        let available = available_memory().unwrap_or(u64::MAX);
        let jobs = at_once(by_cores, available);
        if jobs < by_cores {
            let words = format!("{jobs} cases at once: {available} MiB of memory are available");
            bench.session.show.say(&words);
        }
        jobs
    };
    bench.args.jobs.unwrap_or_else(by_cores).max(1)
}

/// So many at most, in so much memory: at least one.
fn at_once(most: usize, available_mib: u64) -> usize {
    usize::try_from(available_mib / MEMORY).unwrap_or(most).clamp(1, most.max(1))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::at_once;

    #[rstest]
    #[case::cores_are_what_there_is_too_little_of(12, 16_000, 12)]
    #[case::memory_is(12, 1_000, 5)]
    #[case::next_to_none_is_left(12, 100, 1)]
    #[case::not_known(12, u64::MAX, 12)]
    fn as_many_as_both_allow(#[case] most: usize, #[case] mib: u64, #[case] expected: usize) {
        assert_eq!(at_once(most, mib), expected);
    }
}
