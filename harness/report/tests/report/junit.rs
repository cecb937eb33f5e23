use crate::samples::{HOSTILE, empty, evidence, hostile};

#[test]
fn a_run_in_junit() {
    insta::assert_snapshot!(report::junit(&evidence()));
}

#[test]
fn a_run_of_nothing_is_an_error() {
    let text = report::junit(&empty());
    assert!(
        text.contains(r#"<testsuites name="argo-conformance" tests="1" failures="0" errors="1""#)
    );
    assert!(text.contains("no case ran, which is not a pass"), "{text}");
}

#[test]
fn what_xml_cannot_hold_is_shown_and_markup_is_text() {
    let text = report::junit(&hostile());
    assert!(!text.contains(HOSTILE) && !text.contains("<script>") && !text.contains("]]>"));
    assert!(text.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;"), "{text}");
    assert!(text.contains(r"\u{1b}[31m\u{0}"), "{text}");
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
}

#[test]
fn a_case_tried_twice_has_two_names() {
    let mut evidence = evidence();
    evidence.run.verdicts.truncate(1);
    evidence.run.verdicts.push(evidence.run.verdicts[0].clone());
    let text = report::junit(&evidence);
    assert!(text.contains(r#"name="failed-attempt""#), "{text}");
    assert!(text.contains(r#"name="failed-attempt #2""#), "{text}");
}
