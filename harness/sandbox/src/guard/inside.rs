//! The guard from inside: the verb that makes the namespace, and the namespace's first process.

use std::ffi::OsString;
use std::io::Read;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitCode, Stdio};

use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};

use crate::control::send;
use crate::own_binary::{INTERNAL, ITSELF, close_inherited, complain};
use crate::reaper;

/// The end of a guarded program. The guard sends the report on the lifeline, before the namespace
/// ends.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Report {
    /// The machine refuses what the guard needs.
    Refused { doing: String, why: String },
    /// The program could not be started: the number of the system's error.
    NotStarted { errno: i32 },
    /// The program ended: the status as the kernel gives it.
    Ended { status: i32 },
}

/// Verb `guard PROGRAM ARGS…`: makes the namespace, starts its first process, waits for its end.
/// A machine that refuses the namespace gets [`tether`].
pub(crate) fn outer(args: &[OsString]) -> ExitCode {
    if unshare(CloneFlags::CLONE_NEWPID | CloneFlags::CLONE_NEWNS).is_err() {
        return tether(args);
    }
    close_inherited();
    // A Ctrl-C at the terminal is for the harness, which then decides what ends in which order.
    let _ = nix::unistd::setsid();
    let run = || {
        let mut init = Command::new(ITSELF);
        init.args([INTERNAL, "guard-init"]).args(args).stdin(Stdio::inherit());
        init.spawn()?.wait()
    };
    match run() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => refuse("start the first process of the namespace", &error),
    }
}

/// Verb `guard-init PROGRAM ARGS…`: first process of the namespace.
pub(crate) fn inner(args: &[OsString]) -> ExitCode {
    let _ = nix::sys::prctl::set_name(c"argo-guard");
    // The lifeline ends this process with the harness. This signal also ends the process with its
    // parent, which waits for its end. The parent has a single thread, so the signal comes only at
    // the parent's end.
    let _ = nix::sys::prctl::set_pdeathsig(Signal::SIGKILL);
    std::thread::spawn(exit_with_harness);
    // A container may hide parts of `/proc`, and the kernel then refuses the mount. The program
    // sees the numbers of the host there, and the namespace still ends with the harness.
    let _ = own_proc();
    let Some((program, args)) = args.split_first() else { return ExitCode::FAILURE };
    let report = match Command::new(program).args(args).stdin(Stdio::null()).spawn() {
        Ok(child) => match reaper::end_of(child.id()) {
            Ok(status) => Report::Ended { status: status.into_raw() },
            Err(error) => return refuse("wait for the guarded program", &error),
        },
        Err(error) => Report::NotStarted { errno: error.raw_os_error().unwrap_or_default() },
    };
    tell(&report)
}

/// Verb `tether PROGRAM ARGS…`: runs the program without a namespace. The verb kills the program
/// when the harness closes its end of the lifeline. At the end of the program, the verb kills every
/// process that the program left.
pub(crate) fn tether(args: &[OsString]) -> ExitCode {
    close_inherited();
    let _ = nix::unistd::setsid();
    // The kernel makes this process the parent of the orphans of the program.
    let _ = nix::sys::prctl::set_child_subreaper(true);
    let Some((program, args)) = args.split_first() else { return ExitCode::FAILURE };
    let child = match Command::new(program).args(args).stdin(Stdio::null()).spawn() {
        Ok(child) => child,
        Err(error) => {
            return tell(&Report::NotStarted { errno: error.raw_os_error().unwrap_or_default() });
        }
    };
    if let Ok(pid) = i32::try_from(child.id()) {
        // Only this process waits for the child, and ends soon after. The child's number is not
        // reused before.
        std::thread::spawn(move || {
            until_harness_ends();
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        });
    }
    let waited = reaper::end_of(child.id());
    reaper::kill_children();
    match waited {
        Ok(status) => tell(&Report::Ended { status: status.into_raw() }),
        Err(error) => refuse("wait for the guarded program", &error),
    }
}

/// Mounts the namespace's own `/proc`. The host does not see the mount.
fn own_proc() -> std::io::Result<()> {
    let none: Option<&str> = None;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?;
    mount(Some("proc"), "/proc", Some("proc"), MsFlags::empty(), none)?;
    Ok(())
}

fn refuse(doing: &str, error: &std::io::Error) -> ExitCode {
    tell(&Report::Refused { doing: doing.to_owned(), why: error.to_string() })
}

fn tell(report: &Report) -> ExitCode {
    let told = std::io::stdin()
        .as_fd()
        .try_clone_to_owned()
        .and_then(|harness| send(&UnixStream::from(harness), report));
    match told {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain("guard", &error),
    }
}

/// Ends this process and the namespace when the harness closes its end of the lifeline.
#[expect(clippy::exit, reason = "the end of the first process is what kills all others")]
fn exit_with_harness() {
    until_harness_ends();
    std::process::exit(1);
}

/// Waits until the harness closes its end of the lifeline.
fn until_harness_ends() {
    let mut byte = [0];
    while !matches!(std::io::stdin().read(&mut byte), Ok(0) | Err(_)) {}
}
