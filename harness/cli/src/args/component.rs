//! What can be said of the components of an Argo that is installed.

use clap::Args as ClapArgs;

#[derive(Clone, Debug, Default, PartialEq, Eq, ClapArgs)]
#[command(next_help_heading = "To tell which component carries a fix")]
pub(crate) struct ComponentArgs {
    /// Take the workflow controller of this version or checkout instead, and its manifests.
    #[arg(long, value_name = "VERSION")]
    pub(crate) controller: Option<String>,
    /// Take argoexec of this version or checkout instead.
    #[arg(long, value_name = "VERSION")]
    pub(crate) executor: Option<String>,
    /// Take the `argo` program of this version or checkout instead.
    #[arg(long, value_name = "VERSION")]
    pub(crate) cli: Option<String>,
}
