//! Arguments for the components of a new installation, and for those of a table.

use clap::Args as ClapArgs;
use provision::argo_source::release::RELEASES;
use runner::config::Components;

/// The components of one installation.
#[derive(Clone, Debug, ClapArgs)]
#[command(next_help_heading = "Components of other versions")]
pub(crate) struct ComponentArgs {
    /// Source of the workflow controller and of the manifests. Default: that of `--argo`.
    #[arg(long, value_name = "VERSION")]
    pub(crate) controller: Option<String>,
    /// Source of argoexec. Default: that of `--argo`.
    #[arg(long, value_name = "VERSION")]
    pub(crate) executor: Option<String>,
    /// Source of the `argo` program. Default: that of `--argo`.
    #[arg(long, value_name = "VERSION")]
    pub(crate) cli: Option<String>,
    #[command(flatten)]
    pub(crate) releases: ReleasesArg,
}

/// The components of the installations of a run.
#[derive(Clone, Debug, ClapArgs)]
#[command(next_help_heading = "Components of other versions")]
pub(crate) struct ComponentTableArgs {
    /// Source of the workflow controller and of the manifests. Default: that of `--argo`.
    #[arg(long, value_name = "VERSION")]
    pub(crate) controller: Option<String>,
    /// Sources of argoexec, separated by commas. Each Argo version runs with each of them. Default:
    /// that of `--argo`.
    #[arg(long, value_name = "VERSION", value_delimiter = ',')]
    pub(crate) executor: Vec<String>,
    /// Sources of the `argo` program, separated by commas. Each Argo version and each executor runs
    /// with each of them. Default: that of `--argo`.
    #[arg(long, value_name = "VERSION", value_delimiter = ',')]
    pub(crate) cli: Vec<String>,
    #[command(flatten)]
    pub(crate) releases: ReleasesArg,
}

#[derive(Clone, Debug, ClapArgs)]
pub(crate) struct ReleasesArg {
    /// Address of published releases, for `release:VERSION`. The manifest of a release is
    /// URL/vVERSION/install.yaml.
    #[arg(long, value_name = "URL", env = "ARGO_CONFORMANCE_RELEASES", default_value = RELEASES)]
    pub(crate) releases: String,
}

impl From<&ComponentArgs> for Components {
    fn from(args: &ComponentArgs) -> Self {
        let ComponentArgs { controller, executor, cli, releases } = args.clone();
        let (executors, clis) = (executor.into_iter().collect(), cli.into_iter().collect());
        Self { controller, executors, clis, releases: releases.releases }
    }
}

impl From<&ComponentTableArgs> for Components {
    fn from(args: &ComponentTableArgs) -> Self {
        let ComponentTableArgs { controller, executor, cli, releases } = args.clone();
        Self { controller, executors: executor, clis: cli, releases: releases.releases }
    }
}
