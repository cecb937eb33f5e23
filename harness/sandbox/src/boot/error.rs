//! The error of a sandbox.

use std::time::Duration;

use crate::slot::SlotError;

/// The error of a start or a use of a sandbox.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The machine refused an operation.
    #[error("failed to {doing}")]
    System {
        /// The operation, as text.
        doing: String,
        /// The system's error.
        #[source]
        cause: std::io::Error,
    },
    /// The set-up of the sandbox failed. The text names the step and the cause.
    #[error("failed to set up the sandbox: {0}")]
    Boot(String),
    /// The sandbox failed to carry out an order.
    #[error("failed to {doing}: {why}")]
    Refused {
        /// The operation, as text.
        doing: String,
        /// The cause, as text.
        why: String,
    },
    /// A program exceeded its time limit. The sandbox killed the program.
    #[error("failed to run {program}: killed after {} s; its output: {output}", after.as_secs_f32())]
    TimedOut {
        /// Absolute path of the program.
        program: String,
        /// The time limit.
        after: Duration,
        /// The output of the program before the kill.
        output: String,
    },
    /// The sandbox has ended.
    #[error("the sandbox has ended")]
    Gone,
    /// The remains of the sandbox cannot be removed.
    #[error("failed to remove the sandbox")]
    Slot(#[from] SlotError),
}

impl SandboxError {
    /// The remedy. `None`: the error tells of no remedy. A cause may have one.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Slot(error) => error.hint(),
            Self::System { .. }
            | Self::Boot(_)
            | Self::Refused { .. }
            | Self::TimedOut { .. }
            | Self::Gone => None,
        }
    }
}

/// Turns an error of the system into a [`SandboxError`] with the operation.
pub(super) fn system(doing: &str) -> impl FnOnce(std::io::Error) -> SandboxError {
    move |cause| SandboxError::System { doing: doing.to_owned(), cause }
}
