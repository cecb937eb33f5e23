//! The judge on generated histories with random health.
//!
//! The judge must agree with a second evaluator and must keep properties. The second evaluator
//! follows the tables in the judge's documentation, and looks at a whole history at once. The
//! properties follow the evidence rules and evaluate nothing.

mod counts;
mod generated;
mod health;
mod rough;
mod rules;
mod tables;

use judge::{Judge, judge, judge_reader};
use model::claim::{Claims, Modality};
use model::history::{EndReason, History, Reader};
use model::verdict::{Finding, Outcome};
use model::{Event, EventKind, Fact, Truth};
use proptest::prelude::*;

use crate::generated::{Script, claim, fact, script};
use crate::rules::Asked;

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

fn config() -> ProptestConfig {
    ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() }
}

/// The truth of a generated fact at each event.
fn truths(of: &Fact, facts: &[[Truth; 3]]) -> Vec<Truth> {
    let index = (0..3).find(|index| fact(*index) == *of).expect("it is one of three");
    facts.iter().map(|truths| truths[index]).collect()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_finding_is_one_that_the_rules_forbid(
        script in script(),
        claims in prop::collection::vec(claim(), 4),
        trouble in prop::bool::weighted(0.1),
    ) {
        let Script { mut history, facts } = script;
        let claims = Claims { claims, ..Claims::default() };
        for event in &mut history.events {
            if let (EventKind::Ended(reason), true) = (&mut event.kind, trouble) {
                *reason = EndReason::HarnessError("no space".to_owned());
            }
        }
        let is_broken =
            |event: &Event| matches!(event.kind, EventKind::Ended(EndReason::HarnessError(_)));
        let broken = history.events.iter().any(is_broken);
        for (claim, finding) in claims.claims.iter().zip(judge(&claims, &history)) {
            let until = match &claim.modality {
                Modality::Until { until, .. } => Some(until),
                _ => claim.before.as_ref(),
            };
            let asked = Asked {
                claim,
                events: &history.events,
                fact: truths(&claim.fact, &facts),
                after: claim.after.as_ref().map(|after| truths(after, &facts)),
                closing: until.map(|until| truths(until, &facts)),
            };
            let forbidden = asked.forbidden(&finding);
            prop_assert_eq!(
                forbidden, None, "{}\n{:#?}\n{}", claim, finding, history.to_text()
            );
            let decided = matches!(finding.outcome, Outcome::Pass | Outcome::Fail);
            prop_assert!(!(broken && decided), "rule 12: {finding:#?}");
        }
    }

    #[test]
    fn no_count_is_believed_after_a_gap(
        story in counts::story(),
        claims in prop::collection::vec(counts::claim(), 4),
    ) {
        let claims = Claims { claims, ..Claims::default() };
        for (claim, finding) in claims.claims.iter().zip(judge(&claims, &story.history)) {
            let forbidden = story.forbidden(claim, &finding);
            prop_assert_eq!(
                forbidden, None, "{}\n{:#?}\n{}", claim, finding, story.history.to_text()
            );
        }
    }
}

proptest! {
    #![proptest_config(config())]

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
                rough::Rough::of(finding.outcome), expected,
                "{}\n{:#?}\n{}", claim, finding, history.to_text()
            );
        }
        prop_assert_eq!(&online(&claims, &history), &findings, "online is offline");
        let text = history.to_text();
        let reader = Reader::open(text.as_bytes());
        let read = judge_reader(&claims, reader.expect("it has a header"));
        let (read, _) = read.expect("what was written can be read");
        prop_assert_eq!(&read, &findings, "and so is what was written down");
    }
}
