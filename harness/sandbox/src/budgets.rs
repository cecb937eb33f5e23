//! Time budgets of sandboxes.

use std::time::Duration;

model::budgets! {
    /// Wait for each reply of a sandbox during its set-up. The set-up usually takes some tens of
    /// milliseconds.
    patience SANDBOX_START = Duration::from_secs(30);

    /// Run of one program in a sandbox, without a limit of its own. The sandbox then kills the
    /// program.
    promise SANDBOX_PROGRAM = Duration::from_mins(10);

    /// Wait for the end of a sandbox's processes at its removal. The usual time is some tens of
    /// milliseconds, or 1 s with many pods.
    patience SANDBOX_REMOVAL = Duration::from_secs(10);

    /// Wait for the end of the processes of a slot's last user. Another slot does as well.
    patience SLOT_REUSE = Duration::from_secs(1);

    /// Wait of the first process for the end of all others after their kill.
    patience LAST_PROCESSES = Duration::from_secs(1);
}
