//! `cargo ci matrix`: the jobs of the version matrix, as GitHub Actions reads them.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use semver::Version;
use serde::Deserialize;
use serde_json::json;

/// File of the jobs, from the root.
pub const FILE: &str = "ci/matrix.toml";

/// The content of [`FILE`].
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Matrix {
    job: Vec<Job>,
}

/// A job of the matrix.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Job {
    name: String,
    argo: Vec<String>,
}

/// The value of `strategy.matrix`, on one line. It has the jobs of the file, or a job for each
/// given version. Each job stands once for each shard of its cases.
///
/// # Errors
/// If the file cannot be read or is not well-formed, a version is invalid, or `shards` is 0.
pub fn matrix(root: &Path, versions: &[&str], shards: usize) -> Result<String> {
    ensure!(shards > 0, "there are no shards");
    let jobs = if versions.is_empty() {
        let text = std::fs::read_to_string(root.join(FILE)).context(FILE)?;
        jobs(&text).context(FILE)?
    } else {
        let job = |version: &&str| Job { name: (*version).into(), argo: vec![(*version).into()] };
        check(versions.iter().map(job).collect())?
    };
    let part = |job: &Job, number: usize| {
        let shard = format!("{number}/{shards}");
        let name = if shards == 1 { job.name.clone() } else { format!("{}, {shard}", job.name) };
        json!({ "name": name, "argo": job.argo.join(","), "shard": shard })
    };
    let include = jobs
        .iter()
        .flat_map(|job| (1..=shards).map(|number| part(job, number)).collect::<Vec<_>>());
    Ok(json!({ "include": include.collect::<Vec<_>>() }).to_string())
}

/// The versions of all jobs of a file.
///
/// # Errors
/// If the file is not well-formed.
pub(crate) fn versions(text: &str) -> Result<Vec<String>> {
    Ok(jobs(text)?.into_iter().flat_map(|job| job.argo).collect())
}

fn jobs(text: &str) -> Result<Vec<Job>> {
    let Matrix { job } = toml::from_str(text)?;
    check(job)
}

/// Checks that no job stands twice, that each has a version, and that no version stands twice.
fn check(jobs: Vec<Job>) -> Result<Vec<Job>> {
    let (mut names, mut versions) = (BTreeSet::new(), BTreeSet::new());
    ensure!(!jobs.is_empty(), "there is no job");
    for Job { name, argo } in &jobs {
        ensure!(names.insert(name), "there are two jobs `{name}`");
        ensure!(!argo.is_empty(), "job `{name}` has no version");
        for version in argo {
            let parsed: Version =
                version.parse().with_context(|| format!("`{version}` is no version"))?;
            ensure!(versions.insert(parsed), "version {version} is in two jobs");
        }
    }
    Ok(jobs)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn the_file_of_this_project_is_a_matrix() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the checkout");
        let line = matrix(root, &[], 1).expect("it is well-formed");
        assert!(
            line.starts_with(r#"{"include":[{"name":"3.5 before its fixes","argo":"3.5.2,"#),
            "{line}"
        );
        assert_eq!(line.lines().count(), 1);
    }

    #[test]
    fn versions_that_are_named_are_a_job_each() {
        let line = matrix(Path::new("/nonexistent"), &["3.7.18", "3.5.12"], 1).expect("versions");
        assert_eq!(
            line,
            r#"{"include":[{"name":"3.7.18","argo":"3.7.18","shard":"1/1"},{"name":"3.5.12","argo":"3.5.12","shard":"1/1"}]}"#
        );
    }

    #[test]
    fn each_shard_is_a_job() {
        let line = matrix(Path::new("/nonexistent"), &["3.7.18"], 2).expect("versions");
        assert_eq!(
            line,
            r#"{"include":[{"name":"3.7.18, 1/2","argo":"3.7.18","shard":"1/2"},{"name":"3.7.18, 2/2","argo":"3.7.18","shard":"2/2"}]}"#
        );
        let none = matrix(Path::new("/nonexistent"), &["3.7.18"], 0).expect_err("it is refused");
        assert_eq!(none.to_string(), "there are no shards");
    }

    #[rstest]
    #[case::nothing("job = []", "there is no job")]
    #[case::twice(
        "[[job]]\nname='a'\nargo=['1.0.0']\n[[job]]\nname='a'\nargo=['2.0.0']",
        "two jobs `a`"
    )]
    #[case::empty("[[job]]\nname='a'\nargo=[]", "job `a` has no version")]
    #[case::shared("[[job]]\nname='a'\nargo=['1.0.0','1.0.0']", "version 1.0.0 is in two jobs")]
    #[case::no_version("[[job]]\nname='a'\nargo=['new']", "`new` is no version")]
    #[case::unknown_key("[[job]]\nnam='a'\nargo=['1.0.0']", "unknown field `nam`")]
    fn what_is_no_matrix_is_refused(#[case] text: &str, #[case] reason: &str) {
        let error = format!("{:#}", jobs(text).expect_err("it is refused"));
        assert!(error.contains(reason), "{error}");
    }
}
