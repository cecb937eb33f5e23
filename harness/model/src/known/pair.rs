//! Pairs of versions: an executor of one release under a workflow controller of another.

use std::fmt;

use semver::Version;

use crate::release_range::{ReleaseRange, release};

/// Executors and workflow controllers that fail together. The release of both is never the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The releases of the executor.
    pub from: ReleaseRange,
    /// The releases of the workflow controller.
    pub to: ReleaseRange,
}

impl Pair {
    /// Whether it has this executor and this workflow controller.
    pub fn contains(&self, executor: &Version, controller: &Version) -> bool {
        release(executor) != release(controller)
            && self.from.contains(executor)
            && self.to.contains(controller)
    }

    /// Whether an executor and a workflow controller are in both.
    pub fn meets(&self, other: &Self) -> bool {
        self.from.meets(&other.from) && self.to.meets(&other.to)
    }
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        words(f, &self.from, &self.to)
    }
}

/// The words for a pair of ranges.
pub(crate) fn words(
    f: &mut fmt::Formatter<'_>,
    from: &dyn fmt::Display,
    to: &dyn fmt::Display,
) -> fmt::Result {
    write!(f, "argoexec {from} with workflow-controller {to}")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::Pair;

    fn pair(from: &str, to: &str) -> Pair {
        let range = |text: &str| text.parse().expect("a range");
        Pair { from: range(from), to: range(to) }
    }

    #[rstest]
    #[case::both("3.4.17", "3.5.8", true)]
    #[case::the_last_executor("3.5.1", "3.5.10+tree.ab12", true)]
    #[case::another_executor("3.5.2", "3.5.8", false)]
    #[case::another_controller("3.4.17", "3.5.11", false)]
    #[case::the_other_way("3.5.8", "3.4.17", false)]
    fn contains_by_both(#[case] executor: &str, #[case] controller: &str, #[case] expected: bool) {
        let pair = pair("<=3.5.1", ">=3.5.3 <3.5.11");
        let [executor, controller] = [executor, controller].map(|v| v.parse().expect("a version"));
        assert_eq!(pair.contains(&executor, &controller), expected);
    }

    #[test]
    fn one_release_is_no_pair() {
        let version = |text: &str| text.parse().expect("a version");
        let all = pair("all", "all");
        assert!(!all.contains(&version("3.5.8"), &version("3.5.8")));
        assert!(!all.contains(&version("3.5.8+tree.ab12"), &version("3.5.8")));
        assert!(all.contains(&version("3.5.8"), &version("3.5.9")));
    }
}
