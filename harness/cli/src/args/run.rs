//! Arguments of `run`.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use provision::argo_source::DEFAULT_ARGO;
use provision::program::DEFAULT_KUBERNETES;

use super::{
    CaseArgs, ComponentTableArgs, ExistingArgs, Format, ImageArgs, KindArgs, KnownIssues, Profile,
    ProgramArgs, ProviderArg,
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
    pub(crate) programs: ProgramArgs,
    /// Number of the installation of `up` on which the cases run.
    #[arg(long, value_name = "NUMBER", conflicts_with_all = [
        "argo", "profile", "kubernetes", "controller", "executor", "cli"])]
    pub(crate) on: Option<u16>,
    /// Source of the cluster.
    #[arg(long, value_enum, default_value = "auto")]
    pub(crate) provider: ProviderArg,
    #[arg(long, value_name = "VERSION", value_delimiter = ',', help = format!(
        "Argo versions, separated by commas: `3.7.18` (built), `release:3.7.18` (published), \
         `./argo-workflows=3.7.19` (checkout with its target release) or \
         `git:REPOSITORY@REVISION` (commit). Append `=VERSION` to a commit without a release tag \
         before it. Default: {DEFAULT_ARGO}, or the installed version"))]
    pub(crate) argo: Vec<String>,
    /// Meaning of a known issue for the exit code. Use `expect` for a matrix.
    #[arg(long, value_enum, default_value = "fail")]
    pub(crate) known_issues: KnownIssues,
    /// Settings of the controller, separated by commas. Each version runs with each of them.
    #[arg(long, value_enum, default_value = "fast", value_delimiter = ',')]
    pub(crate) profile: Vec<Profile>,
    #[arg(long, value_name = "VERSION", value_delimiter = ',', help = format!(
        "Kubernetes releases, separated by commas, for example `1.33.7`. Each Argo version runs on \
         each of them. Default: {DEFAULT_KUBERNETES}, or on kind the release of the node image"))]
    pub(crate) kubernetes: Vec<String>,
    /// Stop when standard input ends, as at a first signal. For programs that run this one.
    #[arg(long, hide = true)]
    pub(crate) until_input_ends: bool,
    /// Name of a shared installation. Runs with the same name use one installation. The
    /// installation ends 10 s after its last run. For programs that run this one several times.
    #[arg(long, hide = true, value_name = "NAME", conflicts_with = "on")]
    pub(crate) shared: Option<String>,
    /// Maximum number of concurrent cases across all versions. Default: 2 to 8 per core by load (2
    /// to 4 on kind, 6 on an existing Argo). Available memory bounds the default: 1700 MiB for each
    /// cluster, 200 MiB for each case.
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<usize>,
    /// Shard of the selected cases: `2/3` is the second of three. The shards take about the same
    /// time. `merge` merges their runs.
    #[arg(long, value_name = "K/N")]
    pub(crate) shard: Option<ShardNumber>,
    /// New directory for histories, logs and verdicts. Default: a directory in the cache.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// File that receives the path of a `JUnit` report when the run ends, as Sonobuoy requires. The
    /// report is in the run directory.
    #[arg(long, value_name = "FILE")]
    pub(crate) done: Option<PathBuf>,
    /// Value that a verifier gave for this run, for example by `openssl rand -hex 16`. Namespaces,
    /// workflows and histories carry the value. `verify --challenge` requires it.
    #[arg(long, value_name = "VALUE")]
    pub(crate) challenge: Option<Challenge>,
    /// Run directory of an interrupted run to resume, with the arguments of that run. Completed
    /// cases do not run again.
    #[arg(long, value_name = "DIR", conflicts_with_all = [
        "on", "provider", "argo", "controller", "executor", "cli", "profile", "kubernetes",
        "known_issues", "out", "shard", "cases", "level", "challenge"])]
    pub(crate) resume: Option<PathBuf>,
    /// Format of standard output.
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) components: ComponentTableArgs,
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
            programs: (&self.programs).into(),
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
            images: (&self.images).into(),
            existing: (&self.existing).into(),
            ..RunConfig::new(self.cases.selection(), provider, (&self.kind).into())
        }
    }
}
