//! `cargo ci times`: the duration of each case, by which `run --shard` distributes the cases.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use model::verdict::Verdict;
use report::RunReport;

use crate::cases::discover;
use crate::problem::Problem;

/// File of the seconds by case. The program has a copy. The file has no times by version: the
/// shards would differ with the versions. A case whose bug is fixed also takes half of its earlier
/// time.
pub const FILE: &str = "ci/times.json";

/// Writes the times of the cases: the mean of the decided verdicts in these runs. A case without a
/// decided verdict keeps its time. Returns the number of times in the file.
///
/// # Errors
/// If a run's report or the cases cannot be read, no verdict is decided, or the file cannot be
/// written.
pub fn take(root: &Path, runs: &[PathBuf]) -> Result<usize> {
    let mut reports = Vec::new();
    for run in runs {
        let path = run.join("run.json");
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        reports.push(RunReport::parse(&text).with_context(|| path.display().to_string())?);
    }
    let (cases, _) =
        discover::read(root).map_err(|problems| anyhow::anyhow!("{} problems", problems.len()))?;
    let ids: Vec<&str> = cases.iter().map(|case| case.id.as_str()).collect();
    let taken = mean(&reports);
    ensure!(!taken.is_empty(), "nothing was decided in these runs");
    let mut times = read(root)?;
    times.extend(taken);
    times.retain(|id, _| ids.contains(&id.as_str()));
    std::fs::write(root.join(FILE), serde_json::to_string_pretty(&times)? + "\n").context(FILE)?;
    Ok(times.len())
}

fn mean(reports: &[RunReport]) -> BTreeMap<String, u64> {
    let mut all: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for judged in reports.iter().flat_map(|report| &report.verdicts) {
        let verdict = &judged.verdict;
        if !matches!(verdict.verdict, Verdict::Unknown | Verdict::NotApplicable) {
            all.entry(verdict.case.clone()).or_default().push(judged.elapsed_ms);
        }
    }
    let seconds = |times: Vec<u64>| {
        let count = u64::try_from(times.len()).unwrap_or(u64::MAX);
        (times.iter().sum::<u64>() / count).div_ceil(1000).max(1)
    };
    all.into_iter().map(|(case, times)| (case, seconds(times))).collect()
}

fn read(root: &Path) -> Result<BTreeMap<String, u64>> {
    match std::fs::read_to_string(root.join(FILE)) {
        Ok(text) => serde_json::from_str(&text).context(FILE),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(BTreeMap::new()),
        Err(error) => Err(error).context(FILE),
    }
}

/// Problems of times whose case is gone. A case without a time is no problem, and counts as the
/// median.
pub fn check(root: &Path, cases: &[model::Case]) -> Vec<Problem> {
    let remedy = "`cargo ci times RUN-DIRECTORY` writes it";
    match read(root) {
        Err(error) => vec![Problem::of(FILE, format!("{error:#}"), remedy)],
        Ok(times) => {
            let gone = times.keys().filter(|id| cases.iter().all(|case| case.id != **id));
            gone.map(|id| Problem::of(FILE, format!("there is no case `{id}`"), remedy)).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(verdicts: &[(&str, &str, u64)]) -> RunReport {
        let verdicts = verdicts.iter().map(|(case, verdict, elapsed_ms)| {
            serde_json::json!({
                "verdict": { "case": case, "argo": "3.7.18", "verdict": verdict, "reason": "",
                    "known_issue": null, "findings": [] },
                "elapsed_ms": elapsed_ms, "history": null,
            })
        });
        let report = serde_json::json!({
            "format": [1, 0], "run": "r1", "started": "2026-01-02T03:04:05Z", "elapsed_ms": 1,
            "provider": "native", "kubernetes": ["v1"], "argo": [], "stages": [],
            "untested": [], "observed": [],
            "verdicts": verdicts.collect::<Vec<_>>(),
        });
        RunReport::parse(&report.to_string()).expect("a report")
    }

    #[test]
    fn what_was_decided_counts() {
        let reports = [
            report(&[("a/one", "pass", 20_000), ("a/two", "not-applicable", 0)]),
            report(&[("a/one", "known-issue", 41_000), ("a/one", "unknown", 120_000)]),
            report(&[("a/three", "fail", 10)]),
        ];
        let expected = [("a/one".to_owned(), 31), ("a/three".to_owned(), 1)];
        assert_eq!(mean(&reports), expected.into());
    }
}
