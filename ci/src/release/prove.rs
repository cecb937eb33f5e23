//! The proof that the program needs no file of the machine: it runs in an empty root directory.
//!
//! `unshare` makes the root of a directory with the program and a run directory alone. A program
//! that needs a loader, a library, `/proc` or `/tmp` fails there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::PROGRAM;

/// Exit codes of commands that print verdicts: passed, failed, warned.
const VERDICTS: std::ops::RangeInclusive<i32> = 0..=2;

/// Runs `list`, `judge`, `verify` and `site` on a run directory of this program's cases. `certify`
/// makes the statement outside: it reads the digest of the program from `/proc`.
///
/// # Errors
/// If a command fails, or does not print what it must.
pub fn prove(program: &Path, run: &Path) -> Result<()> {
    let cases = cases(run)?;
    let place = tempfile::tempdir().context("failed to create a directory")?;
    let root = place.path();
    fs::copy(program, root.join(PROGRAM)).with_context(|| program.display().to_string())?;
    copy(run, &root.join("run"))?;
    openssl(root, &["genpkey", "-algorithm", "ed25519", "-out", "private.pem"])?;
    openssl(root, &["pkey", "-in", "private.pem", "-pubout", "-out", "public.pem"])?;
    let first = cases.first().context("invalid run directory: it has no case")?;
    alone(root, &["list"], first)?;
    alone(root, &["judge", "run"], first)?;
    certify(program, root)?;
    let mut verify = vec!["verify", "statement.json", "run", "--key", "public.pem"];
    verify.extend(cases.iter().flat_map(|case| ["--case", case]));
    alone(root, &verify, "the statement holds: ")?;
    alone(root, &["site", "run", "statement.json", "--output", "site"], "")?;
    let page = fs::read_to_string(root.join("site/index.html"));
    let page = page.context("failed to write a site: no index.html")?;
    ensure!(page.contains(first), "failed to write a site: index.html does not name {first}");
    Ok(())
}

/// Makes a signed statement about the run.
fn certify(program: &Path, root: &Path) -> Result<()> {
    let program = std::path::absolute(program)?;
    let mut command = Command::new(program);
    command.args(["certify", "run", "--key", "private.pem"]).current_dir(root);
    let output = command.output().context("failed to run certify")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(is_verdict(&output), "failed to certify: {}: {}", output.status, said.trim());
    Ok(())
}

fn is_verdict(output: &Output) -> bool {
    output.status.code().is_some_and(|code| VERDICTS.contains(&code))
}

/// Runs the program in the empty root. Its output must have a text.
fn alone(root: &Path, arguments: &[&str], expected: &str) -> Result<()> {
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user"]).arg(format!("--root={}", root.display()));
    command.arg(format!("/{PROGRAM}")).args(arguments);
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.env_clear().env("PATH", path).env("ARGO_CONFORMANCE_CACHE", "/cache");
    let output = command.output().context("failed to run unshare")?;
    let said = [output.stdout.clone(), output.stderr.clone()].concat();
    let said = String::from_utf8_lossy(&said);
    let verb = arguments.first().copied().unwrap_or_default();
    ensure!(
        is_verdict(&output) && said.contains(expected),
        "failed to run {verb} in an empty root directory: {}: {}. \
         Link the program statically, and allow user namespaces",
        output.status,
        said.trim(),
    );
    Ok(())
}

/// The cases of a run.
fn cases(run: &Path) -> Result<BTreeSet<String>> {
    let path = run.join("run.json");
    let text = fs::read(&path).with_context(|| format!("failed to read {}", path.display()))?;
    let run: Value = serde_json::from_slice(&text).context("invalid run.json")?;
    let verdicts = run["verdicts"].as_array().context("invalid run.json: no verdicts")?;
    let case = |judged: &Value| Some(judged["verdict"]["case"].as_str()?.to_owned());
    verdicts.iter().map(|judged| case(judged).context("invalid run.json: no case")).collect()
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let status = Command::new("cp").arg("-R").args([from, to]).status();
    ensure!(status.context("failed to run cp")?.success(), "failed to copy {}", from.display());
    Ok(())
}

fn openssl(directory: &Path, arguments: &[&str]) -> Result<()> {
    let output = Command::new("openssl").args(arguments).current_dir(directory).output();
    let output = output.context("failed to run openssl")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "failed to make a key: {}", said.trim());
    Ok(())
}
