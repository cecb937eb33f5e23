use report::formats::markdown::markdown;

use crate::samples::{empty, evidence, hostile};

#[test]
fn a_run_in_markdown() {
    insta::assert_snapshot!(markdown(&evidence()));
}

#[test]
fn a_run_of_nothing_says_so() {
    assert!(markdown(&empty()).contains("nothing ran: no case was selected"));
}

#[test]
fn no_text_becomes_markup() {
    let text = markdown(&hostile());
    for line in text.lines() {
        let escapes_taken = line.replace("\\`", "");
        let outside_of_code: String = escapes_taken.split('`').step_by(2).collect();
        assert!(!outside_of_code.contains("<script"), "{line}");
        assert!(!line.starts_with("::"), "{line}");
        assert!(!line.contains(char::is_control), "{line:?}");
    }
    assert!(text.contains("&lt;script>alert(1)&lt;/script>"), "{text}");
}
