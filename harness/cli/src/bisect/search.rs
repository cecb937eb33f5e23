//! The search for the place in a sorted list at which something changes.

use semver::Version;

/// Versions in order: up to some place they are like the first, from there on like the last.
pub(super) struct Search {
    versions: Vec<Version>,
    /// The last that is known to be like the first.
    low: usize,
    /// The first that is known to be like the last.
    high: usize,
}

impl Search {
    /// Of two versions or more.
    pub(super) fn new(versions: Vec<Version>) -> Self {
        let high = versions.len().saturating_sub(1);
        Self { versions, low: 0, high }
    }

    /// The one to try; `None` when the place is found.
    pub(super) fn next(&self) -> Option<Version> {
        let between = self.high.saturating_sub(self.low) > 1;
        between.then(|| self.versions[self.middle()].clone())
    }

    /// Whether the one that was to be tried is like the last.
    pub(super) fn tell(&mut self, like_last: bool) {
        let middle = self.middle();
        let end = if like_last { &mut self.high } else { &mut self.low };
        *end = middle;
    }

    /// The last that is like the first, and the first that is like the last.
    pub(super) fn found(self) -> (Version, Version) {
        (self.versions[self.low].clone(), self.versions[self.high].clone())
    }

    fn middle(&self) -> usize {
        usize::midpoint(self.low, self.high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_found_with_few_tries() {
        for count in 2..40_u64 {
            for place in 1..count {
                let versions = (0..count).map(|patch| Version::new(3, 5, patch)).collect();
                let (mut search, mut tries) = (Search::new(versions), 0);
                while let Some(version) = search.next() {
                    search.tell(version.patch >= place);
                    tries += 1;
                }
                let (last, first) = search.found();
                assert_eq!((last.patch, first.patch), (place - 1, place));
                assert!(1 << tries <= 2 * count, "{tries} tries of {count}");
            }
        }
    }
}
