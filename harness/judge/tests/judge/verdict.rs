//! The table of `verdict`: what was found × what is declared × the stance.

use judge::{KnownIssues, verdict};
use model::case::{Component, Source};
use model::claim::Claims;
use model::fact::WorkflowFact;
use model::history::StepOutcome;
use model::known::{Affected, Extent, KnownIssue};
use model::verdict::{CaseVerdict, Declared, Doubt, Finding, Outcome, ShownSymptom, Verdict};
use model::versions::DecidingVersions;
use model::{Case, Fact, Level, Plan, ReleaseLine, Truth};
use rstest::rstest;
use semver::Version;

use crate::story::{Story, eventually, since, succeeded};

/// A line with a fix, one without, and one that no run has measured.
fn known(declared: &[&str]) -> Vec<KnownIssue> {
    let issue = |lines: &[(&str, u64, Option<u64>)], predicted| KnownIssue {
        extent: Extent::Lines(
            lines.iter().map(|(line, from, until)| affected(line, *from, *until)).collect(),
        ),
        claims: declared.iter().map(|id| (*id).to_owned()).collect(),
        shows: symptom(),
        issue: "https://issue/1".to_owned(),
        rate: None,
        predicted,
        settings: None,
    };
    let measured = issue(&[("3.5", 0, Some(11)), ("3.6", 0, None)], false);
    vec![measured, issue(&[("4.0", 3, Some(9)), ("4.1", 0, None)], true)]
}

/// The symptom of each of them.
fn symptom() -> Fact {
    Fact::Workflow(WorkflowFact::Phase(vec!["Running".to_owned()]))
}

fn affected(line: &str, from: u64, until: Option<u64>) -> (ReleaseLine, Affected) {
    let line = line.parse().expect("as written above");
    (line, Affected::new(line, from, until).expect("as written above"))
}

pub(crate) fn case(claims: &[Finding], declared: &[&str]) -> Case {
    let claims =
        claims.iter().map(|f| model::Claim { id: f.claim.clone(), ..eventually(succeeded(), 1) });
    let id = "area/case".to_owned();
    Case {
        id: id.clone(),
        title: String::new(),
        why: String::new(),
        level: Level::Core,
        component: Component::Controller,
        applies: None,
        broken: known(declared),
        overlays: Vec::new(),
        plan: Plan {
            case: id,
            workflow: serde_json::Value::Null,
            steps: Vec::new(),
            expects: Vec::new(),
        },
        claims: Claims { claims: claims.collect(), ..Claims::default() },
        source: Source { directory: std::path::PathBuf::new(), files: Vec::new() },
    }
}

/// Claims a, b, … with these outcomes, by letter: p(ass), u(nknown), n(ot reached), f(ail). A
/// failure shows the symptom; without the symptom it is x, and ? if the symptom cannot be told.
pub(crate) fn found(outcomes: &str) -> Vec<Finding> {
    let shown = |truth| {
        let symptom = symptom().to_string();
        vec![ShownSymptom { symptom, truth, state: "phase Odd".to_owned() }]
    };
    let finding = |(id, letter): (char, char)| Finding {
        claim: id.to_string(),
        words: String::new(),
        outcome: match letter {
            'p' => Outcome::Pass,
            'f' | 'x' | '?' => Outcome::Fail,
            'u' => Outcome::Unknown(Doubt::Gap),
            _ => Outcome::NotReached,
        },
        reason: format!("why {id}").into(),
        events: Vec::new(),
        decided_at: None,
        unobserved: Vec::new(),
        symptoms: match letter {
            'f' => shown(Truth::True),
            'x' => shown(Truth::False),
            '?' => shown(Truth::Unknown),
            _ => Vec::new(),
        },
    };
    ('a'..='z').zip(outcomes.chars()).map(finding).collect()
}

/// All components of one version.
fn of_one(major: u64, minor: u64, patch: u64) -> DecidingVersions {
    DecidingVersions::all(&Version::new(major, minor, patch))
}

fn judged(outcomes: &str, declared: &[&str], stance: KnownIssues) -> CaseVerdict {
    let findings = found(outcomes);
    let case = case(&findings, declared);
    verdict(&case, &of_one(3, 5, 10), findings, stance)
}

use Verdict::{Fail, Fixed, KnownIssue as Known, Pass, Unknown};

