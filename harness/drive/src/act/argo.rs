//! Steps done by the `argo` program of the installation of the moment.

use std::ffi::OsString;

use model::StepKind;
use model::history::StepOutcome;
use sandbox::guard::{GuardOutput, GuardedCommand};

use super::context::StepContext;

/// Runs `argo VERB WORKFLOW`.
pub(super) async fn verb(context: &StepContext<'_>, act: &StepKind) -> StepOutcome {
    let (installation, verb) = (context.installation, act.verb());
    let mut args: Vec<OsString> = vec![verb.into(), context.workflow.into()];
    args.extend(besides(act).into_iter().map(Into::into));
    if let Some(id) = installation.instance_id() {
        args.extend(["--instanceid", id].map(Into::into));
    }
    args.extend(["--namespace", context.namespace, "--kubeconfig"].map(Into::into));
    args.push(installation.kubeconfig.clone().into());
    let command = GuardedCommand {
        program: context.present().argo,
        args,
        env: environment(&installation.argo_environment),
        cwd: std::path::PathBuf::from("/"),
    };
    let guard = installation.guard.clone();
    let ran = tokio::task::spawn_blocking(move || guard.spawn(command)).await;
    let guarded = match ran {
        Ok(Ok(guarded)) => guarded,
        Ok(Err(error)) => return unknown(verb, &error),
        Err(error) => return unknown(verb, &error),
    };
    // A task that no longer waits for the step kills the program.
    let _kill = guarded.killer().on_drop();
    match tokio::task::spawn_blocking(move || guarded.wait(&mut |_| {})).await {
        Ok(Ok(output)) if output.success() => StepOutcome::Done(output.stdout.trim().to_owned()),
        Ok(Ok(output)) => failed(verb, &output),
        Ok(Err(error)) => unknown(verb, &error),
        Err(error) => unknown(verb, &error),
    }
}

/// The environment of the program. A default keeps the program away from the home directory of the
/// user that the system knows.
fn environment(given: &[(OsString, OsString)]) -> Vec<(OsString, OsString)> {
    let default = ("HOME".into(), "/nonexistent".into());
    // The last value of a name counts.
    std::iter::once(default).chain(given.iter().cloned()).collect()
}

/// The program may fail after the API server did the step. The exit code does not tell the
/// difference.
fn failed(verb: &str, output: &GuardOutput) -> StepOutcome {
    let (status, said) = (output.status, output.stderr.trim());
    let ended = match status.code() {
        Some(code) => format!("exit code {code}"),
        None => status.to_string(),
    };
    StepOutcome::Unknown(format!("argo {verb} ended with {ended}: {said}"))
}

/// The further arguments of a verb.
fn besides(act: &StepKind) -> Vec<String> {
    match act {
        StepKind::Retry { parameters } => {
            let given = parameters.iter().map(|(name, value)| format!("{name}={value}"));
            given.flat_map(|given| ["--parameter".to_owned(), given]).collect()
        }
        StepKind::Resubmit { memoized: true } => vec!["--memoized".to_owned()],
        StepKind::Submit { .. }
        | StepKind::Restore { .. }
        | StepKind::Await { .. }
        | StepKind::Resubmit { memoized: false }
        | StepKind::Stop
        | StepKind::Terminate
        | StepKind::Suspend
        | StepKind::Resume
        | StepKind::Delete
        | StepKind::Grant(_)
        | StepKind::Revoke(_)
        | StepKind::DeletePod { .. }
        | StepKind::LosePod { .. }
        | StepKind::Apply { .. }
        | StepKind::StoreFault(_)
        | StepKind::RestartController
        | StepKind::KillLeader
        | StepKind::FreezeLeader(_)
        | StepKind::LoseLease
        | StepKind::ScaleController(_)
        | StepKind::Upgrade
        | StepKind::Rollback => Vec::new(),
    }
}

fn unknown(verb: &str, error: &dyn std::error::Error) -> StepOutcome {
    StepOutcome::Unknown(format!("argo {verb}: {error}"))
}
