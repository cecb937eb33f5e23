//! The judge against a second evaluator, which is written from the tables in the judge's
//! documentation and looks at a whole history at once.

mod generated;
mod health;
mod tables;

use judge::{Judge, judge, judge_reader};
use model::claim::Claims;
use model::history::{History, Reader};
use model::verdict::{Finding, Outcome};
use proptest::prelude::*;

use crate::generated::{Script, claim, script};

/// Histories generated; each is judged for four claims.
const CASES: u32 = 10_000;

fn online(claims: &Claims, history: &History) -> Vec<Finding> {
    let mut judge = Judge::new(&history.header, claims);
    for event in &history.events {
        judge.push(event);
        let _ = judge.settled();
    }
    if history.torn { judge.finish_torn() } else { judge.finish() }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: CASES,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_judge_agrees_with_the_tables(
        script in script(),
        claims in prop::collection::vec(claim(), 4),
    ) {
        let Script { history, facts } = script;
        let claims = Claims { claims, ..Claims::default() };
        let findings = judge(&claims, &history);
        for (claim, finding) in claims.claims.iter().zip(&findings) {
            let expected = tables::outcome(claim, &history, &facts);
            prop_assert_eq!(
                finding.outcome, expected,
                "{}\n{:#?}\n{}", claim, finding, history.to_text()
            );
            prop_assert_eq!(finding.doubt.is_some(), finding.outcome == Outcome::Unknown);
        }
        prop_assert_eq!(&online(&claims, &history), &findings, "online is offline");
        let text = history.to_text();
        let reader = Reader::open(text.as_bytes());
        let read = judge_reader(&claims, reader.expect("it has a header"));
        let (read, _) = read.expect("what was written can be read");
        prop_assert_eq!(&read, &findings, "and so is what was written down");
    }
}
