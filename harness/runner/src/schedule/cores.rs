//! The load of the cores of this machine.

/// Number of threads that run or wait for a core, without the calling one. [`u64::MAX`]: the kernel
/// does not say.
pub(super) fn runnable() -> u64 {
    let stat = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    // The one that asks is one of them.
    runnable_in(&stat).map_or(u64::MAX, |all| all.saturating_sub(1))
}

/// Number of cores of this machine. [`u64::MAX`]: the kernel does not say.
pub(super) fn of_machine() -> u64 {
    let stat = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    cores_in(&stat).unwrap_or(u64::MAX)
}

fn cores_in(stat: &str) -> Option<u64> {
    let number = |line: &&str| {
        line.strip_prefix("cpu").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    u64::try_from(stat.lines().filter(number).count()).ok().filter(|cores| *cores > 0)
}

fn runnable_in(stat: &str) -> Option<u64> {
    stat.lines().find_map(|line| line.strip_prefix("procs_running "))?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{cores_in, runnable, runnable_in};

    #[rstest]
    #[case::two("cpu  1 2\ncpu0 1 2\ncpu1 1 2\nprocs_running 17\n", Some(2))]
    #[case::nothing("", None)]
    #[case::the_sum_alone("cpu  1 2\n", None)]
    fn as_many_cores_as_have_a_line(#[case] stat: &str, #[case] expected: Option<u64>) {
        assert_eq!(cores_in(stat), expected);
    }

    #[rstest]
    #[case::so_many("cpu  1 2 3\nprocs_running 17\nprocs_blocked 2\n", Some(17))]
    #[case::nothing("", None)]
    #[case::no_number("procs_running many\n", None)]
    #[case::something_else("procs_blocked 2\n", None)]
    fn what_the_kernel_says(#[case] stat: &str, #[case] expected: Option<u64>) {
        assert_eq!(runnable_in(stat), expected);
    }

    #[test]
    fn this_kernel_says_it() {
        assert!(runnable() < 1_000_000);
    }
}
