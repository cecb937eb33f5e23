//! Tests that cannot run here are listed as ignored.
//!
//! nextest lists first, and runs each test that is not ignored in a process of its own. There it
//! takes a test that is ignored only now for one that passed.

use std::process::{Command, Output};

use libtest_mimic::Arguments;

use crate::begun::check;

/// The variable by which nextest marks a process that is to run one test.
const MODE: (&str, &str) = ("NEXTEST_EXECUTION_MODE", "process-per-test");

/// Whether a test may be ignored for what this machine lacks: not any more when nextest runs it.
pub(crate) fn may_be_ignored(arguments: &Arguments) -> bool {
    arguments.list || std::env::var(MODE.0).as_deref() != Ok(MODE.1)
}

/// Tests that need a Docker daemon are listed as ignored if none answers. Such a test fails if
/// nextest runs it all the same.
pub(crate) fn as_ignored() -> Result<(), String> {
    let listed = without_docker(&["--list", "--ignored"], false)?;
    let text = String::from_utf8_lossy(&listed.stdout).into_owned();
    check(text.contains("kind::verdicts: test"), &text)?;
    let ran = without_docker(&["--exact", "kind::verdicts"], false)?;
    let text = String::from_utf8_lossy(&ran.stdout).into_owned();
    check(ran.status.success() && text.contains("1 ignored"), &text)?;
    let ran = without_docker(&["--exact", "kind::verdicts"], true)?;
    let text = String::from_utf8_lossy(&ran.stdout).into_owned();
    check(!ran.status.success() && text.contains("1 failed"), &text)
}

/// Runs this program.
fn without_docker(arguments: &[&str], by_nextest: bool) -> Result<Output, String> {
    let this = std::env::current_exe().map_err(|e| e.to_string())?;
    let mut command = Command::new(this);
    command.args(arguments).env("DOCKER_HOST", "unix:///nowhere/docker.sock").env_remove(MODE.0);
    if by_nextest {
        command.env(MODE.0, MODE.1);
    }
    command.output().map_err(|e| e.to_string())
}
