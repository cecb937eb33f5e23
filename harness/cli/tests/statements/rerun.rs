//! `verify --rerun`, up to where a cluster is needed.

use rstest::rstest;

use crate::run::Run;

/// A cluster that is not there.
const NO_CLUSTER: [&str; 4] = ["--provider", "existing", "--kubeconfig", "none"];

#[rstest]
#[case::more_than_there_are(
    &["--rerun", "3"],
    "error: failed to choose 3 cases: the statement has decided verdicts of 2 cases\nhint: Name a \
     number up to 2.",
    64
)]
#[case::none(&["--rerun", "0"], "error: invalid value '0' for '--rerun <K>'", 64)]
#[case::a_seed_alone(&["--seed", "7"], "--rerun <K>", 64)]
#[case::a_provider_alone(&["--provider", "native"], "--rerun <K>", 64)]
#[case::no_cluster(&["--rerun", "1"], "error: missing argument: an existing cluster needs --store", 64)]
fn refusals_without_a_cluster(#[case] args: &[&str], #[case] expected: &str, #[case] code: u8) {
    let run = Run::new();
    run.certify();
    let more: &[&str] = if args.contains(&"--rerun") { &NO_CLUSTER } else { &[] };
    let said = run.verify(&[args, more].concat());
    assert!(said.contains(expected), "{said}");
    assert!(said.ends_with(&format!("exit {code}")), "{said}");
}

#[rstest]
#[case(&["--seed", "7"], "rerun: 1 of 2 cases, chosen by seed 7: exit-handler/manual-retry; on Argo 3.7.18\n")]
#[case(&["--seed", "8"], "rerun: 1 of 2 cases, chosen by seed 8: artifact-gc/optional-artifact; on Argo 3.7.18\n")]
#[case::random(&[], "rerun: 1 of 2 cases, chosen by seed ")]
fn the_choice_is_said_before_anything_runs(#[case] args: &[&str], #[case] expected: &str) {
    let run = Run::new();
    run.certify();
    let said = run.verify(&[&["--rerun", "1"], args, &NO_CLUSTER].concat());
    assert!(said.contains(expected), "{said}");
    assert!(!said.contains("the statement holds"), "{said}");
}

#[test]
fn a_statement_that_is_refused_is_not_run_again() {
    let run = Run::new();
    run.certify();
    run.forge(|statement| {
        statement["predicate"]["result"] = "FAILED".into();
    });
    let said = run.verify(&[&["--unsigned", "--rerun", "1"], &NO_CLUSTER[..]].concat());
    assert!(said.contains("refused: ") && !said.contains("rerun: "), "{said}");
    assert!(said.ends_with("exit 1"), "{said}");
}
