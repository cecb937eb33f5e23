use rstest::rstest;

use super::*;

fn question() -> Question {
    Question {
        case: "retry/keeps".to_owned(),
        case_sha256: "00".to_owned(),
        good: "aa".to_owned(),
        bad: "bb".to_owned(),
        settings: "fast".to_owned(),
    }
}

fn one(commit: &str, outcome: Outcome) -> Try {
    Try {
        commit: commit.to_owned(),
        outcome,
        reason: String::new(),
        failed: Vec::new(),
        history: None,
        elapsed_ms: 3000,
    }
}

#[rstest]
#[case::never(&[], CommitState::TryAgain)]
#[case::passes(&[Outcome::Pass], CommitState::Passes)]
#[case::fails(&[Outcome::Fail], CommitState::Fails)]
#[case::not_built(&[Outcome::NotBuilt], CommitState::Nothing)]
#[case::not_applicable(&[Outcome::NotApplicable], CommitState::Nothing)]
#[case::unknown_twice(&[Outcome::Unknown; 2], CommitState::TryAgain)]
#[case::unknown_thrice(&[Outcome::Unknown; 3], CommitState::Nothing)]
#[case::known_at_last(&[Outcome::Unknown, Outcome::Unknown, Outcome::Fail], CommitState::Fails)]
fn tries_of_a_commit(#[case] outcomes: &[Outcome], #[case] state: CommitState) {
    let mut record = Record::new(question());
    record.tries.push(one("another", Outcome::Pass));
    record.tries.extend(outcomes.iter().map(|&outcome| one("this", outcome)));
    assert_eq!(record.state("this"), state);
    assert_eq!(record.mean_seconds(), Some(3));
}

#[test]
fn a_search_goes_on_with_the_same_question_only() {
    let dir = tempfile::tempdir().expect("temporary directory");
    let read = |question: &Question| Record::read(dir.path(), question);
    assert_eq!(read(&question()).expect("readable"), None);
    let mut record = Record::new(question());
    record.tries.push(one("this", Outcome::Unknown));
    record.write(dir.path()).expect("written");
    assert_eq!(read(&question()).expect("readable"), Some(record));
    let other = Question {
        case_sha256: "01".to_owned(),
        bad: "cc".to_owned(),
        settings: "defaults".to_owned(),
        ..question()
    };
    let error = read(&other).expect_err("another question").to_string();
    insta::assert_snapshot!(error.replace(&dir.path().display().to_string(), "DIR"), @r"
    invalid --out: the search in DIR differs in the files of the case, the bad end, the settings
    ");
}
