//! What can be said of the components of an Argo that is installed.

use clap::Args as ClapArgs;
use provision::argo_source::release::RELEASES;
use runner::config::Components;

#[derive(Clone, Debug, ClapArgs)]
#[command(next_help_heading = "To tell which component carries a fix")]
pub(crate) struct ComponentArgs {
    /// Take the workflow controller of this version, checkout or commit instead, and its manifests.
    #[arg(long, value_name = "VERSION")]
    pub(crate) controller: Option<String>,
    /// Take argoexec of this version, checkout or commit instead.
    #[arg(long, value_name = "VERSION")]
    pub(crate) executor: Option<String>,
    /// Take the `argo` program of this version, checkout or commit instead.
    #[arg(long, value_name = "VERSION")]
    pub(crate) cli: Option<String>,
    /// Where the releases are that `release:VERSION` means: the manifest of one is
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
