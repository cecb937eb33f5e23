use provision::git::repository::Link;

use super::*;
use crate::bisect::record::{Outcome, Question};

/// Commits of which these change what is built; the last one passes.
fn range(built: &[bool]) -> Range {
    let link = |(number, built): (usize, &bool)| Link {
        commit: number.to_string().repeat(40),
        subject: format!("{}: number {number}", if *built { "fix" } else { "docs" }),
        files: Vec::new(),
    };
    let commits: Vec<Link> = built.iter().enumerate().map(link).collect();
    let (first, last) = (&commits[0].commit, &commits[built.len() - 1].commit);
    Range {
        good: last.clone(),
        bad: first.clone(),
        tried: (0..built.len()).filter(|at| built[*at]).collect(),
        commits,
        merged: 0,
    }
}

fn record(range: &Range, tries: &[(usize, Outcome)]) -> Record {
    let (good, bad) = (range.good.clone(), range.bad.clone());
    let text = str::to_owned;
    let question =
        Question { case: text("a/b"), case_sha256: text("00"), good, bad, settings: text("fast") };
    let mut record = Record::new(question);
    for (number, (place, outcome)) in tries.iter().enumerate() {
        let failed = *outcome == Outcome::Fail;
        record.tries.push(Try {
            commit: range.commits[*place].commit.clone(),
            outcome: *outcome,
            reason: String::new(),
            failed: if failed { vec![text("completes"), text("keeps")] } else { Vec::new() },
            history: Some(format!("try-{}/history.jsonl", number + 1)),
            elapsed_ms: 81_000,
        });
    }
    record
}

#[test]
fn the_commit_and_the_evidence_of_both_sides() {
    let range = range(&[true, true, false, true, true, false, true]);
    let tries = [(6, Outcome::Pass), (0, Outcome::Fail), (3, Outcome::Pass), (1, Outcome::Fail)];
    let found = Found { last: 1, first: 2, between: Vec::new() };
    insta::assert_snapshot!(words(&range, &record(&range, &tries), &found), @r"
    000000000000  fail               81 s  fix: number 0
    111111111111  fail               81 s  fix: number 1
    222222222222  as its parent            docs: number 2
    333333333333  pass               81 s  fix: number 3
    666666666666  pass               81 s  fix: number 6
    4 attempts in 324 s; 1 commits not needed, 2 without a change of the build
    fixed by 3333333333333333333333333333333333333333
      subject  fix: number 3
      before   111111111111  fail, failed claims: completes, keeps; history try-4/history.jsonl
      after    333333333333  pass; history try-3/history.jsonl
    ");
}

#[test]
fn a_range_remains_where_commits_tell_nothing() {
    let range = range(&[true, true, true, true]);
    let unknown = (2, Outcome::Unknown);
    let tries =
        [(3, Outcome::Pass), (0, Outcome::Fail), (1, Outcome::NotBuilt), unknown, unknown, unknown];
    let found = Found { last: 0, first: 3, between: vec![1, 2] };
    insta::assert_snapshot!(words(&range, &record(&range, &tries), &found), @r"
    000000000000  fail               81 s  fix: number 0
    111111111111  not built          81 s  fix: number 1
    222222222222  unknown            81 s  fix: number 2
    222222222222  unknown            81 s  fix: number 2
    222222222222  unknown            81 s  fix: number 2
    333333333333  pass               81 s  fix: number 3
    6 attempts in 486 s; 0 commits not needed, 0 without a change of the build
    fixed by one of 3 commits after 0000000000000000000000000000000000000000, up to 3333333333333333333333333333333333333333; 2 of them gave no verdict
      before   000000000000  fail, failed claims: completes, keeps; history try-2/history.jsonl
      after    333333333333  pass; history try-1/history.jsonl
    ");
}
