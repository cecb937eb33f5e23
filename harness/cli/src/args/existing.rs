//! What can be said of a cluster that somebody else put up.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use runner::config::ExistingConfig;

#[derive(Clone, Debug, Default, ClapArgs)]
#[command(next_help_heading = "With --provider existing")]
pub(crate) struct ExistingArgs {
    /// Kubeconfig; the user's own unless given.
    #[arg(long, value_name = "FILE")]
    pub(crate) kubeconfig: Option<PathBuf>,
    /// Context of the kubeconfig. Not needed in a pod of the cluster.
    #[arg(long, value_name = "NAME")]
    pub(crate) context: Option<String>,
    /// Namespaces that were prepared, as `prepare` says; as many cases run at once.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) namespaces: Vec<String>,
    /// Namespace of the workflow controller.
    #[arg(long, value_name = "NAME", default_value = provision::argo::install::NAMESPACE)]
    pub(crate) argo_namespace: String,
    /// The S3 store for artifacts, as this machine reaches it, without TLS: `http://HOST:PORT`.
    #[arg(long, value_name = "URL")]
    pub(crate) store: Option<String>,
    /// The same as pods reach it, if they do so by another address: `HOST:PORT`.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) store_in_cluster: Option<String>,
    /// Bucket of the store. What lies in it under the name of a prepared namespace may be deleted.
    #[arg(long, value_name = "NAME")]
    pub(crate) bucket: Option<String>,
    /// Access key of the store.
    #[arg(long, value_name = "KEY", env = "ARGO_CONFORMANCE_STORE_USER", hide_env_values = true)]
    pub(crate) store_user: Option<String>,
    /// Secret key of the store.
    #[arg(
        long,
        value_name = "KEY",
        env = "ARGO_CONFORMANCE_STORE_PASSWORD",
        hide_env_values = true
    )]
    pub(crate) store_password: Option<String>,
    /// Image with `sh` and the usual small programs, for the steps of workflows.
    #[arg(long, value_name = "IMAGE", default_value = "docker.io/library/busybox:1.37")]
    pub(crate) shell_image: String,
    /// The `argo` program to test with; one of the controller's version is built unless given.
    #[arg(long, value_name = "FILE")]
    pub(crate) argo_cli: Option<PathBuf>,
}

impl From<&ExistingArgs> for ExistingConfig {
    fn from(args: &ExistingArgs) -> Self {
        let args = args.clone();
        Self {
            kubeconfig: args.kubeconfig,
            context: args.context,
            namespaces: args.namespaces,
            argo_namespace: args.argo_namespace,
            store: args.store,
            store_in_cluster: args.store_in_cluster,
            bucket: args.bucket,
            store_user: args.store_user,
            store_password: args.store_password,
            shell_image: args.shell_image,
            argo_cli: args.argo_cli,
        }
    }
}

#[derive(Debug, ClapArgs)]
pub(crate) struct PrepareArgs {
    /// Namespaces to prepare.
    #[arg(required = true, value_name = "NAMESPACE")]
    pub(crate) namespaces: Vec<String>,
    /// Namespace of the workflow controller.
    #[arg(long, value_name = "NAME", default_value = provision::argo::install::NAMESPACE)]
    pub(crate) argo_namespace: String,
    /// User who runs the cases, as the cluster names it.
    #[arg(long, value_name = "NAME", required_unless_present = "account")]
    pub(crate) user: Option<String>,
    /// Service account that runs the cases, as `NAMESPACE:NAME`.
    #[arg(long, value_name = "ACCOUNT", conflicts_with = "user")]
    pub(crate) account: Option<String>,
}
