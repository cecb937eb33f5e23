//! The options of `verify --rerun`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::{ExistingArgs, ImageArgs, KindArgs, ProgramArgs, ProviderArg};

/// The rerun of a few cases of a statement.
#[derive(Clone, Debug, ClapArgs)]
pub(crate) struct RerunArgs {
    /// Number of random cases of the statement to run again on your cluster. A different verdict
    /// refuses the statement.
    #[arg(long, value_name = "K")]
    pub(crate) rerun: Option<NonZeroUsize>,
    /// Number that chooses the cases of `--rerun`. The same number chooses the same cases. Default:
    /// random.
    #[arg(long, value_name = "NUMBER", requires = "rerun")]
    pub(crate) seed: Option<u64>,
    /// Source of the cluster for `--rerun`.
    #[arg(long, value_enum, default_value = "auto", requires = "rerun")]
    pub(crate) provider: ProviderArg,
    /// New directory for histories, logs and verdicts of `--rerun`. Default: a directory in the
    /// cache.
    #[arg(long, value_name = "DIR", requires = "rerun")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) programs: ProgramArgs,
    #[command(flatten)]
    pub(crate) images: ImageArgs,
    #[command(flatten)]
    pub(crate) kind: KindArgs,
    #[command(flatten)]
    pub(crate) existing: ExistingArgs,
}
