//! A cluster that somebody else put up, and what is not said of it.

use crate::harness::Harness;

pub(crate) const EXISTING: [&str; 3] = ["run", "--provider", "existing"];
const PLUGIN: &str = include_str!("../../../../manifests/in-cluster/sonobuoy.yaml");

#[test]
fn everything_that_is_not_said() {
    insta::assert_snapshot!(Harness::new().says(&EXISTING), @r"
    error: missing argument: an existing cluster needs --store, the S3 endpoint for artifacts, or --artifact-repository
    error: missing argument: an existing cluster needs --bucket, which must exist
    error: missing argument: an existing cluster needs --namespaces
    hint: Prepare namespaces with the manifests of `argo-conformance prepare`.
    exit 64
    ");
}

#[test]
fn a_store_that_is_no_address() {
    let rest = ["--store", "https://store/path", "--bucket", "b", "--store-user", "u"];
    let rest = rest.into_iter().chain(["--store-password", "p", "--namespaces", "prepared-1"]);
    let args: Vec<&str> = EXISTING.into_iter().chain(rest).collect();
    insta::assert_snapshot!(Harness::new().says(&args), @r"
    error: invalid --store: `https://store/path` is not of the form https://HOST[:PORT] or http://HOST[:PORT]
    exit 64
    ");
}

#[test]
fn a_context_that_is_not_there() {
    let harness = Harness::new();
    let kubeconfig = harness.path("kubeconfig");
    let text = "contexts: [{ name: mine, context: { cluster: c, user: u } }]\n";
    std::fs::write(&kubeconfig, text).expect("write");
    let kubeconfig = kubeconfig.display().to_string();
    let rest = ["--store", "http://127.0.0.1:1", "--bucket", "b", "--store-user", "u"];
    let rest = rest.into_iter().chain(["--store-password", "p", "--namespaces", "prepared-1"]);
    let rest = rest.chain(["--kubeconfig", &kubeconfig]);
    let args: Vec<&str> = EXISTING.into_iter().chain(rest).collect();
    insta::assert_snapshot!(harness.says(&args), @r"
    error: failed to find a cluster: no context is named, and this process is not in a pod
    hint: name a context with --context
    exit 69
    ");
    let args: Vec<&str> = args.into_iter().chain(["--context", "theirs"]).collect();
    insta::assert_snapshot!(harness.says(&args), @r"
    error: failed to find the context `theirs` in DIR/kubeconfig: it has mine
    exit 69
    ");
}

/// The arguments of the shipped plugin are understood: all that it lacks here is a cluster.
#[test]
fn a_plugin_outside_a_cluster() {
    let harness = Harness::new();
    let lines = PLUGIN.lines().skip_while(|line| line.trim() != "args:").skip(1);
    let args: Vec<&str> = lines.map_while(|line| line.trim().strip_prefix("- ")).collect();
    let out = harness.path("run");
    let mine = |arg: &&str| !arg.starts_with("--out=") && !arg.starts_with("--done=");
    let mut command = harness.command(&args.iter().copied().filter(mine).collect::<Vec<_>>());
    command.arg("--out").arg(&out).arg("--done").arg(harness.path("done"));
    command.env("ARGO_CONFORMANCE_STORE_USER", "u").env("ARGO_CONFORMANCE_STORE_PASSWORD", "p");
    command.env_remove("KUBERNETES_SERVICE_HOST");
    let output = command.output().expect("it runs");
    insta::assert_snapshot!(harness.said(&output), @r"
    error: failed to find a cluster: no context is named, and this process is not in a pod
    hint: name a context with --context
    exit 69
    ");
    assert!(!harness.path("done").exists(), "nothing is done");
}

#[test]
fn nobody_to_prepare_for() {
    let harness = Harness::new();
    insta::assert_snapshot!(harness.says(&["prepare", "prepared-1", "--account", "runner"]), @r"
    error: invalid --account: `runner` is not of the form NAMESPACE:NAME
    exit 64
    ");
}

#[test]
fn names_that_no_namespace_has() {
    let args = ["prepare", "prepared-1", "Prepared_2", "--argo-namespace", "a: b", "--user", "me"];
    insta::assert_snapshot!(Harness::new().says(&args), @r"
    error: invalid name of a namespace: `Prepared_2`, `a: b`
    hint: use at most 63 lower-case letters, digits and `-`; begin and end with a letter or digit
    exit 64
    ");
}

#[test]
fn a_name_that_no_shared_installation_can_have() {
    let args = ["run", "--shared", "a/b", "--case", "steps/fail-fast"];
    insta::assert_snapshot!(Harness::new().says(&args), @r"
    error: invalid name of a shared installation: `a/b`
    hint: Use a short name of letters, digits, `-`, `_` and `.`.
    exit 64
    ");
}
