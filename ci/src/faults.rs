//! `cargo ci faults`: a part of a real environment dies in the middle of a case. The verdict must
//! be *unknown* and name that part; without the fault it must be what the version deserves.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde_json::Value;

/// A case whose claim times out on [`BROKEN`], and the step in whose window that happens.
const CASE: &str = "artifact-gc/nothing-to-collect";
const STEP: &str = "completed";
/// A version that fails the case, and one that passes it.
const BROKEN: &str = "3.5.5";
const SOUND: &str = "3.5.11";
/// How long a case may take to come to the step.
const PATIENCE: Duration = Duration::from_mins(3);

/// What is done to the environment.
#[derive(Clone, Copy)]
enum Fault {
    /// Nothing.
    None,
    /// A process of this name in the sandbox is killed.
    Kill(&'static str),
    /// The interface between the harness and the cluster is set down: every watch is cut.
    Cut,
}

/// A trial: the version, the fault, the verdict that must come out, and words of which one must be
/// in its reason: of several things that one fault brings down, the first to be noticed is named.
type Trial = (&'static str, Fault, &'static str, &'static [&'static str]);

/// What is seen of an API server that cannot be reached.
const UNREACHABLE: &[&str] = &["trouble of the API server", "trouble of the watches"];

const TRIALS: [Trial; 12] = [
    (BROKEN, Fault::None, "fail", &["finalizer-removed"]),
    (SOUND, Fault::None, "pass", &[""]),
    (BROKEN, Fault::Kill("kube-apiserver"), "unknown", UNREACHABLE),
    (
        BROKEN,
        Fault::Kill("workflow-controller"),
        "unknown",
        &["trouble of the workflow controller"],
    ),
    (BROKEN, Fault::Kill("minio"), "unknown", &["trouble of the object store", "minio ended"]),
    (BROKEN, Fault::Kill("store-proxy"), "unknown", &["the proxy before the object store"]),
    (BROKEN, Fault::Kill("etcd"), "unknown", &["etcd ended", "trouble of the API server"]),
    (BROKEN, Fault::Kill("kubelet"), "unknown", &["kubelet ended"]),
    (BROKEN, Fault::Kill("containerd"), "unknown", &["containerd ended"]),
    (BROKEN, Fault::Kill("kube-scheduler"), "unknown", &["kube-scheduler ended"]),
    (BROKEN, Fault::Kill("kube-controller-manager"), "unknown", &["kube-controller-manager ended"]),
    (BROKEN, Fault::Cut, "unknown", UNREACHABLE),
];

/// Runs every trial.
///
/// # Errors
/// If a verdict is not what it must be.
pub fn faults(root: &Path, say: &dyn Fn(&str)) -> Result<()> {
    let built = Command::new("cargo").args(["build", "--quiet"]).current_dir(root).status()?;
    ensure!(built.success(), "the harness does not build");
    let binary = root.join("target/debug/argo-conformance");
    let mut wrong = 0;
    for trial in &TRIALS {
        let (version, fault, expected, words) = trial;
        let line = verdict(root, &binary, version, *fault)
            .with_context(|| format!("Argo {version}, {}", fault.words()))?;
        let (verdict, reason) = (text(&line["verdict"]), reasons(&line));
        let right = verdict == *expected && words.iter().any(|word| reason.contains(word));
        wrong += usize::from(!right);
        let mark = if right { "as it should be" } else { "WRONG" };
        say(&format!("{mark}: Argo {version}, {}: {verdict}: {reason}", fault.words()));
    }
    ensure!(wrong == 0, "{wrong} of {} verdicts are wrong", TRIALS.len());
    say(&format!("{0} of {0} verdicts as they should be", TRIALS.len()));
    Ok(())
}

impl Fault {
    fn words(self) -> String {
        match self {
            Self::None => "no fault".to_owned(),
            Self::Kill(name) => format!("{name} killed"),
            Self::Cut => "all watches cut".to_owned(),
        }
    }

    fn strike(self, slot: &str) -> Result<()> {
        match self {
            Self::None => Ok(()),
            Self::Kill(name) => {
                let pid = process(slot, name).with_context(|| format!("find {name}"))?;
                run(Command::new("kill").args(["-KILL", &pid]))
            }
            Self::Cut => {
                run(Command::new("ip").args(["link", "set", &format!("ac{slot}h"), "down"]))
            }
        }
    }
}

