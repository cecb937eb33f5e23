//! The parser of cases: a case with its workflow, or what was made of them.

use std::path::Path;

use fuzz::{Target, answer, holds};
use model::parse::{CaseFiles, cases};

use crate::text;

const PIECES: [&str; 40] = [
    "\n",
    "  ",
    ": ",
    "- ",
    "{",
    "}",
    "[",
    "]",
    ", ",
    "'",
    "\"",
    "|",
    "&a ",
    "*a",
    "!!x ",
    "<<: ",
    "# ",
    "---\n",
    "\u{0}",
    "\u{feff}",
    "30s",
    "none",
    "eventually",
    "always",
    "never",
    "until",
    "leads-to",
    "whenever",
    "within",
    "since",
    "all",
    "any",
    "cel",
    "requires:",
    "variants:",
    "overlays:",
    "known-issues:",
    "patch",
    "as: ",
    "null",
];

/// The line between the files of an input.
const BETWEEN: &str = "\n%%\n";

const CASES: [&str; 6] = [
    "artifact-gc/retried-attempt",
    "interrupted/pod-lost",
    "locks/limit-raised",
    "store-trouble/delete-slowed-down",
    "manual-retry/other-items",
    "resubmit/memoized",
];

fn read(input: &[u8]) -> u64 {
    let input = String::from_utf8_lossy(input);
    let (case, workflow) = input.split_once(BETWEEN).unwrap_or((&input, ""));
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let files = [file("case.yaml", case), file("workflow.yaml", workflow)];
    match cases(&CaseFiles { directory: Path::new("cases/a/b"), id: "a/b", files: &files }) {
        Ok(cases) => {
            for case in &cases {
                for claim in &case.claims.claims {
                    assert!(!claim.to_string().is_empty());
                }
            }
            cases.len() as u64
        }
        Err(diagnostics) => {
            assert!(!diagnostics.is_empty(), "a refusal has a reason");
            let words: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
            answer(&words.join("\n"))
        }
    }
}

#[test]
fn fuzz_case() {
    let seed = |case: &&str| {
        let file = |name: &str| text(&format!("cases/{case}/{name}"));
        [file("case.yaml"), file("workflow.yaml")].join(BETWEEN).into_bytes()
    };
    let seeds = CASES.iter().map(seed).collect();
    let read = Box::new(|input: &[u8], _| read(input));
    holds(Target { name: "case", seeds, pieces: PIECES.to_vec(), read }, 60);
}
