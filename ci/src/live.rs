//! `cargo ci mutate --live`: judges the claims that are declared to fail, on versions of Argo with
//! the real bugs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use model::Case;
use model::history::Versions;
use semver::Version;
use serde_json::Value;

use crate::cases::discover;

/// Id of a case, and id of a claim of the case.
type Claim = (String, String);
/// For each version the claims that are declared to fail on it.
type Declared = BTreeMap<Version, BTreeSet<Claim>>;

/// Runs a small set of versions. Each claim that is declared to fail on some version must fail on
/// one of the set.
///
/// # Errors
/// If a claim does not fail where it is declared to. If a verdict is unknown, or the run does not
/// end.
pub fn live(root: &Path, say: &dyn Fn(&str)) -> Result<()> {
    let (cases, measured) =
        discover::read(root).map_err(|problems| anyhow::anyhow!("{} problems", problems.len()))?;
    let versions: BTreeSet<Version> =
        measured.iter().filter_map(|row| row.argo.parse().ok()).collect();
    let declared = declared(&cases, &versions);
    let chosen = cover(&declared);
    let names: Vec<String> = chosen.iter().map(Version::to_string).collect();
    say(&format!("on Argo {}", names.join(", ")));
    let failed = failures(root, &names)?;
    let mut missing = Vec::new();
    let (mut all, mut live) = (0, 0);
    for case in &cases {
        say(&case.id);
        for claim in &case.claims.claims {
            let key = (case.id.clone(), claim.id.clone());
            let on = |version: &&Version| {
                declared.get(version).is_some_and(|claims| claims.contains(&key))
            };
            let broken: Vec<String> = chosen.iter().filter(on).map(Version::to_string).collect();
            let failing = |version: &&String| failed.contains(&(key.clone(), (*version).clone()));
            let killers: Vec<String> = broken.iter().filter(failing).cloned().collect();
            all += 1;
            live += usize::from(!killers.is_empty());
            let words = if broken.is_empty() {
                "by mutants only: no version in reach is declared to fail it".to_owned()
            } else {
                killers.join(", ")
            };
            say(&format!("  {:<22} {words}", claim.id));
            missing.extend(
                broken
                    .iter()
                    .filter(|version| !killers.contains(version))
                    .map(|version| format!("{}: {} on Argo {version}", case.id, claim.id)),
            );
        }
    }
    say(&format!("{live} of {all} claims failed on a really broken version"));
    ensure!(missing.is_empty(), "declared to fail, and did not:\n  {}", missing.join("\n  "));
    Ok(())
}

fn declared(cases: &[Case], versions: &BTreeSet<Version>) -> Declared {
    let mut declared = Declared::new();
    for case in cases {
        for version in versions {
            let Ok(deciding) = case.deciding(&Versions::of_name(&version.to_string())) else {
                continue;
            };
            if case.not_applicable(&deciding.component).is_some() {
                continue;
            }
            // A claim with a rate fails in some runs.
            let known = case.known_issues(&deciding).into_iter();
            let claims = known.filter(|one| one.rate.is_none()).flat_map(|one| &one.claims);
            let claims = claims.map(|claim| (case.id.clone(), claim.clone()));
            declared.entry(version.clone()).or_default().extend(claims);
        }
    }
    declared
}

/// Versions that together have every claim that is declared to fail. Each choice has the most
/// claims that are still missing. The newest of several such versions is chosen. The set may not be
/// the smallest.
fn cover(declared: &Declared) -> Vec<Version> {
    let mut missing: BTreeSet<&Claim> = declared.values().flatten().collect();
    let mut chosen = Vec::new();
    while !missing.is_empty() {
        let gain = |claims: &BTreeSet<Claim>| claims.iter().filter(|c| missing.contains(c)).count();
        let best = declared.iter().max_by_key(|(version, claims)| (gain(claims), *version));
        let Some((version, claims)) = best else { break };
        missing.retain(|claim| !claims.contains(*claim));
        chosen.push(version.clone());
    }
    chosen.sort();
    chosen
}

/// The claims that failed, with the version.
fn failures(root: &Path, versions: &[String]) -> Result<BTreeSet<(Claim, String)>> {
    let run = Command::new("cargo")
        .args(["run", "--quiet", "--", "run", "--provider", "native", "--known-issues", "expect"])
        .args(["--format", "json"])
        .args(["--argo", &versions.join(",")])
        .current_dir(root)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("run the harness")?;
    // The codes 0, 1 and 2 are of verdicts. Any other code is trouble of the harness.
    ensure!(matches!(run.status.code(), Some(0..=2)), "the run came to no end: {}", run.status);
    let text = String::from_utf8_lossy(&run.stdout);
    let mut failed = BTreeSet::new();
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).context("read a verdict")?;
        let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
        let (case, argo) = (text("case"), text("argo"));
        ensure!(line["verdict"] != "unknown", "{case} on Argo {argo} is unknown");
        for claim in line["failed_claims"].as_array().into_iter().flatten() {
            let claim = claim.as_str().unwrap_or_default().to_owned();
            failed.insert(((text("case"), claim), text("argo")));
        }
    }
    ensure!(!text.is_empty(), "the run had no verdict: {}", run.status);
    Ok(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        text.parse().expect("a version")
    }

    #[test]
    fn the_fewest_versions_that_break_everything_are_chosen() {
        let on = |v: &str, claims: &[&str]| {
            let claims = claims.iter().map(|c| ("case".to_owned(), (*c).to_owned()));
            (version(v), claims.collect::<BTreeSet<_>>())
        };
        let declared = Declared::from([
            on("3.5.2", &["a", "b"]),
            on("3.5.5", &["a", "b"]),
            on("3.7.0", &["c"]),
            on("3.7.1", &["b", "c"]),
            on("3.7.18", &[]),
        ]);
        assert_eq!(cover(&declared), [version("3.5.5"), version("3.7.1")]);
        assert_eq!(cover(&Declared::from([on("3.7.18", &[])])), []);
    }
}
