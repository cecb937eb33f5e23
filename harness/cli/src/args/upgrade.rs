//! Arguments of `upgrade`.

use std::path::PathBuf;

use clap::{ArgGroup, Args as ClapArgs};
use model::Provider;
use model::history::Versions;
use model::versions::ARROW;
use rundir::error::{Error, Problem};
use runner::{RunConfig, StoredConfig};
use semver::Version;

use super::{CaseArgs, Format, ImageArgs, KindArgs, KnownIssues, Profile, ProgramArgs};

#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("start").multiple(true))]
pub(crate) struct UpgradeArgs {
    #[command(flatten)]
    pub(crate) cases: CaseArgs,
    #[command(flatten)]
    pub(crate) programs: ProgramArgs,
    /// Argo that you have: a source as for `run --argo`. Default: the last measured release of each
    /// line. It goes to the next line, to the newest one, and back.
    #[arg(long, value_name = "VERSION", group = "start")]
    pub(crate) from: Option<String>,
    /// Run directory of Argo that you have. Its workflows are stored with their status before the
    /// upgrade. `--from` and `--case` choose among its installations and cases.
    #[arg(long, value_name = "DIR", group = "start", conflicts_with = "back")]
    pub(crate) from_objects: Option<PathBuf>,
    /// Argos that you may want, separated by commas. Each one makes a pair with `--from`. Default:
    /// the last measured release of each line that is newer than `--from`.
    #[arg(long, value_name = "VERSION", value_delimiter = ',', requires = "start")]
    pub(crate) to: Vec<String>,
    /// Run each pair in the other direction too.
    #[arg(long)]
    pub(crate) back: bool,
    /// Meaning of a known issue for the exit code.
    #[arg(long, value_enum, default_value = "fail")]
    pub(crate) known_issues: KnownIssues,
    /// Settings of the controller, separated by commas. Each pair runs with each of them.
    #[arg(long, value_enum, default_value = "fast", value_delimiter = ',')]
    pub(crate) profile: Vec<Profile>,
    /// Kubernetes releases, separated by commas. Each pair runs on each of them.
    #[arg(long, value_name = "VERSION", value_delimiter = ',')]
    pub(crate) kubernetes: Vec<String>,
    /// New directory for histories, logs and verdicts. Default: a directory in the cache.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Format of standard output.
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) images: ImageArgs,
}

impl UpgradeArgs {
    /// The configuration of a run on the pairs. `releases`: the last measured release of each line,
    /// in ascending order.
    ///
    /// # Errors
    /// No pair comes from the arguments and the releases.
    pub(crate) fn config(&self, releases: &[Version]) -> anyhow::Result<RunConfig> {
        let kind = (&KindArgs::default()).into();
        let stored = self.stored()?;
        let argo = match &stored {
            Some(stored) => self.pairs_of(&stored.versions, releases)?,
            None => self.pairs(releases)?,
        };
        Ok(RunConfig {
            stored,
            programs: (&self.programs).into(),
            argo,
            upgrades: true,
            profiles: self.profile.iter().map(|&profile| profile.into()).collect(),
            kubernetes: self.kubernetes.clone(),
            known_issues: self.known_issues.into(),
            out: self.out.clone(),
            images: (&self.images).into(),
            ..RunConfig::new(self.cases.selection(), Provider::Native, kind)
        })
    }

    /// The stored workflows, if a run directory is named.
    fn stored(&self) -> anyhow::Result<Option<StoredConfig>> {
        let Some(directory) = self.from_objects.clone() else { return Ok(None) };
        let versions = rundir::stored::installation(&directory, self.from.as_deref())?;
        Ok(Some(StoredConfig { directory, versions }))
    }

    /// The text of each pair that begins with this installation.
    fn pairs_of(&self, from: &Versions, releases: &[Version]) -> Result<Vec<String>, Error> {
        let version = |text: &str| text.trim_start_matches('v').parse::<Version>().ok();
        let name = from.name();
        let is_older = |to: &&String| version(to).is_some_and(|to| version(&name) >= Some(to));
        let problem =
            |to: &String| Problem::new(format!("invalid --to: {to} is not newer than {name}"));
        let older: Vec<Problem> = self.to.iter().filter(is_older).map(problem).collect();
        if !older.is_empty() {
            let error = Error::all(report::exit::USAGE, older);
            return Err(error.with_hint("Name a newer version with --to."));
        }
        let ups = match self.to.as_slice() {
            [] => later(&name, releases)?,
            named => named.iter().map(|to| (name.clone(), to.clone())).collect(),
        };
        Ok(ups.iter().map(|(from, to)| pair(from, to)).collect())
    }

    /// The text of each pair. A pair comes before its other direction.
    fn pairs(&self, releases: &[Version]) -> Result<Vec<String>, Error> {
        let (ups, back) = match &self.from {
            None => (neighbours(releases), true),
            Some(from) if self.to.is_empty() => (later(from, releases)?, self.back),
            Some(from) => {
                (self.to.iter().map(|to| (from.clone(), to.clone())).collect(), self.back)
            }
        };
        let pairs = ups.iter().flat_map(|(from, to)| {
            std::iter::once(pair(from, to)).chain(back.then(|| pair(to, from)))
        });
        Ok(pairs.collect())
    }
}

/// The text of a pair.
fn pair(from: &str, to: &str) -> String {
    format!("{from}{ARROW}{to}")
}

