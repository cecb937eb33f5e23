//! Measured times of cases, for shards and for the order of a run.

use std::collections::BTreeMap;

use anyhow::Context;

/// Seconds that each case took, by id: `cargo ci times` writes it.
const EMBEDDED: &str = include_str!("../../../ci/times.json");

/// Seconds that cases take. One whose time is not known takes as long as the median case.
pub struct Times {
    known: BTreeMap<String, u64>,
    median: u64,
}

impl Times {
    /// Those that this program was made with.
    pub fn embedded() -> anyhow::Result<Self> {
        let known =
            serde_json::from_str(EMBEDDED).context("failed to read the embedded times of cases")?;
        Ok(Self::new(known))
    }

    /// Times from seconds by case id.
    pub fn new(known: BTreeMap<String, u64>) -> Self {
        let mut sorted: Vec<u64> = known.values().copied().collect();
        sorted.sort_unstable();
        let median = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
        Self { known, median }
    }

    /// Seconds that a case takes, at least 1. Cases of 0 s would all go to one shard.
    pub fn of(&self, id: &str) -> u64 {
        self.known.get(id).copied().unwrap_or(self.median).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::Times;

    #[test]
    fn the_embedded_times_are_read() {
        let times = Times::embedded().expect("they are well-formed");
        assert!(times.known.values().all(|seconds| *seconds > 0));
    }
}
