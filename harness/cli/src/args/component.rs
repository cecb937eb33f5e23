//! Arguments for the components of a new installation.

use clap::Args as ClapArgs;
use provision::argo_source::release::RELEASES;

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

impl ComponentArgs {
    /// Whether a component is named.
    pub(crate) fn any(&self) -> bool {
        [&self.controller, &self.executor, &self.cli].iter().any(|component| component.is_some())
    }
}

impl Default for ComponentArgs {
    fn default() -> Self {
        let releases = RELEASES.to_owned();
        Self { controller: None, executor: None, cli: None, releases }
    }
}
