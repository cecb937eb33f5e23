//! The rights that `prepare` prints.

use rstest::rstest;

use crate::harness::Harness;

/// A user who owns namespaces and not the cluster can apply the rest.
#[rstest]
#[case::all(&[], 1)]
#[case::without_the_cluster(&["--no-cluster-rights"], 0)]
fn rights_of_the_cluster_can_be_left_out(#[case] flags: &[&str], #[case] expected: usize) {
    let prepare = ["prepare", "prepared-1", "--user", "me"];
    let args: Vec<&str> = prepare.iter().chain(flags).copied().collect();
    let output = Harness::new().command(&args).output().expect("it runs");
    let printed = String::from_utf8(output.stdout).expect("text");
    for kind in ["ClusterRole", "ClusterRoleBinding"] {
        assert_eq!(printed.matches(&format!("kind: {kind}\n")).count(), expected, "{printed}");
    }
    let optional = printed.matches("kind: Role\nmetadata:\n  name: argo-conformance-optional");
    assert_eq!(optional.count(), 1, "{printed}");
}
