//! Arguments of the command line.

mod case_files;
mod check;
mod component;
mod existing;
mod image;
mod kind;
mod known;
mod pods;
mod programs;
mod provider;
mod proxy;
mod report;
mod rerun;
mod run;
mod site;
mod store;
mod upgrade;
mod verify;

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use model::Level;
use provision::program::DEFAULT_KUBERNETES;
use runner::config::Selection;

use crate::own_cases;

pub(crate) use case_files::CaseFilesArg;
pub(crate) use check::{CheckArgs, CheckFormat};
pub(crate) use component::{ComponentArgs, ComponentTableArgs};
pub(crate) use existing::{ExistingArgs, PrepareArgs};
pub(crate) use image::{ImageArgs, ImageOfItselfArgs};
pub(crate) use kind::KindArgs;
pub(crate) use known::{KnownArgs, KnownFormat};
pub(crate) use pods::PodArgs;
pub(crate) use programs::ProgramArgs;
pub(crate) use provider::ProviderArg;
pub(crate) use proxy::StoreProxyArgs;
pub(crate) use report::{ImplementationArgs, ReportArgs};
pub(crate) use rerun::RerunArgs;
pub(crate) use run::RunArgs;
pub(crate) use site::SiteArgs;
pub(crate) use upgrade::UpgradeArgs;
pub(crate) use verify::VerifyArgs;

/// Check whether an Argo Workflows installation has known bugs.
#[derive(Debug, Parser)]
#[command(name = "argo-conformance", version)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Run cases on one or several installations and print verdicts. Several versions give a table.
    #[command(visible_alias = "matrix")]
    Run(Box<RunArgs>),
    /// Upgrade Argo under running workflows: run the cases about upgrades on pairs of versions.
    Upgrade(Box<UpgradeArgs>),
    /// Start an installation and leave it running.
    Up(UpArgs),
    /// Stop installations that `up` started.
    Down(DownArgs),
    /// Print the manifests that prepare namespaces of an existing cluster for runs.
    Prepare(PrepareArgs),
    /// Check whether cases can run on an existing cluster. The command runs a small workflow in
    /// each prepared namespace, and removes it.
    Check(Box<CheckArgs>),
    /// Write a container image of this program and its cases, for runs inside a cluster.
    Image(ImageOfItselfArgs),
    /// Own an installation that several runs share.
    #[command(hide = true)]
    Keep(KeepArgs),
    /// Forward requests of pods to the object store, and report the requests to runs.
    #[command(hide = true)]
    StoreProxy(StoreProxyArgs),
    /// Find the release or the commit that broke or fixed a case.
    Bisect(BisectArgs),
    /// List cases.
    List(CaseArgs),
    /// Describe cases in sentences.
    Explain(CaseArgs),
    /// Print the known issues of a version, and the effect of an upgrade. No cluster is needed.
    Known(KnownArgs),
    /// Check case files.
    Lint(LintArgs),
    /// Write the files of a new case.
    Init(InitArgs),
    /// Judge the histories of a run directory again. No cluster is needed.
    Judge(JudgeArgs),
    /// Merge run directories: the shards of one run, or runs of different versions.
    Merge(MergeArgs),
    /// Test each claim of a run against altered histories. No cluster is needed.
    Mutate(MutateArgs),
    /// Write a statement about the installations of a run, which others can verify.
    Certify(CertifyArgs),
    /// Verify a statement: judge its histories again and list every refusal.
    Verify(Box<VerifyArgs>),
    /// Print a report of a run directory. No cluster is needed.
    Report(ReportArgs),
    /// Write a static site about runs and statements. No cluster, no server and no network is
    /// needed.
    Site(SiteArgs),
    /// Remove the remains of killed runs: directories, cgroups, network interfaces, kind clusters.
    Sweep(CacheArgs),
    /// Remove the cache of built programs.
    Clean(CacheArgs),
    /// Print a completion script for a shell.
    Completions {
        /// Shell that reads the script.
        shell: clap_complete::Shell,
    },
    /// Print the JSON schema of case files, with which editors complete and check them.
    Schema,
    /// Print the manual page.
    Man,
}

#[derive(Clone, Debug, ClapArgs)]
pub(crate) struct CacheArgs {
    /// Directory of built programs. Default: argo-conformance in the user's cache directory.
    #[arg(long, env = "ARGO_CONFORMANCE_CACHE", value_name = "DIR")]
    pub(crate) cache: Option<PathBuf>,
}

#[derive(Clone, Debug, ClapArgs)]
pub(crate) struct CaseArgs {
    /// Pattern for ids of cases, for example `hooks/*`. Repeatable. Default: all cases.
    #[arg(long = "case", value_name = "GLOB")]
    pub(crate) cases: Vec<String>,
    /// Directory of cases.
    #[arg(
        id = "case_directory",
        long = "cases",
        value_name = "DIR",
        default_value = own_cases::DEFAULT,
        value_parser = own_cases::directory
    )]
    pub(crate) directory: PathBuf,
    /// Highest level of the selected cases.
    #[arg(long, value_enum, default_value = "provisional")]
    pub(crate) level: UpTo,
}

impl CaseArgs {
    /// The selection of these arguments.
    pub(crate) fn selection(&self) -> Selection {
        let level = match self.level {
            UpTo::Core => Level::Core,
            UpTo::Extended => Level::Extended,
            UpTo::Provisional => Level::Provisional,
        };
        Selection { patterns: self.cases.clone(), directory: self.directory.clone(), level }
    }
}

