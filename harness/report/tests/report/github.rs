use model::verdict::{Outcome, Verdict};
use report::formats::markdown::markdown;
use report::github::{MESSAGE, PER_KIND, annotations, summary};

use crate::samples::{HOSTILE, evidence, finding, hostile, judged, verdict};

#[test]
fn annotations_are_on_the_line_of_the_claim_and_each_failure_is_said_once() {
    insta::assert_snapshot!(annotations(&evidence()));
}

#[test]
fn no_text_becomes_a_command_or_ends_one() {
    let text = annotations(&hostile());
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "an untested version, and a case: {text}");
    assert!(lines[0].ends_with(&HOSTILE.replace('%', "%25").replace('\n', "%0A")), "{text}");
    let (properties, _) = lines[1][2..].split_once("::").expect("a command has two parts");
    assert!(properties.ends_with(&in_property(HOSTILE)), "{properties}");
}

fn in_property(text: &str) -> String {
    let escapes = [('%', "%25"), ('\n', "%0A"), (':', "%3A"), (',', "%2C")];
    escapes.iter().fold(text.to_owned(), |text, (c, escape)| text.replace(*c, escape))
}

#[test]
fn of_more_than_github_shows_the_last_says_how_many() {
    let mut evidence = evidence();
    evidence.run.untested.clear();
    evidence.run.verdicts.clear();
    for number in 0..25 {
        let mut failed = verdict(Verdict::Fail);
        failed.case = format!("area/case-{number}");
        evidence.run.verdicts.push(judged(failed));
    }
    let text = annotations(&evidence);
    assert_eq!(text.lines().count(), PER_KIND);
    let last = text.lines().last().unwrap_or_default();
    assert_eq!(
        last,
        "::error title=argo-conformance%3A and more::16 more of this kind are in the step's summary"
    );
}

#[test]
fn a_long_message_is_shortened_and_says_so() {
    let mut evidence = evidence();
    let mut failed = verdict(Verdict::Fail);
    failed.findings = vec![finding("long", Outcome::Fail, &"§".repeat(2 * MESSAGE))];
    evidence.run.verdicts = vec![judged(failed)];
    let text = annotations(&evidence);
    let line = text.lines().last().unwrap_or_default();
    let message = line.rsplit("::").next().unwrap_or_default().replace("%0A", "\n");
    assert_eq!(message.chars().count(), MESSAGE);
    assert!(message.ends_with("\n… shortened; the whole is in the report"), "{message}");
}

#[test]
fn a_summary_that_fits_is_the_whole_page() {
    let whole = markdown(&evidence());
    assert_eq!(summary(&evidence(), whole.len()), whole);
}

#[test]
fn a_summary_that_does_not_fit_says_what_is_left_out() {
    let whole = markdown(&evidence());
    for limit in [200, 900, 1500, whole.len() - 1] {
        let text = summary(&evidence(), limit);
        assert!(text.len() <= limit, "{} bytes in {limit}", text.len());
        assert!(text.contains("more parts do not fit here"), "{text}");
        let kept = text.split("\n\n").next().unwrap_or_default();
        assert!(whole.starts_with(kept) || kept.contains("more parts"), "{text}");
    }
}
