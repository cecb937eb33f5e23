//! `cargo ci kills`: the harness killed at random moments must leave nothing running.

use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::cache;
use crate::host::{Host, Remains};

/// Time limit for the end of every process after a kill.
const SOON: Duration = Duration::from_secs(2);
/// Time limit of the looks after a kill. A later end is not measured.
const AT_LAST: Duration = Duration::from_mins(2);
/// Quick cases that together use pods, the object store and the `argo` program.
const CASES: [&str; 2] = ["artifact-gc/retried-attempt", "interrupted/pod-lost@pod-gc-none"];

/// Kills the harness `times` times between its start and its end.
///
/// # Errors
/// If a process ran on, `sweep` left an object, or the host changed.
pub fn kills(root: &Path, times: u32, say: &dyn Fn(&str)) -> Result<()> {
    let bench = Bench::new(root)?;
    bench.sweep()?;
    let before = Host::look();
    let whole = bench.whole_run()?;
    say(&format!("{} things of the host; a whole run takes {whole:.1?}", before.len()));
    say("  killed after  dead after  left then: directories  cgroups");
    let (mut slowest, mut alive) = (Duration::ZERO, 0_u32);
    for _ in 0..times {
        let after = whole.mul_f64(random());
        let Killed { dead_after, late, left } = bench.kill(after)?;
        let words = dead_after.map_or("NEVER".to_owned(), |d| format!("{d:.2?}"));
        let after = format!("{after:.2?}");
        say(&format!("  {after:>12}  {words:>10}  {:>22}  {:>7}", left.directories, left.cgroups));
        if let Some(late) = late {
            say(&format!("    after {SOON:?} there were still: {late:?}"));
            alive += 1;
        }
        slowest = slowest.max(dead_after.unwrap_or(AT_LAST));
    }
    say(&bench.sweep()?);
    let remains = Remains::look(&bench.binary, &bench.cache);
    let changes = Host::look().changes_since(&before);
    for change in &changes {
        say(&format!("  changed: {change}"));
    }
    ensure!(alive == 0, "{alive} of {times} times something ran on for more than {SOON:?}");
    ensure!(remains.is_nothing(), "left after sweep: {remains:?}");
    ensure!(changes.is_empty(), "{} things of the host changed", changes.len());
    say(&format!("{times} kills: all dead within {slowest:.2?}; nothing left, nothing changed"));
    Ok(())
}

/// The result of a kill.
struct Killed {
    /// Time until every process had ended. `None`: longer than [`AT_LAST`].
    dead_after: Option<Duration>,
    /// The first remains after [`SOON`].
    late: Option<Remains>,
    /// The remains at the last look.
    left: Remains,
}

struct Bench {
    root: PathBuf,
    binary: PathBuf,
    cache: PathBuf,
}

impl Bench {
    fn new(root: &Path) -> Result<Self> {
        let built = Command::new("cargo").args(["build", "--quiet"]).current_dir(root).status()?;
        ensure!(built.success(), "the harness does not build");
        let binary = root.join("target/debug/argo-conformance");
        let cache = cache::directory()?;
        let bench = Self { root: root.to_owned(), binary, cache };
        let others = Remains::look(&bench.binary, &bench.cache);
        if !others.is_dead() {
            bail!(
                "other sandboxes or containers run here, which could not be told apart: {others:?}"
            );
        }
        Ok(bench)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .args(["run", "--provider", "native", "--known-issues", "expect"])
            .current_dir(&self.root);
        for case in CASES {
            command.args(["--case", case]);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Removes the remains of killed runs. Returns the output of `sweep`.
    fn sweep(&self) -> Result<String> {
        let swept = Command::new(&self.binary).arg("sweep").output().context("run sweep")?;
        ensure!(swept.status.success(), "{}", String::from_utf8_lossy(&swept.stderr));
        Ok(String::from_utf8_lossy(&swept.stdout).trim().to_owned())
    }

    fn whole_run(&self) -> Result<Duration> {
        let began = Instant::now();
        let status = self.command().status().context("run the harness")?;
        ensure!(status.success(), "the harness ends with {status} when nobody kills it");
        Ok(began.elapsed())
    }

    fn kill(&self, after: Duration) -> Result<Killed> {
        let mut child = self.command().stderr(Stdio::piped()).spawn().context("run the harness")?;
        let said = child.stderr.take().context("its standard error")?;
        let (ends, ended) = mpsc::channel::<()>();
        std::thread::spawn(move || {
            let _ = std::io::copy(&mut { said }, &mut std::io::sink());
            drop(ends);
        });
        // No message is ever sent. The wait ends after the time, or earlier at the end of the run.
        let _ = ended.recv_timeout(after);
        child.kill().context("kill the harness")?;
        let killed = Instant::now();
        child.wait().context("wait for the harness")?;
        let mut late = None;
        loop {
            let left = Remains::look(&self.binary, &self.cache);
            let elapsed = killed.elapsed();
            if left.is_dead() {
                return Ok(Killed { dead_after: Some(elapsed), late, left });
            }
            if elapsed > SOON {
                late.get_or_insert(left);
            }
            if elapsed > AT_LAST {
                return Ok(Killed { dead_after: None, late, left });
            }
        }
    }
}

/// Between 0 and 1.
fn random() -> f64 {
    let bits = u32::try_from(RandomState::new().hash_one(0) >> 32).unwrap_or_default();
    f64::from(bits) / f64::from(u32::MAX)
}
