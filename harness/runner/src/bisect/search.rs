//! The search for the place in a list at which something changes, with members that tell nothing.

use std::collections::BTreeSet;

/// A list: up to some place its members are like the first, from there on like the last.
pub(super) struct Search {
    /// The last that is known to be like the first.
    low: usize,
    /// The first that is known to be like the last.
    high: usize,
    /// Members between them that tell nothing.
    skipped: BTreeSet<usize>,
}

/// The end of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// The last that is like the first.
    pub(super) last: usize,
    /// The first that is like the last.
    pub(super) first: usize,
    /// Members between them, all of which tell nothing.
    pub(super) between: Vec<usize>,
}

impl Search {
    /// A search among `count` members, two or more.
    pub(super) fn new(count: usize) -> Self {
        Self { low: 0, high: count.saturating_sub(1), skipped: BTreeSet::new() }
    }

    /// The member to try: of those that may tell something, the one nearest to the middle. `None`
    /// when the search is over.
    pub(super) fn next(&self) -> Option<usize> {
        let middle = usize::midpoint(self.low, self.high);
        self.candidates().min_by_key(|at| at.abs_diff(middle))
    }

    /// How many members may still be tried.
    pub(super) fn left(&self) -> usize {
        self.candidates().count()
    }

    /// Says whether a member is like the last.
    pub(super) fn tell(&mut self, at: usize, like_last: bool) {
        let end = if like_last { &mut self.high } else { &mut self.low };
        *end = at;
    }

    /// Says that a member tells nothing.
    pub(super) fn skip(&mut self, at: usize) {
        self.skipped.insert(at);
    }

    /// The place, or the range that remains.
    pub(super) fn found(&self) -> Found {
        let between = self.skipped.range(self.low + 1..self.high).copied().collect();
        Found { last: self.low, first: self.high, between }
    }

    fn candidates(&self) -> impl Iterator<Item = usize> {
        (self.low + 1..self.high).filter(|at| !self.skipped.contains(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Searches for a place among so many members, of which these tell nothing.
    fn search(count: usize, place: usize, skip: impl Fn(usize) -> bool) -> (Found, usize) {
        let (mut search, mut tries) = (Search::new(count), 0);
        while let Some(at) = search.next() {
            tries += 1;
            assert!(search.left() > 0);
            if skip(at) { search.skip(at) } else { search.tell(at, at >= place) }
        }
        assert_eq!(search.left(), 0);
        (search.found(), tries)
    }

    #[test]
    fn every_place_is_found_with_few_tries() {
        for count in 2..40_usize {
            for place in 1..count {
                let (found, tries) = search(count, place, |_| false);
                assert_eq!(found, Found { last: place - 1, first: place, between: Vec::new() });
                assert!(1 << tries <= 2 * count, "{tries} tries of {count}");
            }
        }
    }

    /// The ends tell something. The place is in what remains, and all between tells nothing.
    #[test]
    fn what_remains_holds_the_place_and_nothing_that_was_not_tried() {
        for count in 2..11_usize {
            for (place, bits) in
                (1..count).flat_map(|place| (0..1 << count).map(move |b| (place, b)))
            {
                let tells_nothing = |at: usize| bits & (1 << at) != 0 && at != 0 && at != count - 1;
                let (found, _) = search(count, place, tells_nothing);
                assert!(found.last < place && place <= found.first, "{count} {place} {bits:b}");
                let between: Vec<usize> = (found.last + 1..found.first).collect();
                assert!(between.iter().all(|at| tells_nothing(*at)), "{count} {place} {bits:b}");
                assert_eq!(found.between, between);
            }
        }
    }
}
