//! Arguments for the components of a new installation.

use clap::Args as ClapArgs;
use provision::argo_source::release::RELEASES;
use runner::config::Components;

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
    /// Address of published releases, for `release:VERSION`. The manifest of a release is
    /// URL/vVERSION/install.yaml.
    #[arg(long, value_name = "URL", env = "ARGO_CONFORMANCE_RELEASES", default_value = RELEASES)]
    pub(crate) releases: String,
}

impl From<&ComponentArgs> for Components {
    fn from(args: &ComponentArgs) -> Self {
        let ComponentArgs { controller, executor, cli, releases } = args.clone();
        Self { controller, executor, cli, releases }
    }
}
