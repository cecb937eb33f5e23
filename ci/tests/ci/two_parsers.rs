//! Two YAML parsers read the same values in every case and manifest.
//!
//! The program reads with `model::parse`. `serde_yaml` is the second opinion. If the parsers
//! disagree on a file, one of them does not read the author's text.

use std::path::Path;

use ci::tree;
use model::parse;
use rstest::rstest;
use serde_json::{Value, json};

fn first(text: &str) -> Result<Vec<Value>, String> {
    parse::manifest(text).map_err(|(line, column, message)| format!("{line}:{column}: {message}"))
}

fn second(text: &str) -> Result<Vec<Value>, String> {
    use serde::Deserialize;
    let documents = serde_yaml::Deserializer::from_str(text);
    let documents = documents.map(|document| {
        let value = serde_yaml::Value::deserialize(document).map_err(|e| e.to_string())?;
        serde_json::to_value(value).map_err(|e| e.to_string())
    });
    documents.collect()
}

#[test]
fn on_every_case_and_manifest() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let files = tree::files(&root).expect("the repository can be read");
    let is_ours = |path: &str| path.starts_with("cases/") || path.starts_with("manifests/");
    let is_yaml = |path: &str| Path::new(path).extension().is_some_and(|e| e == "yaml");
    let mut read = 0;
    let mut differ = Vec::new();
    for file in files.iter().filter(|file| is_ours(&file.path) && is_yaml(&file.path)) {
        let text = file.text.as_deref().expect("YAML is text");
        let (ours, theirs) = (first(text), second(text));
        read += 1;
        if ours.is_err() || ours != theirs {
            differ.push(format!("{}: {ours:?} is not {theirs:?}", file.path));
        }
    }
    assert!(read > 0, "no file was read");
    assert!(differ.is_empty(), "{differ:#?}");
}

#[rstest]
#[case::octal("a: 0o17", json!([{ "a": 15 }]))]
#[case::hexadecimal("a: 0x1F", json!([{ "a": 31 }]))]
#[case::fraction("a: .5", json!([{ "a": 0.5 }]))]
#[case::not_sexagesimal("a: 1:30", json!([{ "a": "1:30" }]))]
#[case::nothing("a: ~\nb:", json!([{ "a": null, "b": null }]))]
#[case::date("a: 2001-01-01", json!([{ "a": "2001-01-01" }]))]
#[case::number_as_key("1: a", json!([{ "1": "a" }]))]
#[case::text_by_tag("a: !!str 1", json!([{ "a": "1" }]))]
#[case::anchor("a: &b { c: 1 }\nd: *b", json!([{ "a": { "c": 1 }, "d": { "c": 1 } }]))]
#[case::kept_line_ends("a: |+\n  b\n\n", json!([{ "a": "b\n\n" }]))]
#[case::folded("a: >-\n  b\n  c", json!([{ "a": "b c" }]))]
#[case::documents("a: 1\n---\nb: 2\n", json!([{ "a": 1 }, { "b": 2 }]))]
fn where_they_agree(#[case] text: &str, #[case] expected: Value) {
    assert_eq!(first(text).map(Value::from), Ok(expected.clone()));
    assert_eq!(second(text).map(Value::from), Ok(expected));
}

/// The known differences. No file under `cases/` or `manifests/` may show one of them. Authors
/// quote the text, write the mode in decimal, and spell out the values that `<<` would merge.
#[rstest]
#[case::yes("a: yes", json!([{ "a": true }]), json!([{ "a": "yes" }]))]
#[case::one_letter("a: y", json!([{ "a": true }]), json!([{ "a": "y" }]))]
#[case::switch("a: on", json!([{ "a": true }]), json!([{ "a": "on" }]))]
#[case::old_octal("a: 017", json!([{ "a": 15 }]), json!([{ "a": "017" }]))]
#[case::no_octal("a: 08", json!([{ "a": 8.0 }]), json!([{ "a": "08" }]))]
#[case::grouped("a: 1_000", json!([{ "a": 1000 }]), json!([{ "a": "1_000" }]))]
#[case::merge("<<: { a: 1 }", json!([{ "a": 1 }]), json!([{ "<<": { "a": 1 } }]))]
#[case::tag("a: !b 1", json!([{ "a": 1 }]), json!([{ "a": { "!b": 1 } }]))]
#[case::binary("a: !!binary aGk=", json!([{ "a": "hi" }]), json!([{ "a": "aGk=" }]))]
#[case::empty_document("---\n---\na: 1", json!([{ "a": 1 }]), json!([null, { "a": 1 }]))]
#[case::only_a_comment("# a\n", json!([]), json!([null]))]
fn where_they_differ(#[case] text: &str, #[case] ours: Value, #[case] theirs: Value) {
    assert_eq!(first(text).map(Value::from), Ok(ours), "ours");
    assert_eq!(second(text).map(Value::from), Ok(theirs), "serde_yaml's");
}

#[rstest]
#[case::twice_the_same_key("a: 1\na: 2")]
#[case::list_as_key("[a]: 1")]
#[case::list_behind_a_key("a: - b")]
#[case::colon_in_text("a: b: c")]
#[case::too_little_indented("a: |\n  b\n c")]
fn what_neither_reads(#[case] text: &str) {
    assert!(first(text).is_err() && second(text).is_err());
}
