//! Arguments of `upgrade`.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use model::Provider;
use model::versions::ARROW;
use runner::RunConfig;

use super::{CacheArgs, CaseArgs, Format, ImageArgs, KindArgs, KnownIssues, Profile};

#[derive(Debug, ClapArgs)]
pub(crate) struct UpgradeArgs {
    #[command(flatten)]
    pub(crate) cases: CaseArgs,
    #[command(flatten)]
    pub(crate) cache: CacheArgs,
    /// Argo that you have: a source as for `run --argo`.
    #[arg(long, value_name = "VERSION")]
    pub(crate) from: String,
    /// Argos that you may want, separated by commas. Each one makes a pair with `--from`.
    #[arg(long, value_name = "VERSION", value_delimiter = ',', required = true)]
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
    /// The configuration of a run on the pairs.
    pub(crate) fn config(&self) -> RunConfig {
        let kind = (&KindArgs::default()).into();
        RunConfig {
            cache: self.cache.cache.clone(),
            argo: self.pairs(),
            upgrades: true,
            profiles: self.profile.iter().map(|&profile| profile.into()).collect(),
            kubernetes: self.kubernetes.clone(),
            known_issues: self.known_issues.into(),
            out: self.out.clone(),
            archives: self.images.archives.clone(),
            ..RunConfig::new(self.cases.selection(), Provider::Native, kind)
        }
    }

    /// The text of each pair. A pair comes before its other direction.
    fn pairs(&self) -> Vec<String> {
        let pair = |from: &str, to: &str| format!("{from}{ARROW}{to}");
        let from = self.from.as_str();
        let pairs = self.to.iter().flat_map(|to| {
            let back = self.back.then(|| pair(to, from));
            std::iter::once(pair(from, to)).chain(back)
        });
        pairs.collect()
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use rstest::rstest;

    use super::super::{Args, Verb};

    #[rstest]
    #[case::one(&["--to", "3.7.18"], &["3.5.12→3.7.18"])]
    #[case::two(&["--to", "3.6.5,3.7.18"], &["3.5.12→3.6.5", "3.5.12→3.7.18"])]
    #[case::and_back(
        &["--to", "3.6.5,3.7.18", "--back"],
        &["3.5.12→3.6.5", "3.6.5→3.5.12", "3.5.12→3.7.18", "3.7.18→3.5.12"]
    )]
    fn pairs(#[case] to: &[&str], #[case] expected: &[&str]) {
        let args = [&["argo-conformance", "upgrade", "--from", "3.5.12"], to].concat();
        let args = Args::try_parse_from(args).expect("arguments");
        let Verb::Upgrade(args) = args.verb else { panic!("another command") };
        assert_eq!(args.config().argo, expected);
    }
}