#[rstest]
// Nothing declared: the stance does not matter.
#[case("", &[], Unknown, Unknown)]
#[case("pp", &[], Pass, Pass)]
#[case("pf", &[], Fail, Fail)]
#[case("pu", &[], Unknown, Unknown)]
#[case("fu", &[], Fail, Fail)]
#[case("fn", &[], Fail, Fail)]
#[case("pn", &[], Unknown, Unknown)]
#[case("nn", &[], Unknown, Unknown)]
#[case("nu", &[], Unknown, Unknown)]
// One claim declared.
#[case("fp", &["a"], Fail, Known)]
#[case("ff", &["a"], Fail, Fail)]
#[case("fu", &["a"], Fail, Unknown)]
#[case("fn", &["a"], Fail, Known)]
#[case("pp", &["a"], Pass, Fixed)]
#[case("pf", &["a"], Fail, Fail)]
#[case("pu", &["a"], Unknown, Unknown)]
#[case("pn", &["a"], Unknown, Unknown)]
#[case("up", &["a"], Unknown, Unknown)]
#[case("uf", &["a"], Fail, Fail)]
#[case("un", &["a"], Unknown, Unknown)]
#[case("np", &["a"], Unknown, Unknown)]
#[case("nf", &["a"], Fail, Fail)]
#[case("nn", &["a"], Unknown, Unknown)]
// Two claims declared.
#[case("ff", &["a", "b"], Fail, Known)]
#[case("fn", &["a", "b"], Fail, Known)]
#[case("fnn", &["a", "b"], Fail, Known)]
#[case("fu", &["a", "b"], Fail, Unknown)]
#[case("fp", &["a", "b"], Fail, Fixed)]
#[case("fpn", &["a", "b"], Fail, Fixed)]
#[case("fpf", &["a", "b"], Fail, Fail)]
#[case("fpu", &["a", "b"], Fail, Unknown)]
#[case("pp", &["a", "b"], Pass, Fixed)]
#[case("pn", &["a", "b"], Unknown, Unknown)]
// Without the symptom, a failure is not the known one.
#[case("x", &[], Fail, Fail)]
#[case("xp", &["a"], Fail, Fail)]
#[case("xn", &["a"], Fail, Fail)]
#[case("xu", &["a"], Fail, Fail)]
#[case("fx", &["a", "b"], Fail, Fail)]
#[case("xp", &["a", "b"], Fail, Fail)]
// With a symptom that cannot be told, a failure may be the known one.
#[case("?", &[], Fail, Fail)]
#[case("?p", &["a"], Fail, Unknown)]
#[case("?n", &["a"], Fail, Unknown)]
#[case("?f", &["a"], Fail, Fail)]
#[case("?x", &["a", "b"], Fail, Fail)]
#[case("f?", &["a", "b"], Fail, Unknown)]
#[case("?p", &["a", "b"], Fail, Unknown)]
// A declared claim that was not judged.
#[case("p", &["z"], Unknown, Unknown)]
#[case("ff", &["a", "b", "z"], Fail, Unknown)]
fn the_matrix(
    #[case] outcomes: &str,
    #[case] declared: &[&str],
    #[case] strict: Verdict,
    #[case] expecting: Verdict,
) {
    let verdict = judged(outcomes, declared, KnownIssues::Fail);
    assert_eq!(verdict.verdict, strict, "{verdict:?}");
    let verdict = judged(outcomes, declared, KnownIssues::Expect);
    assert_eq!(verdict.verdict, expecting, "{verdict:?}");
}

/// A claim that fails in some runs shows no fix when it passes.
#[rstest]
#[case("pp", &["a"], Pass)]
#[case("fp", &["a"], Known)]
#[case("fp", &["a", "b"], Known)]
#[case("pf", &["a"], Fail)]
#[case("pu", &["a"], Unknown)]
fn a_claim_with_a_rate(
    #[case] outcomes: &str,
    #[case] declared: &[&str],
    #[case] expected: Verdict,
) {
    let mut case = case(&found(outcomes), declared);
    case.broken.iter_mut().for_each(|issue| issue.rate = Some("2 of 3 runs".to_owned()));
    let verdict = verdict(&case, &of_one(3, 5, 10), found(outcomes), KnownIssues::Expect);
    assert_eq!(verdict.verdict, expected, "{verdict:?}");
    let says = "all 2 claims hold; claim a is declared to fail in 2 of 3 runs";
    assert_eq!(verdict.reason.raw() == says, expected == Pass, "{verdict:?}");
}

#[test]
fn a_claim_of_the_case_without_a_finding_is_unknown() {
    let case = case(&found("pp"), &[]);
    let verdict = verdict(&case, &of_one(3, 5, 10), found("p"), KnownIssues::Expect);
    assert_eq!((verdict.verdict, verdict.reason.raw()), (Unknown, "claim b was not judged"));
}

