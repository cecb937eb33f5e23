//! Arguments for kind clusters.

use clap::Args as ClapArgs;
use provision::kind::{NODE_IMAGE, STORE_IMAGE, Settings};

#[derive(Clone, Debug, ClapArgs)]
#[command(next_help_heading = "With --provider kind")]
pub(crate) struct KindArgs {
    /// Image of the node, which sets the Kubernetes release. `--kubernetes` replaces its tag.
    #[arg(
        long,
        value_name = "IMAGE",
        env = "ARGO_CONFORMANCE_NODE_IMAGE",
        default_value = NODE_IMAGE
    )]
    pub(crate) node_image: String,
    /// Image of the object store, which must be MinIO.
    #[arg(
        long,
        value_name = "IMAGE",
        env = "ARGO_CONFORMANCE_STORE_IMAGE",
        default_value = STORE_IMAGE
    )]
    pub(crate) store_image: String,
}

impl Default for KindArgs {
    fn default() -> Self {
        Self { node_image: NODE_IMAGE.to_owned(), store_image: STORE_IMAGE.to_owned() }
    }
}

impl From<&KindArgs> for Settings {
    fn from(args: &KindArgs) -> Self {
        Self { node_image: args.node_image.clone(), store_image: args.store_image.clone() }
    }
}