/// The verdict of the case on an installation of its own, as the program's JSON line has it.
fn verdict(root: &Path, binary: &Path, version: &str, fault: Fault) -> Result<Value> {
    let out = tempfile::tempdir()?;
    let mut command = Command::new(binary);
    command.args(["run", "--provider", "native", "--argo", version, "--case", CASE]);
    command.args(["--format", "json", "--out"]);
    command.arg(out.path()).current_dir(root).stdin(Stdio::null());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let harness = child.id();
    let strike = |()| fault.strike(&slot_of(harness).context("find its sandbox")?);
    if let Err(error) = until_the_step(&mut child, out.path()).and_then(strike) {
        let _ = child.kill();
        return Err(error);
    }
    let output = child.wait_with_output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().next().with_context(|| format!("no verdict: {}", output.status))?;
    let line: Value = serde_json::from_str(line)?;
    let case = out.path().join(version).join("cases").join(CASE.replace('/', "."));
    let is_diagnosed = case.join("diagnosis").join("pods.json").is_file();
    ensure!(is_diagnosed != (line["verdict"] == "pass"), "a diagnosis is there: {is_diagnosed}");
    Ok(line)
}

/// The slot that a harness owns, by the notes in the slots' lock files.
fn slot_of(harness: u32) -> Option<String> {
    let files = fs::read_dir("/run/argo-conformance/slots").ok()?;
    let mut paths = files.filter_map(|entry| Some(entry.ok()?.path()));
    let owned = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap_or_default();
        let note = text.lines().rev().find_map(|line| serde_json::from_str::<Value>(line).ok());
        note.is_some_and(|note| note["owner"]["pid"] == harness)
    };
    Some(paths.find(owned)?.file_stem()?.to_string_lossy().into_owned())
}

/// Blocks until the history says that the step is done.
fn until_the_step(child: &mut Child, run: &Path) -> Result<()> {
    let began = Instant::now();
    let done = format!("{{\"step_ended\":{{\"step\":\"{STEP}\",\"outcome\":{{\"done\"");
    while began.elapsed() < PATIENCE {
        if let Some(status) = child.try_wait()? {
            bail!("the run ended before step {STEP} was done: {status}");
        }
        let text = history(run).and_then(|path| fs::read_to_string(path).ok());
        if text.is_some_and(|text| text.contains(&done)) {
            return Ok(());
        }
        std::thread::park_timeout(Duration::from_millis(20));
    }
    Err(anyhow!("step {STEP} was not done within {PATIENCE:?}"))
}

fn history(run: &Path) -> Option<PathBuf> {
    let case = CASE.replace('/', ".");
    let versions = fs::read_dir(run).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let mut files = versions.map(|v| v.join("cases").join(&case).join("history.jsonl"));
    files.find(|path| path.is_file())
}

/// The process of this name in the sandbox of a slot.
fn process(slot: &str, name: &str) -> Option<String> {
    let mine = |pid: &String| {
        let of = |file: &str| fs::read_to_string(format!("/proc/{pid}/{file}"));
        let (cgroup, command) = (of("cgroup").unwrap_or_default(), of("cmdline"));
        let command = command.unwrap_or_default();
        let program = command.split('\0').next().unwrap_or_default();
        let named = Path::new(program).file_name().is_some_and(|file| file == name);
        named && cgroup.contains(&format!("argo-conformance-{slot}/"))
    };
    let entries = fs::read_dir("/proc").ok()?;
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    pids.filter(|pid| pid.parse::<u32>().is_ok()).find(mine)
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status()?;
    ensure!(status.success(), "{command:?}: {status}");
    Ok(())
}

/// Why the verdict is what it is: of each claim that does not hold or is not decided.
fn reasons(line: &Value) -> String {
    let claims = line["claims"].as_array().into_iter().flatten();
    let telling =
        claims.filter(|c| !matches!(text(&c["outcome"]).as_str(), "pass" | "not-reached"));
    let words = telling.map(|c| format!("{}: {}", text(&c["id"]), text(&c["because"])));
    words.collect::<Vec<_>>().join("; ")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