#[test]
fn a_symptom_that_was_not_asked_is_unknown() {
    let mut findings = found("f");
    findings[0].symptoms[0].symptom = "the symptom of another issue".to_owned();
    let case = case(&findings, &["a"]);
    let verdict = verdict(&case, &of_one(3, 5, 10), findings, KnownIssues::Expect);
    assert_eq!(verdict.verdict, Unknown, "{verdict:?}");
}

#[test]
fn a_declaration_for_other_versions_is_none() {
    let case = case(&found("fp"), &["a"]);
    let verdict = verdict(&case, &of_one(3, 5, 11), found("fp"), KnownIssues::Expect);
    assert_eq!((verdict.verdict, verdict.known_issue), (Fail, None));
    assert_eq!(verdict.argo, "3.5.11");
}

#[rstest]
#[case("fp", &["a"], KnownIssues::Fail, true)]
#[case("fp", &["a"], KnownIssues::Expect, true)]
#[case("fn", &["a"], KnownIssues::Fail, true)]
#[case("pp", &["a"], KnownIssues::Expect, true)]
#[case("pp", &["a"], KnownIssues::Fail, false)]
#[case("ff", &["a"], KnownIssues::Fail, false)]
#[case("fu", &["a"], KnownIssues::Fail, false)]
#[case("fp", &["a", "b"], KnownIssues::Fail, false)]
#[case("ff", &["a"], KnownIssues::Expect, false)]
fn the_note_is_there_where_it_explains(
    #[case] outcomes: &str,
    #[case] declared: &[&str],
    #[case] stance: KnownIssues,
    #[case] expected: bool,
) {
    let verdict = judged(outcomes, declared, stance);
    assert_eq!(verdict.known_issue.is_some(), expected, "{verdict:?}");
}

#[test]
fn the_note_says_what_is_declared() {
    let note = judged("fp", &["a"], KnownIssues::Expect).known_issue.expect("as written above");
    assert_eq!(note.issue, "https://issue/1");
    let Declared::Line { line, releases, fixed_in, fixed_elsewhere } = note.declared else {
        panic!("lines are declared")
    };
    assert_eq!((line.as_str(), releases.as_str()), ("3.5", "<3.5.11"));
    assert_eq!(fixed_in.as_deref(), Some("3.5.11"));
    assert_eq!(fixed_elsewhere, ["4.0.9"], "of the other entry for the same claims");
    assert!(!note.predicted);
    assert_eq!(note.claims, ["a"]);
}

