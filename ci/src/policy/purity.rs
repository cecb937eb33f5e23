//! Packages that a crate must not need.

use super::missing;
use crate::metadata::Metadata;
use crate::problem::Problem;

/// Crates, and the packages that they must not need for their build and their use. `*` at the end
/// stands for any text.
pub const PURE: [(&str, &[&str], &str); 9] = [
    ("model", &IMPURE, "words and values have nothing to wait for"),
    ("judge", &IMPURE, "judging a history needs no cluster"),
    ("mutate", &IMPURE, "mutants are made of histories"),
    ("report", &IMPURE, "text is made of values"),
    ("rundir", &UNSEEN, "a run directory is data"),
    ("runner", &["clap*", "anstream"], "a console of its caller prints"),
    ("sandbox", &["tokio", "kube*", "aws-*"], "it forks, which threads do not survive"),
    (
        "proxy",
        &["kube*", "k8s-openapi", "aws-*", "testcontainers*"],
        "it passes on what others ask",
    ),
    ("cli", &["serde_yaml"], "it is archived; only the differential test has it"),
];

const IMPURE: [&str; 7] =
    ["tokio", "kube*", "k8s-openapi", "aws-*", "testcontainers*", "hyper", "serde_yaml"];

/// [`IMPURE`], and packages that write to a terminal.
const UNSEEN: [&str; 9] = [
    "tokio",
    "kube*",
    "k8s-openapi",
    "aws-*",
    "testcontainers*",
    "hyper",
    "serde_yaml",
    "anstream",
    "clap*",
];

pub(super) fn check(metadata: &Metadata) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (member, banned, reason) in PURE {
        let Some(tree) = metadata.normal_tree(member) else {
            problems.push(missing(member));
            continue;
        };
        for (name, needed_by) in tree {
            if banned.iter().any(|pattern| matches(pattern, name)) {
                let what = format!("`{member}` needs `{name}` by `{needed_by}` ({reason})");
                let remedy = "move what needs it to a crate that may have it";
                problems.push(Problem::of("Cargo.toml", what, remedy));
            }
        }
    }
    problems
}

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == pattern,
    }
}
