//! An `argo` program whose kubeconfig needs an exec plugin.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use model::StepKind;
use model::history::StepOutcome;
use rstest::rstest;

use crate::bench::{Bench, outcome, plan};

/// Finds its plugin as Go programs do: in `PATH`.
const ARGO: &str = "#!/bin/sh
token=$(mytoken) || { echo 'exec: executable mytoken not found' >&2; exit 1; }
echo \"stopped with $token\"
";
/// Needs the home directory of the caller, and a variable of a cloud.
const PLUGIN: &str = "#!/bin/sh
echo \"the token of $HOME and $CLOUD_PROFILE\"
";

fn script(path: &Path, text: &str) {
    std::fs::write(path, text).expect("write");
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).expect("make it a program");
}

#[rstest]
#[case::of_an_existing_cluster(true, Ok("stopped with the token of /users/me and mine"))]
#[case::of_an_own_cluster(false, Err("executable mytoken not found"))]
#[tokio::test(start_paused = true)]
async fn argo_finds_the_plugin_in_its_environment(
    #[case] given: bool,
    #[case] expected: Result<&str, &str>,
) {
    let directory = tempfile::tempdir().expect("a directory");
    script(&directory.path().join("argo"), ARGO);
    script(&directory.path().join("mytoken"), PLUGIN);
    let mut bench = Bench::new().await;
    bench.installation.argo = directory.path().join("argo");
    if given {
        let path = format!("{}:/usr/bin:/bin", directory.path().display());
        let variables = [("PATH", path.as_str()), ("HOME", "/users/me"), ("CLOUD_PROFILE", "mine")];
        bench.installation.argo_environment =
            variables.map(|(name, value)| (name.into(), value.into())).into();
    }
    let history = bench.run(plan([StepKind::Stop])).ended().await;
    match (outcome(&history, "stop").expect("it ended"), expected) {
        (StepOutcome::Done(said), Ok(expected)) => assert_eq!(said, expected),
        (StepOutcome::Unknown(why), Err(expected)) => assert!(why.contains(expected), "{why}"),
        (found, expected) => panic!("{found:?} instead of {expected:?}"),
    }
}
