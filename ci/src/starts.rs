//! `cargo ci starts`: how long Argo versions take from nothing to Available, side by side.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use report::RunReport;

/// The case of each start: the shortest one.
const CASE: &str = "http/no-account";

/// Starts each version so many times, in turn, and prints a table. The first version is the base of
/// the ratios. Rounds after the first have a warm cache.
///
/// # Errors
/// If an installation does not start.
pub fn starts(root: &Path, versions: &[&str], rounds: usize, say: &dyn Fn(&str)) -> Result<()> {
    let mut found: Vec<Vec<u64>> = vec![Vec::new(); versions.len()];
    for _ in 0..rounds {
        for (version, times) in versions.iter().zip(&mut found) {
            times.push(start(root, version)?);
        }
    }
    for line in table(versions, &found) {
        say(&line);
    }
    Ok(())
}

/// Milliseconds from nothing to an Available controller.
fn start(root: &Path, version: &str) -> Result<u64> {
    let directory = tempfile::tempdir().context("make a directory for a run")?;
    let out = directory.path().join("run");
    let status = Command::new("cargo")
        .args(["run", "--quiet", "--", "run", "--provider", "native", "--known-issues", "expect"])
        .args(["--case", CASE, "--argo", version, "--out"])
        .arg(&out)
        .current_dir(root)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .context("run the harness")?;
    let text = std::fs::read_to_string(out.join("run.json"));
    let text = text.with_context(|| format!("Argo {version} did not start: {status}"))?;
    available(&RunReport::parse(&text)?, version)
}

fn available(run: &RunReport, version: &str) -> Result<u64> {
    let name = format!("Argo {version}: controller Available since nothing ran");
    let stage = run.stages.iter().find(|stage| stage.name == name);
    ensure!(run.untested.is_empty(), "Argo {version} is untested");
    Ok(stage.with_context(|| format!("the run has no stage `{name}`"))?.elapsed_ms)
}

/// A line for each version: each start, the median, and its ratio to that of the first version.
fn table(versions: &[&str], found: &[Vec<u64>]) -> Vec<String> {
    let base = found.first().map_or(0, |times| median(times));
    let line = |(version, times): (&&str, &Vec<u64>)| {
        let each: Vec<String> = times.iter().map(|ms| format!("{:>6}", seconds(*ms))).collect();
        let middle = median(times);
        // Some seconds, far below 2^52 milliseconds.
        #[expect(clippy::cast_precision_loss, reason = "times of a run are short")]
        let ratio = middle as f64 / base.max(1) as f64;
        format!("{version:<10}{}  median {:>6}  ratio {ratio:.2}", each.concat(), seconds(middle))
    };
    versions.iter().zip(found).map(line).collect()
}

fn median(times: &[u64]) -> u64 {
    let mut times = times.to_vec();
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn seconds(ms: u64) -> String {
    format!("{}.{}s", ms / 1000, ms % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_version_is_the_base_of_the_ratios() {
        let found = [vec![5300, 5000, 5100], vec![12_000, 6120, 6050]];
        assert_eq!(
            table(&["3.7.18", "4.0.5"], &found),
            [
                "3.7.18      5.3s  5.0s  5.1s  median   5.1s  ratio 1.00",
                "4.0.5      12.0s  6.1s  6.0s  median   6.1s  ratio 1.20",
            ]
        );
    }
}
