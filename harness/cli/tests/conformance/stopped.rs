//! A run that is stopped while a case goes on.

use crate::begun::{Begun, check};

/// After one signal the run takes everything down and says that nothing can be said.
pub(crate) fn once() -> Result<(), String> {
    let mut run = Begun::begin(&["--provider", "native"])?;
    run.interrupt()?;
    let said = run.rest();
    let code = run.end()?;
    check(code == Some(2), &format!("exit {code:?}: {said}"))?;
    run.is_unknown()?;
    run.holds_no_slot()
}

/// After two it ends at once, and its sandbox with it.
pub(crate) fn twice() -> Result<(), String> {
    let mut run = Begun::begin(&["--provider", "native"])?;
    run.interrupt()?;
    run.read_until("stopping")?;
    run.interrupt()?;
    let code = run.end()?;
    check(code == Some(130), &format!("exit {code:?}"))?;
    run.holds_no_slot()
}
