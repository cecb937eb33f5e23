//! The provider, as the command line names it.

use clap::ValueEnum;
use model::Provider;

/// Source of the cluster.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ProviderArg {
    /// `kind` if a Docker daemon answers, else `native`.
    Auto,
    /// New cluster in Docker by the program `kind`, with MinIO as object store.
    Kind,
    /// New cluster of plain processes on this machine.
    Native,
    /// Existing cluster with its Argo.
    Existing,
}

impl ProviderArg {
    /// The named provider. `None`: the machine decides.
    pub(crate) fn named(self) -> Option<Provider> {
        match self {
            Self::Auto => None,
            Self::Kind => Some(Provider::Kind),
            Self::Native => Some(Provider::Native),
            Self::Existing => Some(Provider::Existing),
        }
    }
}
