use std::path::Path;
use std::process::Command;

use ci::metadata::Metadata;
use ci::policy::{self, LAYERS, PURE};
use ci::tools::{DENY, Tool};
use ci::tree::File;
use rstest::rstest;
use serde_json::{Value, json};

fn node(id: &str, needs: &[&str], kind: Option<&str>) -> Value {
    let needs = needs.iter();
    let needs = needs.map(|id| json!({ "pkg": id, "dep_kinds": [{ "kind": kind }] }));
    json!({ "id": id, "deps": needs.collect::<Vec<_>>() })
}

/// Cargo's output for a workspace with these members. Each member has the given dependency.
fn metadata(members: &[&str], of: impl Fn(&str) -> Vec<&'static str>, kind: Option<&str>) -> Value {
    let others = ["first", "tokio", "kube-client", "my-kube", "serde_yaml", "clap_builder"];
    let names = members.iter().chain(&others);
    let packages: Vec<Value> = names.map(|name| json!({ "id": name, "name": name })).collect();
    let nodes = members.iter().map(|id| node(id, &of(id), kind));
    json!({
        "workspace_members": members, "packages": packages,
        "resolve": { "nodes": nodes.collect::<Vec<_>>() },
    })
}

/// The members of today.
fn members() -> Vec<&'static str> {
    LAYERS.iter().copied().flatten().copied().collect()
}

fn said(metadata: &Value, files: &[File]) -> Vec<String> {
    let metadata = Metadata::read(metadata).expect("it is complete");
    policy::check(&metadata, files).iter().map(ToString::to_string).collect()
}

#[test]
fn a_published_name_names_the_same_crate() {
    let published = json!([{ "id": "m", "name": "argo-conformance-model" }]);
    let value = json!({
        "workspace_members": ["m"], "packages": published, "resolve": { "nodes": [] },
    });
    let metadata = Metadata::read(&value).expect("it is complete");
    assert!(metadata.is_member("model"));
}

#[test]
fn a_workspace_as_it_should_be() {
    assert_eq!(said(&metadata(&members(), |_| vec!["first"], None), &[]), [""; 0]);
}

#[rstest]
#[case::needed(None, "tokio", 6)]
#[case::pattern(None, "kube-client", 7)]
#[case::only_for_tests(Some("dev"), "tokio", 0)]
#[case::only_for_builds(Some("build"), "tokio", 0)]
#[case::pattern_is_a_beginning(None, "my-kube", 0)]
#[case::archived(None, "serde_yaml", 6)]
fn a_pure_crate(#[case] kind: Option<&str>, #[case] second: &'static str, #[case] count: usize) {
    let mut value = metadata(&members(), |_| vec!["first"], kind);
    let nodes = value["resolve"]["nodes"].as_array_mut().expect("a list");
    nodes.push(node("first", &[second], None));
    let found = said(&value, &[]);
    assert_eq!(found.len(), count, "{found:#?}");
    let named = |line: &String| line.contains(&format!("needs `{second}` by `first`"));
    assert!(found.iter().all(named), "{found:#?}");
}

#[rstest]
#[case("tokio")]
#[case("clap_builder")]
fn a_run_directory_is_data(#[case] needed: &'static str) {
    let needs = |name: &str| if name == "rundir" { vec![needed] } else { vec![] };
    let found = said(&metadata(&members(), needs, None), &[]);
    let expected = [format!(
        "Cargo.toml: error: `rundir` needs `{needed}` by `rundir` (a run directory is data): \
             move what needs it to a crate that may have it"
    )];
    assert_eq!(found, expected);
}

#[rstest]
#[case::lower("judge", "model", 0)]
#[case::same_layer("mutate", "judge", 0)]
#[case::higher("model", "judge", 1)]
#[case::higher_by_two("report", "cli", 1)]
#[case::a_program_of_another("ci", "cli", 1)]
fn a_crate_imports_lower_ones(
    #[case] member: &str,
    #[case] needed: &'static str,
    #[case] count: usize,
) {
    let needs = |name: &str| if name == member { vec![needed] } else { vec![] };
    let found = said(&metadata(&members(), needs, None), &[]);
    assert_eq!(found.len(), count, "{found:?}");
    let what = format!("Cargo.toml: error: `{member}` imports `{needed}`, which is above it");
    assert!(found.iter().all(|line| line.starts_with(&what)), "{found:?}");
}

#[test]
fn a_crate_without_a_layer() {
    let found = said(&metadata(&[members(), vec!["new"]].concat(), |_| vec![], None), &[]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("Cargo.toml: error: `new` is in no layer"), "{found:?}");
}

#[test]
fn a_crate_that_is_gone_is_no_pass() {
    let found = said(&metadata(&[], |_| vec![], None), &[]);
    assert_eq!(found.len(), members().len() + PURE.len(), "{found:?}");
}

