//! Known issues of pairs: the executor and the workflow controller decide.

use judge::{KnownIssues, verdict};
use model::known::{Extent, Pair};
use model::verdict::Verdict;
use model::verdict::Verdict::{Fail, Fixed, KnownIssue as Known, Pass, Unknown};
use model::versions::DecidingVersions;
use rstest::rstest;
use semver::Version;

use crate::verdict::{case, found};

#[rstest]
#[case::known("3.4.17", "3.5.8", "fp", Fail, Known)]
#[case::fixed("3.4.17", "3.5.8", "pp", Pass, Fixed)]
#[case::without_the_symptom("3.4.17", "3.5.8", "xp", Fail, Fail)]
#[case::untold_symptom("3.4.17", "3.5.8", "?p", Fail, Unknown)]
#[case::another_claim("3.4.17", "3.5.8", "ff", Fail, Fail)]
#[case::another_executor("3.5.2", "3.5.8", "fp", Fail, Fail)]
#[case::another_controller("3.4.17", "3.5.11", "fp", Fail, Fail)]
#[case::passes_outside("3.4.17", "3.5.11", "pp", Pass, Pass)]
#[case::one_release("3.5.8", "3.5.8", "fp", Fail, Fail)]
fn pairs_are_strict_in_both_directions(
    #[case] executor: &str,
    #[case] controller: &str,
    #[case] outcomes: &str,
    #[case] strict: Verdict,
    #[case] expecting: Verdict,
) {
    let mut case = case(&found("pp"), &["a"]);
    case.broken.truncate(1);
    let range = |text: &str| text.parse().expect("a range");
    let pair = Pair { from: range("<=3.5.1"), to: range(">=3.5.3 <3.5.11") };
    case.broken[0].extent = Extent::Pairs(vec![pair]);
    let [executor, controller] = [executor, controller].map(|v| v.parse().expect("a version"));
    // The version of the case's component does not matter.
    let component = Version::new(3, 6, 0);
    let versions = DecidingVersions { component, executor, controller, profile: None };
    let of = |stance| verdict(&case, &versions, found(outcomes), stance);
    assert_eq!(of(KnownIssues::Fail).verdict, strict);
    assert_eq!(of(KnownIssues::Expect).verdict, expecting);
    let words = "argoexec <=3.5.1 with workflow-controller >=3.5.3 <3.5.11";
    let reason = of(KnownIssues::Expect).reason.raw().to_owned();
    match expecting {
        Known => assert_eq!(reason, format!("known issue, {words}: https://issue/1")),
        Fixed => assert_eq!(
            reason,
            format!("claim a is declared to fail in {words} and passes: correct the declaration")
        ),
        Pass | Fail | Unknown | Verdict::NotApplicable => assert!(!reason.contains(words)),
    }
}
