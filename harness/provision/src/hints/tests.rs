use std::collections::BTreeSet;
use std::path::Path;

use sandbox::SandboxError;
use sandbox::slot::SlotError;

use super::hint;
use crate::native::NativeError;

/// Types of a crate with a function `hint`, by the text of its files.
fn types_with_a_hint(source: &Path) -> BTreeSet<String> {
    let files = walkdir::WalkDir::new(source).into_iter().map(|file| file.expect("a file"));
    let mut types = BTreeSet::new();
    for file in files.filter(|file| file.path().extension().is_some_and(|e| e == "rs")) {
        let text = std::fs::read_to_string(file.path()).expect("text");
        let mut current = "";
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("impl ").and_then(|l| l.strip_suffix(" {")) {
                current = name;
            }
            if line.trim_start().starts_with("pub fn hint(&self)") {
                types.insert(current.to_owned());
            }
        }
    }
    types
}

/// Types of the rows of a table.
fn rows(table: &str) -> BTreeSet<String> {
    let rows = table.split("|error| ask(error, ").skip(1);
    rows.filter_map(|row| Some(row.split_once("::hint)")?.0.to_owned())).collect()
}

#[test]
fn every_error_with_a_remedy_has_a_row() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert_eq!(rows(include_str!("../hints.rs")), types_with_a_hint(&own.join("src")));
    let table = include_str!("../../../sandbox/src/hints.rs");
    assert_eq!(rows(table), types_with_a_hint(&own.join("../sandbox/src")));
}

/// The remedy of a cause is the remedy of the error.
#[test]
fn a_cause_has_the_remedy() {
    let error = NativeError::Sandbox(SandboxError::Slot(SlotError::Full));
    let hint = hint(&error).expect("a remedy");
    assert_eq!(hint, "find their users with `argo-conformance sweep`");
    assert!(!error.to_string().contains("hint"), "{error}");
}
