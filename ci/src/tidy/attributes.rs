//! An expected lint has a reason.

use crate::problem::Problem;
use crate::rust_source::RustSource;

pub(super) fn check(path: &str, source: &RustSource, problems: &mut Vec<Problem>) {
    for attribute in ["#[expect(", "#![expect("] {
        for (line, at) in source.find(attribute) {
            let open = at + attribute.len() - 1;
            let end = source.behind_closing(open).unwrap_or(source.code.len());
            if !source.code[open..end].contains("reason") {
                let remedy = "add `reason = \"…\"`";
                problems.push(Problem::at(path, line, "an expected lint without a reason", remedy));
            }
        }
    }
}