#[test]
#[expect(clippy::too_many_lines, reason = "the lines are those of a golden")]
fn reasons() {
    let reason =
        |outcomes, declared, stance| judged(outcomes, declared, stance).reason.raw().to_owned();
    let cases: [(&str, &[&str]); 14] = [
        ("", &[]),
        ("p", &[]),
        ("pp", &[]),
        ("fpf", &[]),
        ("pu", &[]),
        ("pn", &[]),
        ("fp", &["a"]),
        ("fn", &["a"]),
        ("ff", &["a"]),
        ("fu", &["a"]),
        ("pp", &["a"]),
        ("fp", &["a", "b"]),
        ("xf", &["a", "b"]),
        ("?p", &["a"]),
    ];
    let lines = cases.map(|(outcomes, declared)| {
        let strict = reason(outcomes, declared, KnownIssues::Fail);
        let expecting = reason(outcomes, declared, KnownIssues::Expect);
        let text = format!("{outcomes} {declared:?}\n  fail: {strict}\n  expect: {expecting}");
        text.replace("; ", ";\n    ")
    });
    insta::assert_snapshot!(lines.join("\n"), @r#"
     []
      fail: nothing was claimed
      expect: nothing was claimed
    p []
      fail: the claim holds
      expect: the claim holds
    pp []
      fail: all 2 claims hold
      expect: all 2 claims hold
    fpf []
      fail: claim a failed: why a;
        so did c
      expect: claim a failed: why a;
        so did c
    pu []
      fail: claim b is unknown: why b
      expect: claim b is unknown: why b
    pn []
      fail: claim b was not reached and nothing failed: why b
      expect: claim b was not reached and nothing failed: why b
    fp ["a"]
      fail: known issue, fixed in 3.5.11: https://issue/1
      expect: known issue, fixed in 3.5.11: https://issue/1
    fn ["a"]
      fail: known issue, fixed in 3.5.11: https://issue/1;
        as the plan stopped there, not reached: b
      expect: known issue, fixed in 3.5.11: https://issue/1;
        as the plan stopped there, not reached: b
    ff ["a"]
      fail: claim b failed: why b;
        a failed as declared (https://issue/1)
      expect: claim b failed: why b;
        a failed as declared (https://issue/1)
    fu ["a"]
      fail: claim a failed: why a (known issue, fixed in 3.5.11: https://issue/1);
        besides, claim b is unknown: why b
      expect: claim b is unknown: why b
    pp ["a"]
      fail: all 2 claims hold;
        claim a is declared to fail in 3.5 (<3.5.11) and passes: correct the declaration
      expect: claim a is declared to fail in 3.5 (<3.5.11) and passes: correct the declaration
    fp ["a", "b"]
      fail: known issue, fixed in 3.5.11: https://issue/1;
        but claim b is declared to fail in 3.5 (<3.5.11) and passes: correct the declaration
      expect: claim b is declared to fail in 3.5 (<3.5.11) and passes: correct the declaration
    xf ["a", "b"]
      fail: claim a failed: why a;
        the symptom of the known issue is missing: the workflow's phase is Running;
        instead: phase Odd;
        b failed as declared (https://issue/1)
      expect: claim a failed: why a;
        the symptom of the known issue is missing: the workflow's phase is Running;
        instead: phase Odd;
        b failed as declared (https://issue/1)
    ?p ["a"]
      fail: claim a failed: why a (known issue, fixed in 3.5.11: https://issue/1);
        besides, claim a failed as declared, but it cannot be told whether the workflow's phase is Running: phase Odd
      expect: claim a failed as declared, but it cannot be told whether the workflow's phase is Running: phase Odd
    "#);
}

/// The words of the known issue on a version on which it shows.
#[rstest]
#[case::fixed_in_the_line("3.5.10", "known issue, fixed in 3.5.11")]
#[case::a_tree("3.5.10+tree.ab12", "known issue, fixed in 3.5.11")]
#[case::open_in_the_line("3.6.19", "known issue, open in 3.6, fixed in 3.5.11, 4.0.9")]
#[case::predicted("4.0.5", "known issue (predicted), fixed in 4.0.9")]
#[case::predicted_and_open("4.1.2", "known issue (predicted), open in 4.1, fixed in 3.5.11, 4.0.9")]
fn the_fix_is_that_of_the_line_of_the_version(#[case] version: &str, #[case] words: &str) {
    let case = case(&found("f"), &["a"]);
    let versions = DecidingVersions::all(&version.parse().expect("a version"));
    let verdict = verdict(&case, &versions, found("f"), KnownIssues::Fail);
    assert_eq!(verdict.reason, format!("{words}: https://issue/1"));
    assert_eq!(verdict.reason, verdict.known_issue.expect("it explains").to_string());
}

#[test]
fn a_line_is_fixed_when_no_later_release_fails_a_claim_of_the_issue() {
    let mut case = case(&found("f"), &["a"]);
    let mut later = case.broken[0].clone();
    later.extent = Extent::Lines([affected("3.5", 11, Some(14))].into());
    later.claims.push("b".to_owned());
    case.broken.push(later);
    let verdict = verdict(&case, &of_one(3, 5, 10), found("f"), KnownIssues::Fail);
    assert_eq!(verdict.reason, "known issue, fixed in 3.5.14: https://issue/1");
}

#[test]
fn a_predicted_failure_that_passes_corrects_the_prediction() {
    let case = case(&found("p"), &["a"]);
    let verdict = verdict(&case, &of_one(4, 0, 5), found("p"), KnownIssues::Expect);
    assert_eq!(verdict.verdict, Fixed);
    let words = "claim a is predicted to fail in 4.0 (>=4.0.3 <4.0.9) and passes: correct the \
                 declaration";
    assert_eq!(verdict.reason, words);
}

#[test]
fn a_refused_step_is_no_part_of_a_known_issue() {
    let refused = StepOutcome::Refused("admission webhook denied the request".to_owned());
    let story = Story::submitted().done("await").step("delete", refused).at(9_000).ended();
    let claim = since(eventually(succeeded(), 1), "delete");
    let finding = story.judge(claim);
    let mut findings = found("fp");
    findings[1] = Finding { claim: "b".to_owned(), ..finding };
    let case = case(&findings, &["a"]);
    let verdict = verdict(&case, &of_one(3, 5, 10), findings, KnownIssues::Expect);
    assert_eq!(verdict.verdict, Unknown, "{verdict:?}");
    assert!(verdict.reason.contains("webhook"), "{verdict:?}");
}
