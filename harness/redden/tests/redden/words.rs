//! What is said of a score.

use model::verdict::Outcome;
use redden::{Base, ClaimScore, Hit, Intent, Score, words};

fn hit(operator: &'static str, intent: Intent, outcome: Outcome) -> Hit {
    Hit { operator, intent, outcome, because: String::new() }
}

fn claim(id: &str, hits: Vec<Hit>) -> ClaimScore {
    ClaimScore { claim: id.to_owned(), hits }
}

#[test]
fn each_claim_with_what_killed_it_or_what_it_survives() {
    let unseen = hit("gap", Intent::Unknown, Outcome::Unknown);
    let claims = vec![
        claim(
            "killed",
            vec![
                hit("never-completes", Intent::Fail, Outcome::Fail),
                hit("phase-flaps", Intent::Fail, Outcome::Pass),
                unseen.clone(),
            ],
        ),
        claim("too-little", vec![hit("phase-flaps", Intent::Fail, Outcome::Pass), unseen.clone()]),
        claim("nobody's", vec![unseen]),
    ];
    let score = Score { case: "area/one".to_owned(), base: Base::Recorded, claims };
    let lines = words(&[score]);
    assert_eq!(
        lines[..4],
        [
            "area/one",
            "  killed                 never-completes",
            "  too-little             SURVIVES phase-flaps",
            "  nobody's               SURVIVES, for no operator is meant for it",
        ]
    );
}
