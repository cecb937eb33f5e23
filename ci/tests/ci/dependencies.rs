use ci::licence::is_met;
use ci::lock::{self, Locked};
use ci::metadata::Metadata;
use ci::tree::File;
use ci::{members, policy};
use rstest::rstest;
use serde_json::{Value, json};

#[rstest]
#[case::one("MIT", true)]
#[case::another("GPL-3.0-only", false)]
#[case::either("GPL-3.0-only OR MIT", true)]
#[case::neither("GPL-3.0-only OR AGPL-3.0-only", false)]
#[case::both("MIT AND GPL-3.0-only", false)]
#[case::both_allowed("MIT AND ISC", true)]
#[case::and_binds_tighter("MIT OR ISC AND GPL-3.0-only", true)]
#[case::brackets("(MIT OR ISC) AND GPL-3.0-only", false)]
#[case::nested("((MIT) AND (GPL-3.0-only OR ISC))", true)]
#[case::older("MIT/GPL-3.0-only", true)]
#[case::older_with_spaces("GPL-3.0-only / MIT", true)]
#[case::with_an_exception("ISC WITH LLVM-exception", true)]
#[case::with_another_exception("MIT WITH Classpath-exception-2.0", false)]
fn a_licence(#[case] expression: &str, #[case] expected: bool) {
    let allowed = |name: &str| ["MIT", "ISC", "ISC WITH LLVM-exception"].contains(&name);
    assert_eq!(is_met(expression, allowed), Ok(expected));
}

#[rstest]
#[case::empty("")]
#[case::unfinished("MIT OR")]
#[case::unclosed("(MIT")]
#[case::too_closed("MIT)")]
#[case::no_operator("MIT ISC")]
#[case::only_operator("AND")]
fn what_is_no_licence_is_never_met(#[case] expression: &str) {
    assert!(is_met(expression, |_| true).is_err());
}

fn node(id: &str, needs: &str, kind: Option<&str>) -> Value {
    let dependency = json!({ "pkg": needs, "dep_kinds": [{ "kind": kind }] });
    json!({ "id": id, "deps": [dependency] })
}

/// Cargo's output for a workspace in which every crate needs `first`, which needs `second`.
fn metadata(licence: Option<&str>, kind: Option<&str>, second: &str) -> Metadata {
    let members: Vec<&str> = policy::PURE.iter().map(|(name, ..)| *name).collect();
    let crates = [("first", licence), (second, Some("MIT"))];
    let ours = members.iter().map(|name| (*name, None));
    let packages: Vec<Value> = crates
        .into_iter()
        .chain(ours)
        .map(|(name, licence)| {
            json!({ "id": name, "name": name, "version": "1.0.0", "license": licence })
        })
        .collect();
    let mut nodes: Vec<Value> = members.iter().map(|id| node(id, "first", kind)).collect();
    nodes.push(node("first", second, None));
    let value = json!({
        "workspace_members": members, "packages": packages, "resolve": { "nodes": nodes },
    });
    Metadata::read(&value).expect("it is complete")
}

fn said(lock: &[Locked], metadata: &Metadata) -> Vec<String> {
    policy::check(lock, metadata).iter().map(ToString::to_string).collect()
}

#[test]
fn a_workspace_as_it_should_be() {
    assert_eq!(said(&[], &metadata(Some("MIT OR Apache-2.0"), None, "second")), [""; 0]);
}

#[rstest]
#[case::none(None, "`first 1.0.0` names no licence")]
#[case::another(Some("GPL-3.0-only"), "`first 1.0.0` is licensed as GPL-3.0-only")]
#[case::unreadable(Some("MIT OR"), "the licence of `first 1.0.0` cannot be read")]
fn a_licence_that_is_not_allowed(#[case] licence: Option<&str>, #[case] what: &str) {
    let lock = [Locked { line: 7, name: "first".to_owned(), source: None }];
    let found = said(&lock, &metadata(licence, None, "second"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with(&format!("Cargo.lock:7: error: {what}")), "{found:?}");
}

#[rstest]
#[case::needed(None, "tokio", 5)]
#[case::pattern(None, "kube-client", 6)]
#[case::only_for_tests(Some("dev"), "tokio", 0)]
#[case::only_for_builds(Some("build"), "tokio", 0)]
#[case::pattern_is_a_beginning(None, "my-kube", 0)]
#[case::archived(None, "serde_yaml", 5)]
fn a_pure_crate(#[case] kind: Option<&str>, #[case] second: &str, #[case] count: usize) {
    let found = said(&[], &metadata(Some("MIT"), kind, second));
    assert_eq!(found.len(), count, "{found:#?}");
    let named = |line: &String| line.contains(&format!("needs `{second}` by `first`"));
    assert!(found.iter().all(named), "{found:#?}");
}

#[test]
fn a_pure_crate_that_is_gone_is_no_pass() {
    let value = json!({ "workspace_members": [], "packages": [], "resolve": { "nodes": [] } });
    let metadata = Metadata::read(&value).expect("it is complete");
    assert_eq!(said(&[], &metadata).len(), policy::PURE.len());
}

const LOCK: &str = r#"version = 4

[[package]]
name = "first"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
dependencies = [
 "openssl-sys",
]

[[package]]
name = "openssl-sys"
version = "0.9.0"
source = "registry+https://github.com/rust-lang/crates.io-index"

[[package]]
name = "second"
version = "1.0.0"
source = "git+https://github.com/a/second#0123"

[[package]]
name = "model"
version = "0.1.0"
"#;

#[test]
fn sources_and_banned_crates() {
    let found = said(&lock::packages(LOCK), &metadata(Some("MIT"), None, "second"));
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("Cargo.lock:12: error: `openssl-sys` must not come in"));
    assert!(found[1].starts_with("Cargo.lock:17: error: `second` comes from git+https://"));
}

#[rstest]
#[case::used("a.workspace = true", &[])]
#[case::used_with_features("a = { workspace = true, features = [\"b\"] }", &[])]
#[case::unused("", &["Cargo.toml:5: error: no member uses `a`: take it out"])]
#[case::own_version("a.workspace = true\nb = \"1\"", &["c/Cargo.toml:3: error: `b` has a version"])]
#[case::comment("a.workspace = true\n# b = \"1\"", &[])]
fn the_table_of_the_workspace(#[case] dependencies: &str, #[case] expected: &[&str]) {
    let root = "[workspace]\nmembers = [\"c\"]\n\n[workspace.dependencies]\na = \"1\"\n\
        [workspace.lints.rust]\nd = \"warn\"\n";
    let member = format!("[dev-dependencies]\n{dependencies}\n[features]\ne = []\n");
    let file = |path: &str, text: &str| File { path: path.to_owned(), text: Some(text.to_owned()) };
    let found = members::check(&[file("Cargo.toml", root), file("c/Cargo.toml", &member)]);
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.to_string().starts_with(expected), "{found}");
    }
}
