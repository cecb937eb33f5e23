//! Settings for the pods of cases that no pod can have.

use rstest::rstest;

use crate::harness::Harness;

#[rstest]
#[case::no_quantity("cpu=much", "cpu=1", "error: invalid quantity of cpu: `much`")]
#[case::above(
    "memory=1Gi",
    "memory=64Mi",
    "error: invalid request of memory: 1Gi is above the limit 64Mi"
)]
#[case::no_resource("gpu=1", "cpu=1", "the resource is none of cpu, memory, ephemeral-storage")]
#[case::no_pair("cpu", "cpu=1", "it is not RESOURCE=QUANTITY")]
fn settings_that_no_pod_can_have(
    #[case] requests: &str,
    #[case] limits: &str,
    #[case] expected: &str,
) {
    let args =
        ["run", "--provider", "existing", "--pod-requests", requests, "--pod-limits", limits];
    let said = Harness::new().says(&args);
    assert!(said.contains(expected) && said.trim_end().ends_with("exit 64"), "{said}");
}
