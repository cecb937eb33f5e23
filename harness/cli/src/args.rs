//! What can be said on the command line.

mod challenge;
mod component;
mod existing;
mod image;
mod kind;
mod known;
mod proxy;
mod rerun;
mod run;

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

pub(crate) use challenge::Challenge;
pub(crate) use component::ComponentArgs;
pub(crate) use existing::{ExistingArgs, PrepareArgs, Provider};
pub(crate) use image::{ImageArgs, ImageOfItselfArgs};
pub(crate) use kind::KindArgs;
pub(crate) use known::{KnownArgs, KnownFormat};
pub(crate) use proxy::StoreProxyArgs;
pub(crate) use rerun::RerunArgs;
pub(crate) use run::RunArgs;

/// Conformance of Argo Workflows installations around problems that have bitten their users.
#[derive(Debug, Parser)]
#[command(name = "argo-conformance", version)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Put up a cluster, install Argo, run cases, say the verdicts. Several versions make a table.
    #[command(visible_alias = "matrix")]
    Run(Box<RunArgs>),
    /// Put up an installation and leave it running.
    Up(UpArgs),
    /// End installations that `up` left running.
    Down(DownArgs),
    /// Print the manifests that prepare namespaces of an existing cluster for runs.
    Prepare(PrepareArgs),
    /// Write a container image of this program with its cases, to run them from inside a cluster.
    Image(ImageOfItselfArgs),
    /// Keep an installation for runs that share it.
    #[command(hide = true)]
    Keep(KeepArgs),
    /// Pass on what pods ask of the object store, and tell of it.
    #[command(hide = true)]
    StoreProxy(StoreProxyArgs),
    /// Find the release, or the commit, that broke or fixed a case.
    Bisect(BisectArgs),
    /// Say which cases there are.
    List(CaseArgs),
    /// Say a case in words.
    Explain(CaseArgs),
    /// Print the known issues of a version, and what an upgrade changes; needs no cluster.
    Known(KnownArgs),
    /// Check case files.
    Lint(LintArgs),
    /// Write a first case of one's own.
    Init(InitArgs),
    /// Judge a run again from its directory; needs no cluster.
    Judge(JudgeArgs),
    /// Put runs together: the shards of one, or versions that were run apart.
    Merge(MergeArgs),
    /// Show that the cases of a run can fail, on altered histories of it; needs no cluster.
    Mutate(MutateArgs),
    /// Make a statement about the installations of a run, for others to check.
    Certify(CertifyArgs),
    /// Check somebody's statement by judging its histories again.
    Verify(Box<VerifyArgs>),
    /// Tell of a run again, in another form, from its directory; needs no cluster.
    Report(ReportArgs),
    /// Remove what killed runs left: directories, cgroups, interfaces, clusters in Docker.
    Sweep(CacheArgs),
    /// Remove the cache of built programs.
    Clean(CacheArgs),
    /// Print a script that completes the command line, for a shell.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// Print the JSON schema of case files: with it an editor completes and checks them.
    Schema,
    /// Print the manual page.
    Man,
}

#[derive(Clone, Debug, ClapArgs)]
pub(crate) struct CacheArgs {
    /// Directory of built programs, instead of the user's cache directory.
    #[arg(long, env = "ARGO_CONFORMANCE_CACHE", value_name = "DIR")]
    pub(crate) cache: Option<PathBuf>,
}

#[derive(Clone, Debug, ClapArgs)]
pub(crate) struct CaseArgs {
    /// Cases whose id matches; may be repeated.
    #[arg(long = "case", value_name = "GLOB")]
    pub(crate) cases: Vec<String>,
    /// Directory of cases.
    #[arg(id = "case_directory", long = "cases", value_name = "DIR", default_value = "cases")]
    pub(crate) directory: PathBuf,
    /// Cases up to this level: `core` alone, `extended` with it, `provisional` all.
    #[arg(long, value_enum, default_value = "provisional")]
    pub(crate) level: UpTo,
}

