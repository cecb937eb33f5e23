//! `keep`: the hidden command behind a shared installation.

use runner::installation::daemon::{self, KeepConfig};

use crate::args::KeepArgs;
use crate::terminal::console::Terminal;

/// Keeps an installation while runs share it. Returns the exit code.
pub(crate) async fn keep(args: KeepArgs) -> anyhow::Result<u8> {
    let KeepArgs { programs, argo, socket } = args;
    let programs = (&programs).into();
    daemon::keep(KeepConfig { programs, argo, socket }, Terminal::text()).await
}
