//! The search for several needles in one pass over a text.

/// Number of slots of the filter, a power of two.
const SLOTS: usize = 4096;

/// Byte strings of at least 3 bytes, each with a meaning.
pub(super) struct Needles<M> {
    all: Vec<(Vec<u8>, M)>,
    /// Whether a needle begins with 3 bytes of this slot. Few places of a text pass this filter.
    begins: Vec<bool>,
}

impl<M> Needles<M> {
    /// The needles with at least 3 bytes.
    pub(super) fn new(needles: impl IntoIterator<Item = (Vec<u8>, M)>) -> Self {
        let all = needles.into_iter().filter(|(needle, _)| needle.len() >= 3);
        let all: Vec<(Vec<u8>, M)> = all.collect();
        let mut begins = vec![false; SLOTS];
        for (needle, _) in &all {
            begins[slot(needle[0], needle[1], needle[2])] = true;
        }
        Self { all, begins }
    }

    /// Calls `then` with each place of each needle, in the order of places. Places of one needle do
    /// not overlap.
    pub(super) fn each(&self, text: &[u8], mut then: impl FnMut(usize, &M)) {
        let mut ends = vec![0; self.all.len()];
        for (at, first) in text.windows(3).enumerate() {
            if !self.begins[slot(first[0], first[1], first[2])] {
                continue;
            }
            for ((needle, meaning), end) in self.all.iter().zip(&mut ends) {
                if at >= *end && text[at..].starts_with(needle) {
                    *end = at + needle.len();
                    then(at, meaning);
                }
            }
        }
    }
}

fn slot(first: u8, second: u8, third: u8) -> usize {
    let [first, second, third] = [first, second, third].map(usize::from);
    ((first << 6) ^ (second << 3) ^ third) % SLOTS
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Needles;

    const NEEDLES: [&str; 5] = ["aab", "aaa", "ba/", "aaba", "aa"];

    proptest! {
        /// The places are those of a search for each needle alone.
        #[test]
        fn one_pass_finds_what_a_pass_for_each_finds(text in "[ab/]{0,40}") {
            let needles = Needles::new(NEEDLES.map(|n| (n.as_bytes().to_vec(), n)));
            let mut found = Vec::new();
            needles.each(text.as_bytes(), |at, needle| found.push((*needle, at)));
            found.sort_unstable();
            let long = NEEDLES.iter().filter(|needle| needle.len() > 2);
            let each = |n: &&'static str| {
                let n = *n;
                text.match_indices(n).map(move |(at, _)| (n, at)).collect::<Vec<_>>()
            };
            let mut expected: Vec<(&str, usize)> = long.flat_map(each).collect();
            expected.sort_unstable();
            prop_assert_eq!(found, expected);
        }
    }
}