/// Each release with the next one, then each other one with the newest.
fn neighbours(releases: &[Version]) -> Vec<(String, String)> {
    let text = |from: &Version, to: &Version| (from.to_string(), to.to_string());
    let nexts = releases.windows(2).filter_map(|two| match two {
        [from, to] => Some(text(from, to)),
        _ => None,
    });
    let newest = releases.last();
    let others = releases.iter().rev().skip(2).rev();
    let to_newest = others.filter_map(|from| newest.map(|newest| text(from, newest)));
    nexts.chain(to_newest).collect()
}

/// A version with each later release.
fn later(from: &str, releases: &[Version]) -> Result<Vec<(String, String)>, Error> {
    let usage =
        |message: String| Error::usage(message).with_hint("Name the other version with --to.");
    let version: Version = from.strip_prefix('v').unwrap_or(from).parse().map_err(|_| {
        usage(format!("invalid arguments: --from {from} is no release, and --to is missing"))
    })?;
    let pairs: Vec<(String, String)> = releases
        .iter()
        .filter(|release| **release > version)
        .map(|release| (from.to_owned(), release.to_string()))
        .collect();
    if pairs.is_empty() {
        let message = format!("invalid arguments: no measured release is newer than {from}");
        return Err(usage(message));
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use rstest::rstest;
    use semver::Version;

    use super::super::{Args, Verb};
    use super::{Error, UpgradeArgs, Versions};

    fn releases() -> [Version; 4] {
        let releases = ["3.5.12", "3.6.5", "3.7.18", "4.0.5"];
        releases.map(|text| text.parse().expect("a version"))
    }

    fn parsed(args: &[&str]) -> Result<UpgradeArgs, String> {
        let args = [&["argo-conformance", "upgrade"], args].concat();
        let args = Args::try_parse_from(args).map_err(|error| error.to_string())?;
        let Verb::Upgrade(args) = args.verb else { panic!("another command") };
        Ok(*args)
    }

    fn pairs(args: &[&str]) -> Result<Vec<String>, String> {
        let config = parsed(args)?.config(&releases());
        config.map(|config| config.argo).map_err(|error| {
            error.downcast::<Error>().map_or_else(|error| error.to_string(), |error| error.text())
        })
    }

    #[rstest]
    #[case::to_a_newer_one(&["--to", "3.7.18"], Ok(&["3.6.5→3.7.18"] as &[&str]))]
    #[case::to_each_newer_line(&[], Ok(&["3.6.5→3.7.18", "3.6.5→4.0.5"] as &[&str]))]
    #[case::to_older_ones(&["--to", "3.5.12,4.0.5,v3.6.5"], Err(
        "error: invalid --to: 3.5.12 is not newer than 3.6.5\n\
         error: invalid --to: v3.6.5 is not newer than 3.6.5\n\
         hint: Name a newer version with --to."
    ))]
    fn the_pairs_of_stored_workflows(
        #[case] args: &[&str],
        #[case] expected: Result<&[&str], &str>,
    ) {
        let args = parsed(&[&["--from-objects", "run"], args].concat()).expect("arguments");
        let pairs = args.pairs_of(&Versions::all("3.6.5"), &releases());
        let pairs = pairs.map_err(|error| error.text());
        let expected = expected.map(|pairs| pairs.iter().map(ToString::to_string).collect());
        assert_eq!(pairs, expected.map_err(str::to_owned));
    }

    #[rstest]
    #[case::one(&["--from", "3.5.12", "--to", "3.7.18"], &["3.5.12→3.7.18"])]
    #[case::two(
        &["--from", "3.5.12", "--to", "3.6.5,3.7.18"],
        &["3.5.12→3.6.5", "3.5.12→3.7.18"]
    )]
    #[case::and_back(
        &["--from", "3.5.12", "--to", "3.6.5,3.7.18", "--back"],
        &["3.5.12→3.6.5", "3.6.5→3.5.12", "3.5.12→3.7.18", "3.7.18→3.5.12"]
    )]
    #[case::to_each_later_line(&["--from", "v3.6.2"], &["v3.6.2→3.6.5", "v3.6.2→3.7.18", "v3.6.2→4.0.5"])]
    #[case::of_all_lines(&[], &[
        "3.5.12→3.6.5", "3.6.5→3.5.12", "3.6.5→3.7.18", "3.7.18→3.6.5",
        "3.7.18→4.0.5", "4.0.5→3.7.18", "3.5.12→4.0.5", "4.0.5→3.5.12",
        "3.6.5→4.0.5", "4.0.5→3.6.5",
    ])]
    fn the_pairs(#[case] args: &[&str], #[case] expected: &[&str]) {
        assert_eq!(pairs(args).expect("pairs"), expected);
    }

    #[rstest]
    #[case::nothing_is_newer(
        &["--from", "4.0.5"],
        "error: invalid arguments: no measured release is newer than 4.0.5\n\
         hint: Name the other version with --to."
    )]
    #[case::a_checkout(
        &["--from", "./argo"],
        "error: invalid arguments: --from ./argo is no release, and --to is missing\n\
         hint: Name the other version with --to."
    )]
    fn no_pairs(#[case] args: &[&str], #[case] expected: &str) {
        assert_eq!(pairs(args), Err(expected.to_owned()));
    }

    #[test]
    fn a_target_needs_a_start() {
        let error = pairs(&["--to", "4.0.5"]).expect_err("no pairs");
        assert!(error.contains("--from <VERSION>"), "{error}");
    }
}
