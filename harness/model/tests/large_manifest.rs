//! Size limits protect against hostile case files, and against nothing that the harness made.

use model::parse::{manifest, trusted_manifest};

/// One document with a million nodes: 500,000 keys and their values.
fn million_nodes() -> String {
    let entries = (0..500_000).map(|n| format!("  k{n}: {n}\n"));
    entries.fold("data:\n".to_owned(), |text, entry| text + &entry)
}

#[test]
fn a_trusted_manifest_of_a_million_nodes_is_read() {
    let documents = trusted_manifest(&million_nodes()).expect("it has no size limit");
    assert_eq!(documents.len(), 1);
    assert_eq!(documents[0]["data"]["k499999"], 499_999);
}

#[test]
fn the_same_manifest_from_a_case_is_refused() {
    let (_, _, message) = manifest(&million_nodes()).expect_err("case files have a size limit");
    assert!(message.contains("budget"), "{message}");
}
