//! Clusters in Docker.

use std::process::Command;

use crate::begun::{Begun, check, until};

/// Every case has the verdict that is declared for it, as on a native cluster.
pub(crate) fn verdicts() -> Result<(), String> {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).map_err(|e| e.to_string())?;
    let mut command = Command::new(crate::binary());
    command.args(["run", "--provider", "kind", "--known-issues", "expect", "--cases"]);
    command.arg(crate::cases()).arg("--out").arg(directory.path().join("run"));
    let output = command.output().map_err(|e| e.to_string())?;
    let said = String::from_utf8_lossy(&output.stdout);
    let trouble = String::from_utf8_lossy(&output.stderr);
    check(output.status.success(), &format!("{}\n{said}\n{trouble}", output.status))
}

/// A run that is killed while a case goes on leaves what a sweep removes.
pub(crate) fn killed() -> Result<(), String> {
    let mut run = Begun::begin(&["--provider", "kind"])?;
    check(containers(run.id())?.len() == 2, "a node and a store were expected")?;
    run.kill()?;
    is_swept(run.id())
}

/// The same while the cluster is being made.
pub(crate) fn killed_early() -> Result<(), String> {
    let mut run = Begun::spawn(&["--provider", "kind"])?;
    let id = run.id();
    until("a container is made", || containers(id).is_ok_and(|there| !there.is_empty()))?;
    run.kill()?;
    is_swept(id)
}

/// Without its store nothing can be said of an installation; and everything is taken down.
pub(crate) fn store_lost() -> Result<(), String> {
    let mut run = Begun::begin(&["--provider", "kind"])?;
    let there = containers(run.id())?;
    let store = there.iter().find(|name| name.ends_with("-store")).ok_or("no store")?;
    docker(&["kill", store])?;
    let said = run.rest();
    let code = run.end()?;
    check(code == Some(2), &format!("exit {code:?}: {said}"))?;
    let reason = run.is_unknown()?;
    check(reason.contains(store.as_str()), &reason)?;
    let left = containers(run.id())?;
    check(left.is_empty(), &format!("left: {left:?}"))
}

fn is_swept(process: u32) -> Result<(), String> {
    let swept = Command::new(crate::binary()).arg("sweep").output().map_err(|e| e.to_string())?;
    check(swept.status.success(), &String::from_utf8_lossy(&swept.stderr))?;
    let left = containers(process)?;
    check(left.is_empty(), &format!("left: {left:?}"))
}

/// The containers of a run, which has its process in its id.
fn containers(process: u32) -> Result<Vec<String>, String> {
    let filter = format!("name=argo-conformance-.*-{process}-");
    let names = docker(&["ps", "--all", "--format", "{{.Names}}", "--filter", &filter])?;
    Ok(names.lines().map(str::to_owned).collect())
}

fn docker(args: &[&str]) -> Result<String, String> {
    let output = Command::new("docker").args(args).output().map_err(|e| e.to_string())?;
    check(output.status.success(), &String::from_utf8_lossy(&output.stderr))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
