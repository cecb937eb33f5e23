//! Looks at the objects of a case: what Kubernetes, or the image of the steps, would refuse.

mod containers;
mod programs;
mod texts;

use std::path::Path;

use super::fields::Reader;
use crate::diagnostic::Diagnostic;
use crate::yaml::{self, Content, Node};

/// Finds the errors of the objects of a file.
pub(super) fn check_file(path: &Path, text: &str) -> Vec<Diagnostic> {
    let mut reader = Reader::new(path.to_owned(), text);
    match yaml::trees(text) {
        Ok(documents) => {
            documents.into_iter().map(written).for_each(|document| check(&document, &mut reader));
        }
        Err((at, message)) => {
            reader.error(at, format!("not readable as YAML: {message}"), None);
        }
    }
    reader.into_diagnostics()
}

/// A document without its status. A controller wrote the status, and nobody applies it.
fn written(mut document: Node) -> Node {
    if let Content::Map(entries) = &mut document.content {
        entries.retain(|(key, _)| key.name != "status");
    }
    document
}

/// A check that reports the errors of an object, or of a part of one.
pub(super) fn check(node: &Node, r: &mut Reader) {
    texts::check(node, r);
    containers::check(node, r);
}
