use super::*;

fn go_mod() -> GoMod {
    let text = r#"{"Go": "1.24", "Replace": [
        {"Old": {"Path": "k8s.io/api"}, "New": {"Path": "./staging/src/k8s.io/api"}},
        {"Old": {"Path": "a.example/a", "Version": "v1.0.0"}, "New": {"Path": "../a"}},
        {"Old": {"Path": "b.example/b"}, "New": {"Path": "c.example/c", "Version": "v1.0.0"}}
    ]}"#;
    serde_json::from_str(text).expect("go.mod")
}

#[test]
fn replaced_directories_are_dropped_and_other_replacements_stay() {
    let edits = edits(&go_mod(), &LocalReplaces::Dropped);
    assert_eq!(edits, ["-dropreplace=k8s.io/api", "-dropreplace=a.example/a@v1.0.0"]);
}

#[test]
fn replaced_directories_become_published_modules() {
    let edits = edits(&go_mod(), &LocalReplaces::Published("v0.34.4".to_owned()));
    assert_eq!(
        edits,
        [
            "-replace=k8s.io/api=k8s.io/api@v0.34.4",
            "-replace=a.example/a@v1.0.0=a.example/a@v0.34.4"
        ]
    );
}

#[test]
fn only_what_is_needed_and_missing_is_restored() {
    let dir = tempfile::tempdir().expect("temporary directory");
    let at = |name: &str| dir.path().join(name);
    for name in ["darwin.go", "stub", "embed.go"] {
        fs::write(at(name), name).expect("file");
    }
    fs::write(at("there.go"), "untouched").expect("file");
    let copy = |from: &str, to: &str| Restored::Copy { from: from.into(), to: to.into() };
    let empty = |beside: &str, to: &str| Restored::Empty { beside: beside.into(), to: to.into() };
    let files = [
        copy("darwin.go", "linux.go"),
        copy("absent.go", "not-made.go"),
        copy("stub", "there.go"),
        empty("embed.go", "ui/dist/app/index.html"),
        empty("absent.go", "not-made.html"),
    ];
    for file in &files {
        restore(file, dir.path()).expect("restored");
    }
    let read = |name: &str| fs::read_to_string(at(name)).ok();
    assert_eq!(read("linux.go").as_deref(), Some("darwin.go"));
    assert_eq!(read("there.go").as_deref(), Some("untouched"));
    assert_eq!(read("ui/dist/app/index.html").as_deref(), Some(""));
    assert!(!at("not-made.go").exists() && !at("not-made.html").exists());
}
