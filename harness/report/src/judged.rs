//! A verdict with its time and its history.

use std::time::Duration;

use jiff::Timestamp;
use model::verdict::CaseVerdict;
use serde::{Deserialize, Serialize};

/// A verdict with the time of the case and the path of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// The verdict of the judge.
    pub verdict: CaseVerdict,
    /// Wall clock at the start of the history; `None` for a case that does not apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<Timestamp>,
    /// Milliseconds from the start of the history to its last event. No verdict depends on the
    /// number.
    pub elapsed_ms: u64,
    /// Path of the history, from the run directory; `None` for a case that does not apply.
    pub history: Option<String>,
}

/// Time in which at least one of the cases ran. Cases that ran at once count once. Builds, starts
/// of clusters and pauses do not count.
pub fn time_of_cases<'a>(judged: impl IntoIterator<Item = &'a Judged>) -> Duration {
    let mut spans: Vec<(i128, i128)> = judged
        .into_iter()
        .filter_map(|one| {
            let began = one.started?.as_nanosecond();
            Some((began, began + i128::from(one.elapsed_ms) * 1_000_000))
        })
        .collect();
    spans.sort_unstable();
    let (mut sum, mut counted) = (0, i128::MIN);
    for (began, ended) in spans {
        sum += (ended - began.max(counted)).max(0);
        counted = counted.max(ended);
    }
    Duration::from_nanos(u64::try_from(sum).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use model::verdict::{CaseVerdict, Verdict};
    use rstest::rstest;

    use super::{Judged, time_of_cases};

    #[rstest]
    #[case::none(&[], 0)]
    #[case::one(&[(5, 10)], 10)]
    #[case::one_after_another(&[(0, 10), (20, 5)], 15)]
    #[case::at_once(&[(0, 10), (5, 10), (2, 3)], 15)]
    #[case::in_another_order(&[(20, 5), (0, 10), (9, 1)], 15)]
    fn seconds_with_a_running_case(#[case] cases: &[(i64, u64)], #[case] expected: u64) {
        let judged = |&(began, seconds): &(i64, u64)| Judged {
            verdict: CaseVerdict {
                case: "a/b".to_owned(),
                argo: "3.7.18".to_owned(),
                verdict: Verdict::Pass,
                reason: "all claims hold".into(),
                known_issue: None,
                findings: Vec::new(),
            },
            started: Some(Timestamp::UNIX_EPOCH + SignedDuration::from_secs(began)),
            elapsed_ms: seconds * 1000,
            history: None,
        };
        let judged: Vec<Judged> = cases.iter().map(judged).collect();
        assert_eq!(time_of_cases(&judged).as_secs(), expected);
    }
}
