//! The truth tables of the other modalities, as small stories. Each moment is 1 s.
//!
//! A story is a string. The letter at each second says which facts are true then. `.` stands for no
//! fact, `f` for the fact, `g` for the other fact, `b` for both. `?` stands for a workflow without
//! such a node. `!` stands for a gap and the relist after it. `x` stands for an unhealthy part. `|`
//! ends the history; a story without `|` breaks off.

use std::time::Duration;

use model::claim::{Claim, Modality};
use model::fact::NodesFact;
use model::fact::{Count, Fact, NodeFact};
use model::history::{Change, Part};
use model::verdict::{Doubt, Outcome};
use rstest::rstest;
use serde_json::json;

use crate::story::{Story, always, eventually, never};

/// The fact, or the other one.
fn fact(name: &str) -> Fact {
    let phase = Some(vec!["Succeeded".to_owned()]);
    let (message, started_as_at) = (None, None);
    Fact::Nodes(NodesFact::Node(NodeFact { name: name.to_owned(), phase, message, started_as_at }))
}

fn f() -> Fact {
    fact("f")
}

fn g() -> Fact {
    fact("g")
}

/// The story whose first letter is what is seen when the window opens, at 1s.
fn story(letters: &str) -> Story {
    let mut story = Story::new().well_until(1_000);
    let mut before = '?';
    for (index, letter) in letters.chars().enumerate() {
        let now = 1_000 * (index as u64 + 1);
        story = if index > 0 { story.at(now - 500).marked_all() } else { story };
        story = story.at(now);
        story = match letter {
            '!' => seen(story.gap(), before).marked_all(),
            'x' => story.troubled(Part::Controller),
            '|' => return story.well_but(None).ended(),
            _ => seen(story, letter).well_but(None),
        };
        if index == 0 {
            story = story.done("submit");
        }
        before = if ".fgb?".contains(letter) { letter } else { before };
    }
    story
}

fn seen(story: Story, letter: char) -> Story {
    let phase = |so: bool| if so { "Succeeded" } else { "Running" };
    let node =
        |name: &str, so: bool| json!({ "id": name, "displayName": name, "phase": phase(so) });
    let nodes = match letter {
        '?' => json!({}),
        _ => {
            json!({ "f": node("f", "fb".contains(letter)), "g": node("g", "gb".contains(letter)) })
        }
    };
    story.workflow(Change::Modified, &json!({ "status": { "nodes": nodes } }))
}

fn outcome(letters: &str, claim: Claim) -> Outcome {
    let finding = story(letters).judge(claim);
    finding.outcome
}

const PASS: Outcome = Outcome::Pass;
const FAIL: Outcome = Outcome::Fail;

const fn unknown(doubt: Doubt) -> Outcome {
    Outcome::Unknown(doubt)
}

fn claim(modality: Modality, fact: Fact) -> Claim {
    Claim { modality, ..eventually(fact, 1) }
}

#[rstest]
#[case::released("ffg.|", PASS)]
#[case::released_at_the_deadline("fffg...|", PASS)]
#[case::both_at_the_end("ffb.|", PASS)]
#[case::broken("f.g|", FAIL)]
#[case::broken_at_the_opening(".fg|", FAIL)]
#[case::never_released("fffffff|", FAIL)]
#[case::released_too_late("ffffffg|", FAIL)]
#[case::never_released_in_trouble("ffxfffff|", unknown(Doubt::Environment))]
#[case::released_after_a_gap("f!g...|", unknown(Doubt::Gap))]
#[case::released_at_once("g|", unknown(Doubt::NeverEvaluated))]
#[case::broken_after_the_release("ffg..|", PASS)]
#[case::ends_before("ff|", unknown(Doubt::HistoryTooShort))]
fn until(#[case] letters: &str, #[case] expected: Outcome) {
    let until = Modality::Until { until: g(), within: Duration::from_secs(3) };
    assert_eq!(outcome(letters, claim(until, f())), expected);
}

#[rstest]
#[case::answered("g.f.|", PASS)]
#[case::answered_at_the_same_moment(".b..|", PASS)]
#[case::answered_at_the_end_of_its_time("g..f...|", PASS)]
#[case::already_true(".f.b.|", PASS)]
#[case::twice("gf.gf|", PASS)]
#[case::answered_too_late("g...f...|", FAIL)]
#[case::the_second_is_not("gf.g.....|", FAIL)]
#[case::never("g......|", FAIL)]
#[case::never_in_trouble("gx.....|", unknown(Doubt::Environment))]
#[case::never_in_a_gap("g!.....|", unknown(Doubt::Gap))]
#[case::answered_but_a_gap("gf!..|", unknown(Doubt::Gap))]
#[case::not_triggered("..f..|", unknown(Doubt::NeverEvaluated))]
#[case::waiting_at_the_end("g.|", unknown(Doubt::HistoryTooShort))]
#[case::breaks_off("gf..", unknown(Doubt::HistoryTooShort))]
#[case::a_pause_in_the_dark_is_no_trigger("b?g...|", PASS)]
fn leads_to(#[case] letters: &str, #[case] expected: Outcome) {
    let leads = Modality::LeadsTo { trigger: g(), within: Duration::from_secs(3) };
    assert_eq!(outcome(letters, claim(leads, f())), expected);
}