/// The cases that count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum UpTo {
    /// What every installation must pass.
    Core,
    /// Besides, what an installation that has the feature must pass.
    Extended,
    /// Besides, what is under discussion.
    Provisional,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct BisectArgs {
    #[command(flatten)]
    pub(crate) cases: CaseArgs,
    #[command(flatten)]
    pub(crate) cache: CacheArgs,
    /// A version that passes the case; older or newer than the bad one. With `--repository`, a
    /// tag or commit too.
    #[arg(long, value_name = "VERSION")]
    pub(crate) good: String,
    /// A version that fails it.
    #[arg(long, value_name = "VERSION")]
    pub(crate) bad: String,
    /// Search among the commits of this git repository, a path or a URL.
    #[arg(long, value_name = "REPOSITORY", conflicts_with = "among")]
    pub(crate) repository: Option<String>,
    /// Versions to search among; those that this project has tested unless given.
    #[arg(long, value_name = "VERSION", value_delimiter = ',')]
    pub(crate) among: Vec<String>,
    /// Settings of the controller.
    #[arg(long, value_enum, default_value = "fast")]
    pub(crate) profile: Profile,
    /// New directory for histories, logs and verdicts; one in the cache unless given. A search by
    /// commits goes on in a directory that it began.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct UpArgs {
    #[command(flatten)]
    pub(crate) cache: CacheArgs,
    #[command(flatten)]
    pub(crate) images: ImageArgs,
    /// Version of Argo; a checkout, as `./argo-workflows=3.7.19`; a commit, as
    /// `git:./argo-workflows@main`; or a release as it was published, as `release:3.7.18`.
    #[arg(long, value_name = "VERSION", default_value = provision::argo_source::DEFAULT_ARGO)]
    pub(crate) argo: String,
    #[command(flatten)]
    pub(crate) components: ComponentArgs,
    /// Settings of the controller.
    #[arg(long, value_enum, default_value = "fast")]
    pub(crate) profile: Profile,
    /// Release of Kubernetes, as 1.33.7; the harness's own unless given.
    #[arg(long, value_name = "VERSION")]
    pub(crate) kubernetes: Option<String>,
}

