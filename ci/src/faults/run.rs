//! A run of the harness on which a fault strikes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde_json::Value;

use super::fault::Target;
use super::trial::{NOTICED, Scene, Trial};

/// Time limit from the start of a case's history to its step.
const PATIENCE: Duration = Duration::from_mins(3);

/// The end of a trial.
pub(super) struct Outcome {
    /// The verdict, as the program's JSON line has it.
    pub(super) line: Value,
    /// Length of the history.
    pub(super) seconds: u64,
    /// The history of the case.
    history: String,
}

impl Outcome {
    /// The message that the part of the trial was not noticed in time, if so.
    pub(super) fn late(&self, trial: &Trial) -> Option<String> {
        let part = trial.noticed?;
        match noticed(&self.history, trial.scene.step, part) {
            Some(after) if after <= NOTICED => None,
            Some(after) => Some(format!("{part} was unhealthy only after {after} ms")),
            None => Some(format!("{part} was never unhealthy")),
        }
    }
}

/// Runs the case of a trial on an installation of its own, and strikes. `out`, which must not
/// exist, becomes the run directory.
///
/// # Errors
/// If the fault does not come about, or there is no verdict.
pub(super) fn outcome(root: &Path, binary: &Path, out: &Path, trial: &Trial) -> Result<Outcome> {
    let (version, scene) = (trial.version, trial.scene);
    let mut command = Command::new(binary);
    command.args(["run", "--provider", "native", "--argo", version, "--case", scene.case]);
    command.args(["--cases", scene.cases, "--format", "json", "--out"]);
    command.arg(out).current_dir(root).stdin(Stdio::null());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let case = out.join(version).join("cases").join(scene.case.replace('/', "."));
    let history = case.join("history.jsonl");
    if let Err(error) = strike(&mut child, &history, trial) {
        let _ = child.kill();
        let _ = child.wait();
        return Err(error);
    }
    let output = child.wait_with_output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().next().with_context(|| format!("no verdict: {}", output.status))?;
    let line: Value = serde_json::from_str(line)?;
    let is_diagnosed = case.join("diagnosis").join("pods.json").is_file();
    ensure!(is_diagnosed != (line["verdict"] == "pass"), "a diagnosis is there: {is_diagnosed}");
    let history = fs::read_to_string(&history)?;
    Ok(Outcome { line, seconds: length(&history) / 1000, history })
}

fn strike(child: &mut Child, history: &PathBuf, trial: &Trial) -> Result<()> {
    let (header, began) = until_the_step(child, history, trial.scene)?;
    let name = |field: &str| header[field].as_str().unwrap_or_default().to_owned();
    let (namespace, workflow) = (name("namespace"), name("workflow"));
    trial.fault.strike(&Target { harness: child.id(), began, namespace, workflow })
}

/// Blocks until the history says that the step is done; its header, and when it began.
fn until_the_step(child: &mut Child, history: &PathBuf, scene: &Scene) -> Result<(Value, Instant)> {
    let (mut seen, step) = (None, scene.step);
    let done = format!("{{\"step_ended\":{{\"step\":\"{step}\",\"outcome\":{{\"done\"");
    while seen.is_none_or(|began: Instant| began.elapsed() < PATIENCE) {
        if let Some(status) = child.try_wait()? {
            bail!("the run ended before step {step} was done: {status}");
        }
        let text = fs::read_to_string(history).unwrap_or_default();
        let Some(header) = text.lines().next() else {
            std::thread::park_timeout(Duration::from_millis(20));
            continue;
        };
        let began = *seen.get_or_insert_with(Instant::now);
        if text.contains(&done) {
            return Ok((serde_json::from_str(header)?, began));
        }
        std::thread::park_timeout(Duration::from_millis(20));
    }
    Err(anyhow!("step {step} was not done within {PATIENCE:?}"))
}

fn events(history: &str) -> impl Iterator<Item = Value> {
    history.lines().skip(1).filter_map(|line| serde_json::from_str(line).ok())
}

/// Milliseconds from the start of a history to its last event.
fn length(history: &str) -> u64 {
    events(history).last().and_then(|event| event["at"].as_u64()).unwrap_or_default()
}

/// Milliseconds from the end of a step to the first unhealthy probe of a part.
fn noticed(history: &str, step: &str, part: &str) -> Option<u64> {
    let mut ended = None;
    for event in events(history) {
        let (at, kind) = (event["at"].as_u64()?, &event["kind"]);
        let probed = &kind["probed"];
        if kind["step_ended"]["step"] == step {
            ended = Some(at);
        } else if probed["part"] == part
            && probed["error"].is_string()
            && let Some(ended) = ended
        {
            return Some(at - ended);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::noticed;

    const HEADER: &str = "{\"format\":[1,0]}";
    const ENDED: &str = r#"{"n":1,"at":500,"kind":{"step_ended":{"step":"s","outcome":{}}}}"#;
    const HEALTHY: &str = r#"{"n":2,"at":600,"kind":{"probed":{"part":"node","error":null}}}"#;
    const UNHEALTHY: &str = r#"{"n":3,"at":900,"kind":{"probed":{"part":"node","error":"gone"}}}"#;

    #[rstest]
    #[case::after_the_step(&[HEADER, ENDED, HEALTHY, UNHEALTHY], "node", Some(400))]
    #[case::another_part(&[HEADER, ENDED, UNHEALTHY], "api", None)]
    #[case::before_the_step(&[HEADER, UNHEALTHY, ENDED], "node", None)]
    #[case::never(&[HEADER, ENDED, HEALTHY], "node", None)]
    fn a_part_is_noticed_by_its_first_unhealthy_probe(
        #[case] history: &[&str],
        #[case] part: &str,
        #[case] after: Option<u64>,
    ) {
        assert_eq!(noticed(&history.join("\n"), "s", part), after);
    }
}