#[rstest]
#[case::import("drive/src/a.rs", "use model::{Plan, Claims};", 1)]
#[case::type_("drive/src/a.rs", "\nfn a(b: &model::Claims) {}", 2)]
#[case::in_a_macro("drive/src/a.rs", "fn a() { b!(model::Claim) }", 1)]
#[case::whole_case("drive/src/a/b.rs", "fn a(b: Case) {}", 1)]
#[case::printing("rundir/src/a.rs", "fn a() { println!(\"b\") }", 1)]
#[case::stream("rundir/src/a.rs", "fn a() { std::io::stderr(); }", 1)]
fn a_name_that_a_crate_must_not_have(#[case] path: &str, #[case] text: &str, #[case] line: usize) {
    let path = format!("harness/{path}");
    let file = File { path: path.clone(), text: Some(text.to_owned()) };
    let found = said(&metadata(&members(), |_| vec![], None), &[file]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with(&format!("{path}:{line}: error: `")), "{found:?}");
}

#[rstest]
#[case::another("drive/src/a.rs", "use model::Plan; fn a(claimed: Plan) {}")]
#[case::text("drive/src/a.rs", "/// Not Claims.\nconst A: &str = \"Claims\";")]
#[case::tests("drive/src/a.rs", "#[cfg(test)] mod tests { use model::Claims; }")]
#[case::file_of_tests("drive/src/a/tests.rs", "use model::Claims;")]
#[case::integration_test("drive/tests/a.rs", "use model::Claims;")]
#[case::another_crate("judge/src/a.rs", "use model::Claims;")]
fn a_name_that_may_stand(#[case] path: &str, #[case] text: &str) {
    let file = File { path: format!("harness/{path}"), text: Some(text.to_owned()) };
    assert_eq!(said(&metadata(&members(), |_| vec![], None), &[file]), [""; 0]);
}

/// A package with a dependency, and the verdict of the rules of this repository on both.
fn denied(dependency: &str, manifest: &str) -> bool {
    let root = tempfile::tempdir().expect("a directory");
    let write = |path: &str, text: &str| {
        let path = root.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
        std::fs::write(path, text).expect("it is written");
    };
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deny.toml");
    write("deny.toml", &std::fs::read_to_string(rules).expect("it is there"));
    let own = format!(
        "[package]\nname = \"own\"\nversion = \"1.0.0\"\nlicense = \"MIT\"\npublish = false\n\
         [workspace]\n[dependencies]\n{dependency} = {{ path = \"other\" }}\n"
    );
    write("Cargo.toml", &own);
    write("src/lib.rs", "");
    let other = format!("[package]\nname = \"{dependency}\"\nversion = \"1.0.0\"\n{manifest}\n");
    write("other/Cargo.toml", &other);
    write("other/src/lib.rs", "");
    let mut command = Command::new(DENY.program().expect("cargo-deny"));
    command.current_dir(root.path()).args(["--offline", "check", "--allow"]);
    command.args(["license-not-encountered", "bans", "licenses", "sources"]);
    let output = command.output().expect("cargo-deny runs");
    !output.status.success()
}

#[rstest]
#[case::allowed("other", "license = \"MIT OR GPL-3.0-only\"", false)]
#[case::another_licence("other", "license = \"GPL-3.0-only\"", true)]
#[case::no_licence("other", "", true)]
#[case::banned("openssl-sys", "license = \"MIT\"", true)]
fn a_dependency(#[case] name: &str, #[case] manifest: &str, #[case] is_denied: bool) {
    assert_eq!(denied(name, manifest), is_denied);
}

/// A cargo that makes a program and counts its calls.
const CARGO: &str = "#!/bin/sh\necho \"$*\" >>\"$(dirname \"$0\")/calls\"\n\
    while [ \"$1\" != --root ]; do shift; done\nmkdir -p \"$2/bin\" && : >\"$2/bin/a-tool\"\n";

#[test]
fn a_tool_is_installed_once_in_each_version() {
    let root = tempfile::tempdir().expect("a directory");
    let cargo = root.path().join("cargo");
    std::fs::write(&cargo, CARGO).expect("it is written");
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&cargo, executable).expect("it is executable");
    let cargo = cargo.to_str().expect("UTF-8");
    for version in ["1.0.0", "1.0.0", "1.0.1"] {
        let tool = Tool { name: "a-tool", version, features: &[] };
        let program = tool.program_in(root.path(), cargo).expect("it installs");
        assert_eq!(program, root.path().join(format!("a-tool-{version}/bin/a-tool")));
    }
    let calls = std::fs::read_to_string(root.path().join("calls")).expect("calls");
    assert_eq!(calls.lines().count(), 2, "{calls}");
    let gone = Tool { name: "another-tool", version: "1.0.0", features: &[] };
    assert!(gone.program_in(root.path(), cargo).is_err(), "no program of that name");
}
