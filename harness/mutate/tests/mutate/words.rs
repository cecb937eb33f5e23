//! Tests of the words of a score.

use model::verdict::{Doubt, Outcome};
use mutate::{Base, ClaimScore, Hit, Intent, PartScore, Score, Total, words};

fn hit(operator: &'static str, intent: Intent, outcome: Outcome) -> Hit {
    Hit { operator, intent, outcome, reason: model::Untrusted::default() }
}

fn claim(id: &str, hits: Vec<Hit>) -> ClaimScore {
    ClaimScore { claim: id.to_owned(), hits, leaves: Vec::new() }
}

#[test]
fn each_claim_with_what_killed_it_or_what_it_survives() {
    let unseen = hit("gap", Intent::Unknown, Outcome::Unknown(Doubt::Gap));
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
    let score = Score {
        case: "area/one".to_owned(),
        base: Base::Recorded,
        claims,
        requirements: Vec::new(),
        symptoms: Vec::new(),
    };
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

#[test]
fn each_leaf_of_several_and_each_requirement_with_what_shows_it() {
    let part = |part: &str, by: Option<&str>| PartScore {
        part: part.to_owned(),
        by: by.map(str::to_owned),
    };
    let leaves = vec![part("phase Succeeded", Some("fails-instead")), part("no object", None)];
    let claims = vec![ClaimScore { leaves, ..claim("both", Vec::new()) }];
    let requirements = vec![part("a pod", Some("one-pod-unseen")), part("any pods", None)];
    let (case, base) = ("area/one".to_owned(), Base::Recorded);
    let symptoms = vec![part("no pod", Some("pod-lost")), part("any phase", None)];
    let scores = [Score { case, base, claims, requirements, symptoms }];
    assert_eq!(
        words(&scores)[2..10],
        [
            "    phase Succeeded: fails-instead",
            "    no object: DECIDES NOTHING",
            "  requires",
            "    a pod: one-pod-unseen",
            "    any pods: DECIDES NOTHING",
            "  shows",
            "    no pod: pod-lost",
            "    any phase: DECIDES NOTHING",
        ]
    );
    let Total { leaves, deciding, requirements, unmet, symptoms, shown, .. } = Total::of(&scores);
    assert_eq!((leaves, deciding, requirements, unmet), (2, 1, 2, 1));
    assert_eq!((symptoms, shown), (2, 1));
}
