//! What the cores of this machine do.

/// Watches how idle the cores are.
#[derive(Default)]
pub(super) struct Cores(Option<Spent>);

/// What the cores have spent since the machine was started, in ticks of its kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Spent {
    idle: u64,
    all: u64,
}

impl Cores {
    /// How much of their time was idle since they were looked at last, in percent. None the first
    /// time, and where the kernel does not say.
    pub(super) fn idle(&mut self) -> u64 {
        let now = std::fs::read_to_string("/proc/stat").ok().and_then(|stat| Spent::of(&stat));
        let before = std::mem::replace(&mut self.0, now);
        now.zip(before).map_or(0, |(now, before)| now.idle_since(before))
    }
}

impl Spent {
    fn of(stat: &str) -> Option<Self> {
        let line = stat.lines().find_map(|line| line.strip_prefix("cpu "))?;
        let spent: Option<Vec<u64>> = line.split_whitespace().map(|n| n.parse().ok()).collect();
        // User, nice, system, idle, waiting for a disk, interrupts (two), stolen; what guests took
        // is in the first two.
        let spent = spent.filter(|spent| spent.len() >= 8)?;
        Some(Self { idle: spent[3] + spent[4], all: spent[..8].iter().sum() })
    }

    fn idle_since(self, before: Self) -> u64 {
        let all = self.all.saturating_sub(before.all);
        (self.idle.saturating_sub(before.idle) * 100).checked_div(all).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Cores, Spent};

    fn spent(line: &str) -> Spent {
        Spent::of(&format!("{line}\ncpu0 1 1 1 1\nintr 7\n")).expect("it says")
    }

    #[rstest]
    #[case::busy("cpu  180 0 60 60 0 0 0 0 0 0", 6)]
    #[case::idle("cpu  130 0 30 90 50 0 0 0 0 0", 60)]
    #[case::stolen("cpu  100 0 0 60 0 0 0 140 99 99", 6)]
    #[case::no_time_went_by("cpu  100 0 0 50 0 0 0 0 0 0", 0)]
    fn so_idle(#[case] now: &str, #[case] percent: u64) {
        let before = spent("cpu  100 0 0 50 0 0 0 0 0 0");
        assert_eq!(spent(now).idle_since(before), percent);
    }

    #[rstest]
    #[case::nothing("")]
    #[case::too_little("cpu  1 2 3 4 5")]
    #[case::no_numbers("cpu  1 2 3 4 5 6 7 eight")]
    fn what_says_nothing_is_not_taken_for_idle(#[case] stat: &str) {
        assert_eq!(Spent::of(stat), None);
    }

    #[test]
    fn the_first_look_says_nothing() {
        assert_eq!(Cores::default().idle(), 0);
    }
}