/// The highest level of the selected cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum UpTo {
    /// Only cases that every installation must pass.
    Core,
    /// Also cases that an installation with the feature must pass.
    Extended,
    /// All cases, also those on trial.
    Provisional,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct BisectArgs {
    #[command(flatten)]
    pub(crate) cases: CaseArgs,
    #[command(flatten)]
    pub(crate) programs: ProgramArgs,
    /// Version on which the case passes, older or newer than `--bad`. With `--repository` also a
    /// tag or a commit.
    #[arg(long, value_name = "VERSION")]
    pub(crate) good: String,
    /// Version on which the case fails. With `--repository` also a tag or a commit.
    #[arg(long, value_name = "VERSION")]
    pub(crate) bad: String,
    /// Path or URL of a git repository. The search tries its commits.
    #[arg(long, value_name = "REPOSITORY", conflicts_with = "among")]
    pub(crate) repository: Option<String>,
    /// Versions to search among. Default: the versions that this project has tested.
    #[arg(long, value_name = "VERSION", value_delimiter = ',')]
    pub(crate) among: Vec<String>,
    /// Settings of the controller.
    #[arg(long, value_enum, default_value = "fast")]
    pub(crate) profile: Profile,
    /// New directory, or that of a search by commits to resume. Default: a directory in the cache.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct UpArgs {
    #[command(flatten)]
    pub(crate) programs: ProgramArgs,
    #[command(flatten)]
    pub(crate) images: ImageArgs,
    /// Argo version: `3.7.18` (built), `release:3.7.18` (published), `./argo-workflows=3.7.19`
    /// (checkout with its target release) or `git:./argo-workflows@main` (commit).
    #[arg(long, value_name = "VERSION", default_value = provision::argo_source::DEFAULT_ARGO)]
    pub(crate) argo: String,
    #[command(flatten)]
    pub(crate) components: ComponentArgs,
    /// Settings of the controller.
    #[arg(long, value_enum, default_value = "fast", help_heading = None::<&str>)]
    pub(crate) profile: Profile,
    #[arg(long, value_name = "VERSION", help_heading = None::<&str>, help = format!(
        "Kubernetes release, for example `1.33.7`. Default: {DEFAULT_KUBERNETES}"))]
    pub(crate) kubernetes: Option<String>,
}

/// Arguments of the process behind a shared installation. Its standard input is the socket.
#[derive(Clone, Debug, ClapArgs)]
pub(crate) struct KeepArgs {
    #[command(flatten)]
    pub(crate) programs: ProgramArgs,
    /// Name of the installation.
    #[arg(long, value_name = "NAME")]
    pub(crate) argo: String,
    /// Path of the socket.
    #[arg(long, value_name = "FILE")]
    pub(crate) socket: PathBuf,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct DownArgs {
    /// Numbers that `up` printed. Default: all installations.
    #[arg(value_name = "NUMBER")]
    pub(crate) slots: Vec<u16>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct LintArgs {
    /// Directory of cases.
    #[arg(value_name = "DIR", default_value = own_cases::DEFAULT, value_parser = own_cases::directory)]
    pub(crate) cases: PathBuf,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct InitArgs {
    /// Id of the new case, `AREA/NAME`, which is also the path of its directory.
    pub(crate) id: String,
    /// Directory of cases.
    #[arg(long = "cases", value_name = "DIR", default_value = "cases")]
    pub(crate) cases: PathBuf,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct JudgeArgs {
    /// Run directory.
    pub(crate) directory: PathBuf,
    /// Meaning of a known issue for the exit code.
    #[arg(long, value_enum, default_value = "fail")]
    pub(crate) known_issues: KnownIssues,
    /// Format of standard output.
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: Format,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct MergeArgs {
    /// Run directories to merge.
    #[arg(value_name = "DIR", required = true)]
    pub(crate) directories: Vec<PathBuf>,
    /// New directory for the merged run.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct CertifyArgs {
    /// Run directory. Verifiers need it too.
    pub(crate) directory: PathBuf,
    /// Private Ed25519 key in PEM. Without a key the statement has no signature, and another
    /// program can sign it.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// File to write.
    #[arg(long, value_name = "FILE", default_value = "statement.json")]
    pub(crate) output: PathBuf,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct MutateArgs {
    /// Run directory.
    pub(crate) directory: PathBuf,
    #[command(flatten)]
    pub(crate) cases: CaseFilesArg,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum KnownIssues {
    /// A known issue is a failure.
    Fail,
    /// Only a difference from the declared releases is a failure, in either direction.
    Expect,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Profile {
    /// Argo's settings with shorter waits of the controller.
    Fast,
    /// `fast` without leader election.
    NoLeaderElection,
    /// `fast` with two replicas of the controller, which elect a leader.
    Ha,
    /// Argo's settings.
    Defaults,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Text for people.
    Text,
    /// One JSON object per case and version, one a line.
    Json,
}

impl From<KnownIssues> for judge::KnownIssues {
    fn from(stance: KnownIssues) -> Self {
        match stance {
            KnownIssues::Fail => Self::Fail,
            KnownIssues::Expect => Self::Expect,
        }
    }
}

impl From<Profile> for model::profile::Profile {
    fn from(profile: Profile) -> Self {
        match profile {
            Profile::Fast => Self::Fast,
            Profile::NoLeaderElection => Self::NoLeaderElection,
            Profile::Ha => Self::Ha,
            Profile::Defaults => Self::Defaults,
        }
    }
}
