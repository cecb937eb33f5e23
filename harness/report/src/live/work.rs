//! Remaining time of the cases of a version, from the usual time of each case.

use std::collections::BTreeMap;
use std::time::Duration;

use model::verdict::Verdict;

/// Smallest share of the work that gives a time.
const LEAST_SHARE: f64 = 0.1;

/// The work of the cases of a version, in their usual seconds.
#[derive(Clone, Debug, Default)]
pub(super) struct Work {
    began: Duration,
    /// Cases without a verdict.
    open: BTreeMap<String, f64>,
    /// Sum of the cases with a verdict.
    decided: f64,
}

impl Work {
    /// Work that begins now.
    pub(super) fn of<'c>(cases: impl IntoIterator<Item = (&'c str, u64)>, now: Duration) -> Self {
        let seconds = |seconds| Duration::from_secs(seconds).as_secs_f64();
        let open = cases.into_iter().map(|(id, usual)| (id.to_owned(), seconds(usual)));
        Self { began: now, open: open.collect(), decided: 0.0 }
    }

    /// Ends the work of a case. A case that does not apply was no work.
    pub(super) fn decide(&mut self, id: &str, verdict: Verdict) {
        let usual = self.open.remove(id).unwrap_or_default();
        if verdict != Verdict::NotApplicable {
            self.decided += usual;
        }
    }

    /// Remaining time at the pace up to now. A running case counts with the time since its begin,
    /// at most its usual time. `None`: too little work is done, or no work is left.
    pub(super) fn left<'c>(
        &self,
        running: impl Iterator<Item = (&'c str, Duration)>,
        now: Duration,
    ) -> Option<Duration> {
        let part = |(id, began): (&str, Duration)| {
            let usual = self.open.get(id).copied().unwrap_or_default();
            now.saturating_sub(began).as_secs_f64().min(usual)
        };
        let done = self.decided + running.map(part).sum::<f64>();
        let whole = self.decided + self.open.values().sum::<f64>();
        if self.open.is_empty() || done < whole * LEAST_SHARE {
            return None;
        }
        let elapsed = now.saturating_sub(self.began).as_secs_f64();
        Some(Duration::from_secs_f64((whole - done).max(0.0) * elapsed / done))
    }
}