#[rstest]
#[case::once(".f..|", Count::Exactly(1), PASS)]
#[case::true_at_the_opening("f...|", Count::Exactly(1), PASS)]
#[case::twice(".f.f|", Count::Exactly(1), FAIL)]
#[case::twice_is_what_was_asked(".f.f|", Count::Exactly(2), PASS)]
#[case::never("....|", Count::Exactly(1), FAIL)]
#[case::never_in_trouble("..x.|", Count::Exactly(1), unknown(Doubt::Environment))]
#[case::once_but_a_gap(".f!.|", Count::Exactly(1), unknown(Doubt::Gap))]
#[case::twice_in_a_gap(".f!.f|", Count::Exactly(1), FAIL)]
#[case::at_most(".f.f|", Count::AtMost(2), PASS)]
#[case::more_than_at_most("f.f.f|", Count::AtMost(2), FAIL)]
#[case::at_least("f.f!", Count::AtLeast(2), PASS)]
#[case::fewer_than_at_least("f...|", Count::AtLeast(2), FAIL)]
#[case::fewer_and_true_after_trouble("fxff|", Count::AtLeast(2), unknown(Doubt::Environment))]
#[case::fewer_and_true_after_a_gap("f!ff|", Count::AtLeast(2), unknown(Doubt::Gap))]
#[case::a_pause_in_the_dark_is_no_end("f?ff|", Count::Exactly(1), PASS)]
#[case::never_told("????|", Count::AtMost(1), unknown(Doubt::NodeNeverExisted))]
#[case::breaks_off(".f..", Count::Exactly(1), unknown(Doubt::HistoryTooShort))]
fn happens(#[case] letters: &str, #[case] times: Count, #[case] expected: Outcome) {
    assert_eq!(outcome(letters, claim(Modality::Happens { times, within: None }, f())), expected);
}

#[rstest]
#[case::too_many_are_after_the_window(".f...f|", PASS)]
#[case::the_first_is_after_the_window(".....f|", FAIL)]
fn happens_within(#[case] letters: &str, #[case] expected: Outcome) {
    let times = Count::Exactly(1);
    let within = Some(Duration::from_secs(3));
    assert_eq!(outcome(letters, claim(Modality::Happens { times, within }, f())), expected);
}

#[rstest]
#[case::long_enough(".ffff|", PASS)]
#[case::from_the_opening("ffff|", PASS)]
#[case::from_the_deadline_on("...ffff|", PASS)]
#[case::too_short(".ff....|", FAIL)]
#[case::the_second_time(".f.ffff|", PASS)]
#[case::begins_after_the_deadline("....fff|", FAIL)]
#[case::never("......|", FAIL)]
#[case::never_in_trouble("..x...|", unknown(Doubt::Environment))]
#[case::with_a_gap(".f!fff|", unknown(Doubt::NeverEvaluated))]
#[case::after_a_gap(".!ffff|", unknown(Doubt::Gap))]
#[case::in_the_dark(".f?f.|", unknown(Doubt::NeverEvaluated))]
#[case::to_the_end_of_the_history(".ff|", unknown(Doubt::HistoryTooShort))]
#[case::ends_too_soon(".f|", unknown(Doubt::HistoryTooShort))]
#[case::ends_too_soon_after_the_deadline("...f|", unknown(Doubt::HistoryTooShort))]
fn eventually_for(#[case] letters: &str, #[case] expected: Outcome) {
    let (within, lasting) = (Duration::from_secs(3), Some(Duration::from_secs(2)));
    let lasting = Modality::Eventually { within, lasting };
    assert_eq!(outcome(letters, claim(lasting, f())), expected);
}

#[rstest]
#[case::first(".f.g|", PASS)]
#[case::both_at_once("..b|", unknown(Doubt::Order))]
#[case::second("..g.f|", FAIL)]
#[case::neither(".......|", FAIL)]
#[case::second_in_trouble(".xg.|", unknown(Doubt::Environment))]
#[case::second_after_a_gap(".!g.|", unknown(Doubt::Gap))]
fn eventually_before(#[case] letters: &str, #[case] expected: Outcome) {
    let claim = Claim { before: Some(g()), ..eventually(f(), 5) };
    assert_eq!(outcome(letters, claim), expected);
}

#[rstest]
#[case::after_it("..g.f|", PASS)]
#[case::before_it(".f.g|", FAIL)]
#[case::both_at_once("..b.|", PASS)]
#[case::it_never_comes("....|", PASS)]
#[case::at_once("g..|", unknown(Doubt::NeverEvaluated))]
#[case::a_gap_before_it(".!g.|", unknown(Doubt::Gap))]
#[case::a_gap_after_it("..g!|", PASS)]
fn never_before(#[case] letters: &str, #[case] expected: Outcome) {
    let claim = Claim { before: Some(g()), ..never(f(), None) };
    assert_eq!(outcome(letters, claim), expected);
}

#[rstest]
#[case::holds_from_then_on("..b.f|", FAIL)]
#[case::holds_always("..bbfff|", PASS)]
#[case::holds_for_less_than_the_floor("..bb|", unknown(Doubt::HistoryTooShort))]
#[case::does_not_hold_before("...bfff|", PASS)]
#[case::it_never_comes("ffff|", unknown(Doubt::NeverEvaluated))]
#[case::a_gap_before_it("!.bfff|", PASS)]
#[case::a_gap_after_it(".b!f|", unknown(Doubt::Gap))]
fn always_after(#[case] letters: &str, #[case] expected: Outcome) {
    let claim = Claim { after: Some(g()), ..always(f(), None) };
    assert_eq!(outcome(letters, claim), expected);
}

#[rstest]
#[case::in_time("...g.f|", PASS)]
#[case::before_it_does_not_count(".f.g......|", FAIL)]
#[case::too_late("g.....f|", FAIL)]
fn eventually_after(#[case] letters: &str, #[case] expected: Outcome) {
    let claim = Claim { after: Some(g()), ..eventually(f(), 3) };
    assert_eq!(outcome(letters, claim), expected);
}
