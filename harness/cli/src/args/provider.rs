//! The provider, as the command line names it.

use clap::ValueEnum;
use model::Provider;

/// What gives the cluster.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ProviderArg {
    /// `kind` where a Docker daemon answers, else `native`.
    Auto,
    /// Puts up a cluster in Docker, by the program `kind`, with a MinIO beside it.
    Kind,
    /// Puts up a cluster out of plain processes on this machine.
    Native,
    /// Takes a cluster with an Argo in it that somebody else put up.
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
