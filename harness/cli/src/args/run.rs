//! What can be said of a run.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::{
    CacheArgs, CaseArgs, ComponentArgs, ExistingArgs, Format, ImageArgs, KindArgs, KnownIssues,
    Profile, ProviderArg,
};
use model::Provider;
use rundir::Challenge;
use rundir::shard::ShardNumber;
use runner::RunConfig;

#[derive(Debug, ClapArgs)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) cases: CaseArgs,
    #[command(flatten)]
    pub(crate) cache: CacheArgs,
    /// Run on the installation that `up` left running under this number.
    #[arg(long, value_name = "NUMBER", conflicts_with_all = [
        "argo", "profile", "kubernetes", "controller", "executor", "cli"])]
    pub(crate) on: Option<u16>,
    /// What gives the cluster.
    #[arg(long, value_enum, default_value = "auto")]
    pub(crate) provider: ProviderArg,
    /// Versions of Argo; checkouts with their target release, as `./argo-workflows=3.7.19`;
    /// commits, as `git:REPOSITORY@REVISION`, with `=VERSION` where tags do not tell the target
    /// release; or releases as they were published, as `release:3.7.18` [default: the newest one
    /// that was tested, or the one that is there].
    #[arg(long, value_name = "VERSION", value_delimiter = ',')]
    pub(crate) argo: Vec<String>,
    /// What a known issue means: `fail` or, for a matrix, `expect`.
    #[arg(long, value_enum, default_value = "fail")]
    pub(crate) known_issues: KnownIssues,
    /// Settings of the controller; with several, each version is tried with each of them.
    #[arg(long, value_enum, default_value = "fast", value_delimiter = ',')]
    pub(crate) profile: Vec<Profile>,
    /// Releases of Kubernetes, as 1.33.7; with several, each Argo is tried on each of them. Unless
    /// given, the harness's own or, on kind, that of the node's image.
    #[arg(long, value_name = "VERSION", value_delimiter = ',')]
    pub(crate) kubernetes: Vec<String>,
    /// Stop, as at a first signal, when standard input ends: for programs that run this one.
    #[arg(long, hide = true)]
    pub(crate) until_input_ends: bool,
    /// Share an installation with runs that say the same name: for programs that run this one more
    /// than once. It lives while one of them does, and a little longer.
    #[arg(long, hide = true, value_name = "NAME", conflicts_with = "on")]
    pub(crate) shared: Option<String>,
    /// How many cases run at once, on all versions together; unless given, as many as the cores of
    /// this machine keep up with: two to eight for each, to four on kind, and no more than one for
    /// each 200 MiB of memory that is available beside 1700 for the cluster; on an existing Argo
    /// six for each.
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<usize>,
    /// Run one of several parts of the selected cases, which take about the same time: `2/3` is the
    /// second of three. `merge` puts the runs together.
    #[arg(long, value_name = "K/N")]
    pub(crate) shard: Option<ShardNumber>,
    /// New directory for histories, logs and verdicts; one in the cache unless given.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// When the run is over, write its results into its directory, as `report --format junit` does,
    /// and their path into this file: what Sonobuoy waits for.
    #[arg(long, value_name = "FILE")]
    pub(crate) done: Option<PathBuf>,
    /// A value that a verifier gave for this run, as `openssl rand -hex 16` prints it. Namespaces,
    /// workflows and histories carry it, and `verify --challenge` requires it.
    #[arg(long, value_name = "VALUE")]
    pub(crate) challenge: Option<Challenge>,
    /// Go on with a run that was broken off, in its directory and with what it was asked for. What
    /// came to an end is not run again.
    #[arg(long, value_name = "DIR", conflicts_with_all = [
        "on", "provider", "argo", "controller", "executor", "cli", "profile", "kubernetes",
        "known_issues", "out", "shard", "cases", "level", "challenge"])]
    pub(crate) resume: Option<PathBuf>,
    /// Form of what is printed on standard output.
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) components: ComponentArgs,
    #[command(flatten)]
    pub(crate) images: ImageArgs,
    #[command(flatten)]
    pub(crate) kind: KindArgs,
    #[command(flatten)]
    pub(crate) existing: ExistingArgs,
}

impl RunArgs {
    /// The configuration of a run with this provider.
    pub(crate) fn config(&self, provider: Provider) -> RunConfig {
        RunConfig {
            cache: self.cache.cache.clone(),
            on: self.on,
            shared: self.shared.clone(),
            argo: self.argo.clone(),
            components: (&self.components).into(),
            profiles: self.profile.iter().map(|&profile| profile.into()).collect(),
            kubernetes: self.kubernetes.clone(),
            known_issues: self.known_issues.into(),
            jobs: self.jobs,
            shard: self.shard,
            out: self.out.clone(),
            challenge: self.challenge.clone(),
            resume: self.resume.clone(),
            stop_with_input: self.until_input_ends,
            archives: self.images.archives.clone(),
            existing: (&self.existing).into(),
            ..RunConfig::new(self.cases.selection(), provider, (&self.kind).into())
        }
    }
}
