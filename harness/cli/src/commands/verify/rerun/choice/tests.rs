use rstest::rstest;

use super::*;
use crate::commands::verify::rerun::testing::{cases, statement};

/// Five decided verdicts of three cases, and three verdicts that cannot be compared.
const VERDICTS: [(&str, &str, Verdict); 8] = [
    ("a/one", "3.5.10", Verdict::KnownIssue),
    ("a/one", "3.7.18", Verdict::Pass),
    ("a/two", "3.7.18", Verdict::Fail),
    ("b/three", "3.7.18", Verdict::Fixed),
    ("b/three", "4.0.5", Verdict::Pass),
    ("c/unknown", "3.7.18", Verdict::Unknown),
    ("c/elsewhere", "3.7.18", Verdict::NotApplicable),
    ("d/of-nobody", "3.7.18", Verdict::Pass),
];

fn chosen(argo: &[&str], wanted: usize, seed: u64) -> anyhow::Result<Choice> {
    let cases = cases(&["a/one", "a/two", "b/three", "c/unknown", "c/elsewhere"]);
    let argo: Vec<String> = argo.iter().map(|&name| name.to_owned()).collect();
    Choice::of(&statement(&VERDICTS), &cases, &argo, wanted, seed)
}

#[rstest]
#[case::one_of_them(&[], 1, 7, &["a/one"], &["3.5.10", "3.7.18"], 3)]
#[case::two_of_them(&[], 2, 7, &["a/one", "b/three"], &["3.5.10", "3.7.18", "4.0.5"], 3)]
#[case::another_number(&[], 2, 8, &["a/two", "b/three"], &["3.7.18", "4.0.5"], 3)]
#[case::all(&[], 3, 7, &["a/one", "a/two", "b/three"], &["3.5.10", "3.7.18", "4.0.5"], 3)]
#[case::all_of_a_version(&["3.5.10"], 1, 7, &["a/one"], &["3.5.10"], 1)]
#[case::of_two_versions(&["3.5.10", "4.0.5"], 2, 7, &["a/one", "b/three"], &["3.5.10", "4.0.5"], 2)]
fn decided_verdicts_are_chosen_by_the_seed(
    #[case] argo: &[&str],
    #[case] wanted: usize,
    #[case] seed: u64,
    #[case] cases: &[&str],
    #[case] on: &[&str],
    #[case] of: usize,
) {
    let choice = chosen(argo, wanted, seed).expect("there are so many");
    assert_eq!((choice.cases, choice.argo, choice.of), (owned(cases), owned(on), of));
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

#[rstest]
#[case::more_than_there_are(&[], 4, "failed to choose 4 cases: the statement has decided verdicts of 3 cases")]
#[case::of_one(&["3.5.10"], 2, "failed to choose 2 cases: the statement has decided verdicts of 1 case\n")]
#[case::of_no_such_version(&["3.6.5"], 1, "failed to choose 1 cases: the statement has decided verdicts of 0 cases")]
fn too_many_are_an_error_with_the_number(
    #[case] argo: &[&str],
    #[case] wanted: usize,
    #[case] expected: &str,
) {
    let error = chosen(argo, wanted, 7).expect_err("there are not so many");
    let explained = error.downcast_ref::<Error>().expect("explained");
    assert_eq!(explained.code, report::exit::USAGE);
    assert!(explained.text().contains(expected), "{}", explained.text());
}

#[test]
fn each_case_is_chosen_by_some_seed() {
    let found: BTreeSet<String> =
        (0..64).flat_map(|seed| chosen(&[], 1, seed).expect("one").cases).collect();
    assert_eq!(Vec::from_iter(found), ["a/one", "a/two", "b/three"]);
}

#[test]
fn two_seeds_are_not_the_same() {
    assert_ne!(random_seed().expect("a seed"), random_seed().expect("a seed"));
}
