//! Arguments for an existing cluster.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use model::ControllerSelector;
use provision::existing::ControllerSearch;
use runner::config::ExistingConfig;

use super::PodArgs;
use super::store::StoreArgs;

#[derive(Clone, Debug, Default, ClapArgs)]
#[command(next_help_heading = "On an existing cluster")]
pub(crate) struct ExistingArgs {
    /// Kubeconfig. Default: `$KUBECONFIG`, else `~/.kube/config`.
    #[arg(long, value_name = "FILE")]
    pub(crate) kubeconfig: Option<PathBuf>,
    /// Context of the kubeconfig. Required outside the cluster.
    #[arg(long, value_name = "NAME")]
    pub(crate) context: Option<String>,
    /// Prepared namespaces, separated by commas. Each runs one case at a time.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) namespaces: Vec<String>,
    /// Namespace of the workflow controller.
    #[arg(long, value_name = "NAME", default_value = provision::argo::install::NAMESPACE)]
    pub(crate) argo_namespace: String,
    /// Labels of the workflow controller's pods: `NAME=VALUE`, separated by commas. Default: the
    /// labels, images and commands of Argo's manifests and of the Helm chart.
    #[arg(long, value_name = "LABELS", value_parser = str::parse::<ControllerSelector>)]
    pub(crate) controller_selector: Option<ControllerSelector>,
    /// Instance ID of the workflow controller. Default: the ID in the settings of the controller.
    #[arg(long, value_name = "ID")]
    pub(crate) instance_id: Option<String>,
    /// S3 endpoint for artifacts, from this machine: `https://HOST[:PORT]` or `http://HOST[:PORT]`.
    #[arg(long, value_name = "URL")]
    pub(crate) store: Option<String>,
    /// S3 endpoint for artifacts, from pods: `HOST[:PORT]`. Default: that of `--store`.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) store_in_cluster: Option<String>,
    /// Bucket of the object store. A run deletes objects below the names of prepared namespaces.
    #[arg(long, value_name = "NAME")]
    pub(crate) bucket: Option<String>,
    /// Access key of the object store. Without keys, Argo and the run use the default chain of AWS:
    /// environment, profile, role.
    #[arg(long, value_name = "KEY", env = "ARGO_CONFORMANCE_STORE_USER", hide_env_values = true)]
    pub(crate) store_user: Option<String>,
    /// Secret key of the object store.
    #[arg(
        long,
        value_name = "KEY",
        env = "ARGO_CONFORMANCE_STORE_PASSWORD",
        hide_env_values = true
    )]
    pub(crate) store_password: Option<String>,
    #[command(flatten)]
    pub(crate) store_settings: StoreArgs,
    /// Image for the steps of workflows, with `sh` and the usual small programs.
    #[arg(long, value_name = "IMAGE", default_value = "docker.io/library/busybox:1.37")]
    pub(crate) shell_image: String,
    /// Path of the `argo` program. Default: one of the controller's version, which the run builds.
    #[arg(long, value_name = "FILE")]
    pub(crate) argo_cli: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) pods: PodArgs,
}

impl From<&ExistingArgs> for ExistingConfig {
    fn from(args: &ExistingArgs) -> Self {
        let args = args.clone();
        Self {
            kubeconfig: args.kubeconfig,
            context: args.context,
            namespaces: args.namespaces,
            argo_namespace: args.argo_namespace,
            controller: ControllerSearch {
                selector: args.controller_selector.unwrap_or_default(),
                instance_id: args.instance_id,
            },
            store: args.store,
            store_in_cluster: args.store_in_cluster,
            bucket: args.bucket,
            store_user: args.store_user,
            store_password: args.store_password,
            store_settings: args.store_settings.into(),
            shell_image: args.shell_image,
            argo_cli: args.argo_cli,
            pods: args.pods.into(),
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
    /// Cluster user that runs the cases.
    #[arg(long, value_name = "NAME", required_unless_present = "account")]
    pub(crate) user: Option<String>,
    /// Service account that runs the cases: `NAMESPACE:NAME`.
    #[arg(long, value_name = "ACCOUNT", conflicts_with = "user")]
    pub(crate) account: Option<String>,
    /// Leave out the rights that only an administrator of the cluster can give. All are optional.
    #[arg(long)]
    pub(crate) no_cluster_rights: bool,
}
