use std::fs;
use std::path::Path;

use ci::codegen::{check, generate, write};

use crate::cases::{CASE, repository, write as write_file};

const README: &str = "cases/README.md";

fn said(root: &Path) -> Vec<String> {
    check(root).iter().map(ToString::to_string).collect()
}

#[test]
fn a_file_is_written_once_and_then_fresh() {
    let root = repository(CASE, None);
    let root = root.path();
    assert!(said(root)[0].starts_with("cases/README.md: error: cannot be read"));
    let files = generate(root).expect("the case can be read");
    let all = [README, "cases/WORDS.md", "cases/schema.json"];
    assert_eq!(write(root, &files).expect("it can be written"), all);
    assert_eq!(said(root), [""; 0]);
    assert_eq!(write(root, &files).expect("nothing to do"), [""; 0]);
    let text = fs::read_to_string(root.join(README)).expect("it was written");
    assert!(text.contains("### area/one") && !text.contains("## Measured"), "{text}");
}

#[test]
fn a_stale_file_is_named_with_the_first_line_that_differs() {
    let root = repository(CASE, None);
    let root = root.path();
    let files = generate(root).expect("the case can be read");
    write(root, &files).expect("it can be written");
    write_file(root, "cases/area/one/case.yaml", &CASE.replace("completes\n", "ends\n"));
    let expected = "cases/README.md:9: error: is not what is generated now, from here on: \
        run `cargo ci codegen`";
    assert_eq!(said(root), [expected]);
}

#[test]
fn what_was_measured_is_in_the_catalogue() {
    let row = r#"[{"case":"area/one","argo":"3.5.9","verdict":"pass","failed_claims":[]}]"#;
    let root = repository(CASE, Some(row));
    let files = generate(root.path()).expect("the case can be read");
    assert!(files[0].text.contains("| `area/one` | pass |"), "{}", files[0].text);
}

#[test]
fn nothing_is_generated_of_a_case_that_cannot_be_read() {
    let root = repository("title: 1", None);
    assert!(generate(root.path()).is_err());
    assert!(!check(root.path()).is_empty());
}
