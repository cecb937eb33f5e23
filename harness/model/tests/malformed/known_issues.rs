//! The errors that known issues can have together.

use super::{GOOD, WORKFLOW, is_seen, said};

#[test]
fn everything_wrong_with_known_issues_is_told_at_once() {
    let case = GOOD.replace(
        "  - { lines: { '3.5': '<3.5.8', '3.6': all }, claims: [ends], shows: { phase: Error } }",
        "  - { lines: { '3.5': '<3.6.0', '3.6.1': all, '3.7': '<=3.7.1' }, claims: [ends], shows: { phase: Error } }\n  \
         - { lines: { '3.5': '<3.5.8', '3.6': all }, claims: [ends, keeps], shows: { phase: Error } }\n  \
         - { lines: { '3.5': '>=3.5.3', '3.6': '<3.6.5' }, claims: [keeps], predicted: yes, shows: { phase: Error } }\n  \
         - { lines: { '3.5': '>=3.5.3', '3.6': '<3.6.5' }, claims: [keeps], shows: { phase: Error } }",
    );
    insta::assert_snapshot!("known_issues_at_once", said(&case, WORKFLOW));
}

/// Entries that name no claim for a common release: other claims, other lines, other releases.
#[rstest::rstest]
#[case("{ lines: { '3.5': '<3.5.8', '3.6': all }, claims: [keeps], shows: { phase: Error } }")]
#[case("{ lines: { '3.7': all }, claims: [ends], predicted: true, shows: { phase: Error } }")]
#[case("{ lines: { '3.5': '>=3.5.8' }, claims: [ends], shows: { phase: Error } }")]
fn entries_without_an_overlap_are_good(#[case] another: &str) {
    let case = GOOD.replacen("\nsteps:", &format!("\n  - {another}\nsteps:"), 1);
    assert_eq!(said(&case, WORKFLOW), "no complaint: 1 cases");
    assert!(!is_seen(&case));
}

/// An entry declares the releases of its settings alone.
#[rstest::rstest]
#[case::other_settings("ha", "no complaint")]
#[case::the_same_settings("defaults", "case.yaml")]
#[case::no_settings("hal", "case.yaml")]
fn entries_of_settings(#[case] settings: &str, #[case] begin: &str) {
    let of = |settings: &str| {
        format!(
            "  - {{ lines: {{ '3.5': '<3.5.8' }}, claims: [ends], shows: {{ phase: Error }}, \
             settings: {settings} }}\n"
        )
    };
    let was =
        "  - { lines: { '3.5': '<3.5.8', '3.6': all }, claims: [ends], shows: { phase: Error } }\n";
    let case = GOOD.replacen(was, &(of("defaults") + &of(settings)), 1);
    let said = said(&case, WORKFLOW);
    assert!(said.contains(begin), "{said}");
    let told = ["two entries declare the claim `ends`", "no settings is called `hal`"];
    assert_eq!(told.iter().any(|words| said.contains(words)), begin == "case.yaml", "{said}");
    assert_eq!(is_seen(&case), settings == "hal");
}

/// The component decides whether an installation of a pair can have a release of a line.
#[rstest::rstest]
#[case::other_controllers("workflow-controller", "{ from: all, to: '>=3.5.8 <3.6.0' }", true)]
#[case::affected_controllers("workflow-controller", "{ from: '<3.0.0', to: '<=3.5.8' }", false)]
#[case::other_executors("argoexec", "{ from: '>=3.7.0', to: all }", true)]
#[case::affected_executors("argoexec", "{ from: '>=3.6.5', to: '<3.0.0' }", false)]
#[case::any_program("argo", "{ from: '>=4.0.0', to: '>=4.0.0' }", false)]
fn pairs_beside_lines(#[case] component: &str, #[case] pair: &str, #[case] is_good: bool) {
    let another = format!("{{ pairs: [{pair}], claims: [ends], shows: {{ phase: Error }} }}");
    let case = GOOD.replacen("\nsteps:", &format!("\n  - {another}\nsteps:"), 1);
    let case = case.replacen("component: argo", &format!("component: {component}"), 1);
    assert_eq!(said(&case, WORKFLOW).starts_with("no complaint"), is_good);
    assert!(!is_seen(&case));
}

#[test]
fn two_entries_of_one_pair_are_told() {
    let pair =
        "{ pairs: [{ from: '<=3.5.1', to: '>=3.5.3' }], claims: [keeps], shows: { phase: Error } }";
    let case = GOOD.replacen("\nsteps:", &format!("\n  - {pair}\n  - {pair}\nsteps:"), 1);
    insta::assert_snapshot!("overlap_of_pairs", said(&case, WORKFLOW));
}
