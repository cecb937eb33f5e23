//! The rules for dependencies, as tables with reasons.

use crate::licence;
use crate::lock::Locked;
use crate::metadata::{Metadata, Package};
use crate::problem::Problem;

/// Licences that a dependency may have. Each asks for a notice at most.
pub const LICENCES: [(&str, &str); 12] = [
    ("MIT", "a notice"),
    ("Apache-2.0", "a notice; ours"),
    ("Apache-2.0 WITH LLVM-exception", "asks less than Apache-2.0"),
    ("BSD-2-Clause", "a notice"),
    ("BSD-3-Clause", "a notice"),
    ("ISC", "a notice"),
    ("Zlib", "a notice in the source"),
    ("0BSD", "nothing"),
    ("MIT-0", "nothing"),
    ("Unlicense", "nothing"),
    ("Unicode-3.0", "a notice; tables of Unicode"),
    ("CDLA-Permissive-2.0", "a notice; certificates of authorities"),
];

/// The only source of dependencies.
pub const SOURCE: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Crates that must not be dependencies, and the reasons.
pub const BANNED: [(&str, &str); 6] = [
    ("openssl-sys", "rustls with ring is the one TLS here; OpenSSL is of the machine"),
    ("native-tls", "rustls with ring is the one TLS here"),
    ("aws-lc-sys", "rustls with ring is the one TLS here; two make rustls choose none"),
    ("serde_yml", "unsound and archived; `model::parse` reads YAML"),
    ("async-std", "tokio is the one runtime here"),
    ("chrono", "jiff is the one calendar here"),
];

/// Crates, and the packages that they must not need for their build and their use. `*` at the end
/// stands for any text.
pub const PURE: [(&str, &[&str], &str); 8] = [
    ("model", &IMPURE, "words and values have nothing to wait for"),
    ("judge", &IMPURE, "judging a history needs no cluster"),
    ("mutate", &IMPURE, "mutants are made of histories"),
    ("report", &IMPURE, "text is made of values"),
    ("rundir", &IMPURE, "reading a run directory needs no cluster"),
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

/// Every problem of the dependencies, by the lock file and by the packages that cargo resolves.
pub fn check(lock: &[Locked], metadata: &Metadata) -> Vec<Problem> {
    let mut problems: Vec<Problem> = lock.iter().flat_map(locked).collect();
    let line = |package: &Package| {
        lock.iter().find(|l| l.name == package.name).map_or(0, |locked| locked.line)
    };
    for package in metadata.packages.iter().filter(|p| !p.is_member) {
        if let Some(what) = unlicensed(package) {
            let remedy = "do without it, or allow the licence in ci/src/policy.rs with its reason";
            problems.push(Problem::at("Cargo.lock", line(package), what, remedy));
        }
    }
    problems.extend(impure(metadata));
    problems
}

fn locked(package: &Locked) -> Vec<Problem> {
    let mut problems = Vec::new();
    if let Some(source) = package.source.as_deref().filter(|source| *source != SOURCE) {
        let what = format!("`{}` comes from {source}", package.name);
        let remedy = "depend on a release on crates.io";
        problems.push(Problem::at("Cargo.lock", package.line, what, remedy));
    }
    if let Some((name, reason)) = BANNED.iter().find(|(name, _)| *name == package.name) {
        let what = format!("`{name}` must not come in ({reason})");
        let remedy = &format!("`cargo tree --target all --invert {name}` says what needs it");
        problems.push(Problem::at("Cargo.lock", package.line, what, remedy));
    }
    problems
}

/// The problem of a package's licence, in words.
fn unlicensed(package: &Package) -> Option<String> {
    let named = format!("`{} {}`", package.name, package.version);
    let Some(expression) = &package.licence else {
        return Some(format!("{named} names no licence"));
    };
    let allowed = |name: &str| LICENCES.iter().any(|(licence, _)| *licence == name);
    match licence::is_met(expression, allowed) {
        Ok(true) => None,
        Ok(false) => Some(format!("{named} is licensed as {expression}")),
        Err(why) => Some(format!("the licence of {named} cannot be read: {why}")),
    }
}

fn impure(metadata: &Metadata) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (member, banned, reason) in PURE {
        let Some(tree) = metadata.normal_tree(member) else {
            let what = format!("there is no crate `{member}`");
            let remedy = "correct the table in ci/src/policy.rs";
            problems.push(Problem::of("Cargo.toml", what, remedy));
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
