use std::os::unix::fs::symlink;

use rstest::rstest;

use super::*;

/// A small checkout.
fn checkout() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("temporary directory");
    for (name, text) in [
        ("go.mod", "module example.com/m\n"),
        ("cmd/main.go", "package main\n"),
        (".git/HEAD", "ref: refs/heads/main\n"),
        ("dist/main", "\u{7f}ELF"),
        ("ui/dist/app/index.html", "<html>"),
        ("ui/node_modules/x/x.js", "x"),
    ] {
        write(dir.path(), name, text);
    }
    symlink("../go.mod", dir.path().join("cmd/linked")).expect("link");
    symlink("../cmd", dir.path().join("ui/directory")).expect("link");
    symlink("nowhere", dir.path().join("dangling")).expect("link");
    dir
}

fn write(dir: &Path, name: &str, text: &str) {
    let path = dir.join(name);
    fs::create_dir_all(path.parent().expect("a parent")).expect("directory");
    fs::write(path, text).expect("file");
}

fn digest(dir: &Path) -> String {
    Tree::read(dir).expect("it can be read").sha256
}

#[rstest]
#[case::a_line("cmd/main.go", "package main // fixed\n", true)]
#[case::through_a_link("go.mod", "module example.com/n\n", true)]
#[case::a_new_file("cmd/other.go", "package main\n", true)]
#[case::a_new_empty_file("cmd/empty.go", "", true)]
#[case::what_is_embedded("ui/dist/app/index.html", "<html/>", true)]
#[case::hidden(".golangci.yml", "linters: {}\n", true)]
#[case::nothing("cmd/main.go", "package main\n", false)]
#[case::of_git(".git/HEAD", "0123\n", false)]
#[case::of_npm("ui/node_modules/x/x.js", "y", false)]
#[case::built("dist/main", "another", false)]
fn what_it_is_known_by(#[case] name: &str, #[case] text: &str, #[case] another: bool) {
    let dir = checkout();
    let before = digest(dir.path());
    write(dir.path(), name, text);
    assert_eq!(digest(dir.path()) != before, another);
}

#[test]
fn a_file_that_moves_makes_it_another() {
    let dir = checkout();
    let before = digest(dir.path());
    let at = |name: &str| dir.path().join(name);
    fs::rename(at("cmd/main.go"), at("cmd/niam.go")).expect("rename");
    assert_ne!(digest(dir.path()), before);
}

#[test]
fn a_copy_is_the_same_and_has_no_more() {
    let dir = checkout();
    let tree = Tree::read(dir.path()).expect("it can be read");
    let to = dir.path().join("dist/copy");
    tree.copy(&to).expect("it is copied");
    let copied: Vec<String> =
        files(&to).expect("files").iter().map(|path| path.display().to_string()).collect();
    assert_eq!(copied, ["cmd/linked", "cmd/main.go", "go.mod", "ui/dist/app/index.html"]);
    assert_eq!(digest(&to), tree.sha256);
    assert!(!to.join(".git").exists() && !to.join("dangling").is_symlink());
}

#[test]
fn what_was_altered_meanwhile_is_not_taken() {
    let dir = checkout();
    let tree = Tree::read(dir.path()).expect("it can be read");
    write(dir.path(), "cmd/main.go", "package main // later\n");
    let error = tree.copy(&dir.path().join("dist/copy")).expect_err("it is another");
    assert!(matches!(error, TreeError::Altered { .. }), "{error}");
}