/// What the keeper of a shared installation is told. The socket that it listens on is its input.
#[derive(Clone, Debug, ClapArgs)]
pub(crate) struct KeepArgs {
    #[command(flatten)]
    pub(crate) cache: CacheArgs,
    /// The installation, by its name.
    #[arg(long, value_name = "NAME")]
    pub(crate) argo: String,
    /// Where its socket is.
    #[arg(long, value_name = "FILE")]
    pub(crate) socket: PathBuf,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct DownArgs {
    /// Numbers that `up` said; all of them unless given.
    #[arg(value_name = "NUMBER")]
    pub(crate) slots: Vec<u16>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct LintArgs {
    /// Directory of cases.
    #[arg(value_name = "DIR", default_value = "cases")]
    pub(crate) cases: PathBuf,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct InitArgs {
    /// Id of the new case: its directory in the directory of cases, as in `area/what-goes-wrong`.
    pub(crate) id: String,
    /// Directory of cases.
    #[arg(long = "cases", value_name = "DIR", default_value = "cases")]
    pub(crate) cases: PathBuf,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct JudgeArgs {
    /// A run directory.
    pub(crate) directory: PathBuf,
    /// What a known issue means.
    #[arg(long, value_enum, default_value = "fail")]
    pub(crate) known_issues: KnownIssues,
    /// Form of what is printed on standard output.
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: Format,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct MergeArgs {
    /// Run directories.
    #[arg(value_name = "DIR", required = true)]
    pub(crate) directories: Vec<PathBuf>,
    /// New directory for the run that they make.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct CertifyArgs {
    /// A run directory. Who checks the statement needs it too.
    pub(crate) directory: PathBuf,
    /// Private Ed25519 key to sign with, in PEM; without one the statement is not signed, and can
    /// be signed by another program.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// File to write.
    #[arg(long, value_name = "FILE", default_value = "statement.json")]
    pub(crate) output: PathBuf,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct VerifyArgs {
    /// The statement.
    pub(crate) statement: PathBuf,
    /// The run directory that it is about.
    pub(crate) directory: PathBuf,
    /// The cases that must be in it.
    #[command(flatten)]
    pub(crate) cases: CaseArgs,
    /// Public Ed25519 key of whoever must have signed it, in PEM.
    #[arg(long, value_name = "FILE", required_unless_present = "unsigned")]
    pub(crate) key: Option<PathBuf>,
    /// Do not ask who made it.
    #[arg(long, conflicts_with = "key")]
    pub(crate) unsigned: bool,
    /// Versions of Argo that it must be about.
    #[arg(long, value_name = "VERSION", value_delimiter = ',')]
    pub(crate) argo: Vec<String>,
    /// How old it and each history may be.
    #[arg(long, value_name = "DAYS", default_value_t = 365)]
    pub(crate) max_age: i64,
    /// The value that was given for the run: the statement, each history and each workflow in them
    /// must carry it.
    #[arg(long, value_name = "VALUE")]
    pub(crate) challenge: Option<Challenge>,
    /// How many attempts of a case may have broken off before the one that counts.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) allow_broken_off: usize,
    /// The build that must have recorded the run and judged it: SHA-256 of the executable, or the
    /// git commit of a checkout without changes.
    #[arg(long, value_name = "DIGEST")]
    pub(crate) require_build: Option<String>,
    #[command(flatten)]
    pub(crate) rerun: RerunArgs,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct MutateArgs {
    /// A run directory.
    pub(crate) directory: PathBuf,
    /// Directory of the case files that the report points at.
    #[arg(long, value_name = "DIR", default_value = "cases")]
    pub(crate) cases: PathBuf,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ReportArgs {
    /// A run directory.
    pub(crate) directory: PathBuf,
    /// Form of the report.
    #[arg(long, value_parser = report_format(), default_value = "text")]
    pub(crate) format: &'static report::formats::Format,
    /// File to write, instead of standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Directory of the case files that the report points at.
    #[arg(long, value_name = "DIR", default_value = "cases")]
    pub(crate) cases: PathBuf,
    #[command(flatten)]
    pub(crate) implementation: ImplementationArgs,
    /// With `--format github`, the file to which the summary is added.
    #[arg(long, env = "GITHUB_STEP_SUMMARY", hide_env_values = true, value_name = "FILE")]
    pub(crate) step_summary: Option<PathBuf>,
}

/// The formats of a report, from the table of crate `report`.
fn report_format() -> impl TypedValueParser<Value = &'static report::formats::Format> {
    let formats = report::formats::FORMATS.iter();
    let values = formats.map(|format| PossibleValue::new(format.name).help(format.about));
    PossibleValuesParser::new(values)
        .try_map(|name| report::formats::format(&name).ok_or("it is in no row of the table"))
}

/// Whose implementation a statement of conformance is about.
#[derive(Debug, Default, ClapArgs)]
#[command(next_help_heading = "With --format conformance")]
pub(crate) struct ImplementationArgs {
    /// Who provides the implementation.
    #[arg(long, value_name = "NAME", required_if_eq("format", "conformance"))]
    pub(crate) organization: Option<String>,
    /// What it is called.
    #[arg(long, value_name = "NAME", required_if_eq("format", "conformance"))]
    pub(crate) project: Option<String>,
    /// Where it is described.
    #[arg(long, value_name = "URL", required_if_eq("format", "conformance"))]
    pub(crate) url: Option<String>,
    /// Its version.
    #[arg(long, value_name = "VERSION", required_if_eq("format", "conformance"))]
    pub(crate) implementation_version: Option<String>,
    /// Whom to ask: an address or a name; may be repeated.
    #[arg(long, value_name = "CONTACT", required_if_eq("format", "conformance"))]
    pub(crate) contact: Vec<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum KnownIssues {
    /// A known bug is still a bug of this installation.
    Fail,
    /// Fail only on what differs from the declared ranges, in either direction.
    Expect,
}

#[derive(Clone, Copy, Debug, ValueEnum, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Profile {
    /// Waits of the controller are shorter, and nothing else differs.
    Fast,
    /// As `fast`, without leader election.
    NoLeaderElection,
    /// Argo's own settings.
    Defaults,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// One JSON object for each case and version.
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

impl From<Profile> for provision::argo::install::Profile {
    fn from(profile: Profile) -> Self {
        match profile {
            Profile::Fast => Self::Fast,
            Profile::NoLeaderElection => Self::NoLeaderElection,
            Profile::Defaults => Self::Defaults,
        }
    }
}
