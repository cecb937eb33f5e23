//! Remedies of the errors of this crate.

use model::hints::{Ask, ask};

use crate::SandboxError;
use crate::slot::SlotError;

/// One row for each type of error with a remedy.
pub const HINTS: &[Ask] =
    &[|error| ask(error, SandboxError::hint), |error| ask(error, SlotError::hint)];
