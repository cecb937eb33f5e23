//! An installation that several runs share.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::sys::signal::Signal;

use crate::begun::{Begun, check, signal, until};

/// The text in the log for each cluster that was started.
const STARTED: &str = "start the sandbox (";

/// Two runs use one installation; it outlives one that is killed, and nobody for long.
pub(crate) fn outlives_a_run() -> Result<(), String> {
    let (name, daemon) = daemon("outlives");
    let mut first = Begun::begin(&["--shared", &name])?;
    let log = || std::fs::read_to_string(daemon.with_extension("log")).unwrap_or_default();
    let pid = process(&daemon)?;
    let mut second = Command::new(crate::binary());
    second.args(["run", "--case", "hooks/bad-expression", "--shared", &name, "--cases"]);
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).map_err(|e| e.to_string())?;
    second.arg(crate::cases()).arg("--out").arg(directory.path()).stdin(Stdio::null());
    first.kill()?;
    let output = second.output().map_err(|e| e.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    check(output.status.code() == Some(0), &format!("{}: {said}", output.status))?;
    check(log().matches(STARTED).count() == 1, &log())?;
    check(process(&daemon)? == pid, "another daemon")?;
    until("the daemon ends", || process(&daemon).is_err())?;
    check(!daemon.exists(), "its socket is left")
}

/// A run is unknown if the process behind its shared installation is killed.
pub(crate) fn daemon_killed() -> Result<(), String> {
    let (name, daemon) = daemon("killed");
    let mut run = Begun::begin(&["--shared", &name])?;
    signal(process(&daemon)?, Signal::SIGKILL)?;
    let said = run.rest();
    let code = run.end()?;
    check(code == Some(2), &format!("exit {code:?}: {said}"))?;
    let reason = run.is_unknown()?;
    // The proxy before the store ends with it, and either may be noticed first.
    let words =
        ["the process of the shared installation ended", "the proxy before the object store"];
    check(words.iter().any(|word| reason.contains(word)), &reason)?;
    let swept = Command::new(crate::binary()).arg("sweep").output().map_err(|e| e.to_string())?;
    check(swept.status.success() && !daemon.exists(), "the sweep left its socket")
}

/// The name of a shared installation, and the socket of the process behind it.
fn daemon(word: &str) -> (String, PathBuf) {
    let name = format!("test-{word}-{}", std::process::id());
    let version = provision::argo_source::DEFAULT_ARGO;
    let socket = format!("/run/argo-conformance/leases/{name}-{version}.socket");
    (name, socket.into())
}

/// The process that was started with this socket's name.
fn process(socket: &Path) -> Result<u32, String> {
    let socket = socket.display().to_string();
    let entries = std::fs::read_dir("/proc").map_err(|e| e.to_string())?;
    let keeps = |pid: &u32| {
        let line = std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        line.split('\0').any(|word| word == socket)
    };
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    pids.into_iter().find(keeps).ok_or_else(|| format!("nobody keeps {socket}"))
}
