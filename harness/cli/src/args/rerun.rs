//! The options of `verify --rerun`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::{CacheArgs, ExistingArgs, ImageArgs, KindArgs, ProviderArg};

/// The rerun of a few cases of a statement.
#[derive(Clone, Debug, ClapArgs)]
pub(crate) struct RerunArgs {
    /// Run K random cases of the statement again, on a cluster of the verifier's own. A verdict
    /// that differs refuses the statement.
    #[arg(long, value_name = "K")]
    pub(crate) rerun: Option<NonZeroUsize>,
    /// Number that chooses the cases of `--rerun`: the same number chooses the same cases. A random
    /// one unless given.
    #[arg(long, value_name = "NUMBER", requires = "rerun")]
    pub(crate) seed: Option<u64>,
    /// Source of the cluster for `--rerun`.
    #[arg(long, value_enum, default_value = "auto", requires = "rerun")]
    pub(crate) provider: ProviderArg,
    /// New directory for histories, logs and verdicts of `--rerun`; one in the cache unless given.
    #[arg(long, value_name = "DIR", requires = "rerun")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) cache: CacheArgs,
    #[command(flatten)]
    pub(crate) images: ImageArgs,
    #[command(flatten)]
    pub(crate) kind: KindArgs,
    #[command(flatten)]
    pub(crate) existing: ExistingArgs,
}
