//! Steps done by the `argo` program of the version under test.

use model::history::StepOutcome;
use sandbox::guard::GuardedCommand;

use super::Stage;

/// Runs `argo VERB WORKFLOW`.
pub(super) async fn verb(stage: &Stage<'_>, verb: &str) -> StepOutcome {
    let installation = stage.installation;
    let words = [verb, stage.workflow, "--namespace", stage.namespace, "--kubeconfig"];
    let mut args: Vec<std::ffi::OsString> = words.iter().map(|w| (*w).into()).collect();
    args.push(installation.kubeconfig.clone().into());
    let command = GuardedCommand {
        program: installation.argo.clone(),
        args,
        env: vec![("HOME".into(), "/nonexistent".into())],
        cwd: std::path::PathBuf::from("/"),
    };
    let guard = installation.guard.clone();
    let ran = tokio::task::spawn_blocking(move || guard.run(command, &mut |_| {})).await;
    match ran {
        Ok(Ok(output)) if output.success() => StepOutcome::Done(output.stdout.trim().to_owned()),
        Ok(Ok(output)) => StepOutcome::Refused(output.stderr.trim().to_owned()),
        Ok(Err(error)) => StepOutcome::Unknown(format!("argo {verb}: {error}")),
        Err(error) => StepOutcome::Unknown(format!("argo {verb}: {error}")),
    }
}
