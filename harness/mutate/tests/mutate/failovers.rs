//! Recorded failovers that their mutants no longer prove.

use rstest::rstest;

use crate::replacements::passes_nothing;

/// The failover did not happen, is not shown, or left two leaders: every claim is unknown.
#[rstest]
fn a_failover_without_a_proof_passes_nothing(
    #[values("killed", "frozen", "lost-lease")] case: &str,
    #[values(
        "failover-not-shown",
        "failover-did-not-happen",
        "two-leaders",
        "old-leader-lives",
        "replacement-before-submit"
    )]
    name: &str,
) {
    passes_nothing(&format!("failover/{case}"), &format!("failover.{case}"), name);
}
