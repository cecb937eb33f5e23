//! `bisect`: which release, or which commit, broke or fixed a case.

use runner::bisect::{self, BisectConfig};

use crate::args::BisectArgs;
use crate::args::KindArgs;
use crate::terminal::console::Terminal;

/// Tries the case between two ends. Returns the exit code.
pub(crate) async fn bisect(args: BisectArgs) -> anyhow::Result<u8> {
    let config = BisectConfig {
        selection: args.cases.selection(),
        programs: (&args.programs).into(),
        good: args.good,
        bad: args.bad,
        repository: args.repository,
        among: args.among,
        profile: args.profile.into(),
        out: args.out,
        kind: (&KindArgs::default()).into(),
    };
    bisect::bisect(config, Terminal::text()).await
}
