//! Builds of checkouts and commits.

use super::*;
use crate::git::tests::{Sample, program};
use crate::program::given::{Commit, Given};
use crate::program::tree::{Tree, TreeError};

/// A checkout of `tiny`. The program prints `says`.
fn checkout(bench: &Bench, says: &str) -> PathBuf {
    let dir = bench.root.join("checkout");
    let main = format!(
        "package main\nimport \"example.com/leaf\"\n\
         var version, commit = \"unset\", \"unset\"\n\
         func main() {{ print(version, \" \", commit, \" {says} \", leaf.Name) }}\n"
    );
    let go_mod = "module example.com/tiny\ngo 1.24\nrequire example.com/leaf v1.0.0\n";
    for (name, text) in [
        ("go.mod", go_mod),
        ("cmd/tiny/main.go", &main),
        ("manifests/base/install.yaml", "kind: Namespace\n"),
        ("node_modules/x/x.go", "no source"),
    ] {
        let path = dir.join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("directory");
        std::fs::write(path, text).expect("file");
    }
    dir
}

fn item(dir: &Path) -> Item {
    let mut item = tiny("2.0.0");
    item.given = Some(Given::Tree(Tree::read(dir).expect("it can be read")));
    item
}

fn says(entry: &Entry) -> String {
    let output = Command::new(entry.program("tiny").expect("the program")).output();
    String::from_utf8_lossy(&output.expect("it runs").stderr).into_owned()
}

#[test]
fn what_is_built_is_what_is_there_now() {
    let (_dir, bench) = bench();
    let first = item(&checkout(&bench, "one"));
    let built = bench.ensure(std::slice::from_ref(&first)).expect("it builds");
    assert_eq!(says(&built[0]), "2.0.0 unknown one leaf");
    let second = item(&checkout(&bench, "two"));
    // A published module is built beside the checkout. The entries have the order of the items.
    let both = bench.ensure(&[second, tiny("1.0.0")]).expect("they build");
    assert_eq!(says(&both[0]), "2.0.0 unknown two leaf");
    assert_eq!(says(&both[1]), "1.0.0 0123456789abcdef leaf!");
    let again = bench.ensure(&[item(&checkout(&bench, "one"))]).expect("it is there");
    assert_eq!(again, built, "what was built before is known by what it was built of");
    assert_eq!(left(&bench.cache), Vec::<PathBuf>::new());
}

#[test]
fn what_was_altered_since_it_was_looked_at_is_not_built() {
    let (_dir, bench) = bench();
    let one = item(&checkout(&bench, "one"));
    checkout(&bench, "two");
    let error = bench.ensure(&[one]).expect_err("it is another");
    assert!(matches!(error, BuildError::Tree(TreeError::Altered { .. })), "{error:?}");
    assert_eq!(left(&bench.cache), Vec::<PathBuf>::new());
}

/// Lines of progress of the compilation of an item.
fn compiled(bench: &Bench, item: Item) -> Vec<String> {
    let said = Said::default();
    ensure_with(&bench.cache, &[item], &Unguarded, &said, &bench.environment).expect("it builds");
    let said = said.0.into_inner().expect("no panic");
    said.into_iter().filter(|line| line.starts_with("build ") && line.contains(": ")).collect()
}

#[test]
fn the_next_build_compiles_what_changed() {
    let (_dir, bench) = bench();
    let first = compiled(&bench, item(&checkout(&bench, "one")));
    assert!(first.contains(&"build tiny 2.0.0: 1 modules".to_owned()), "{first:?}");
    let second = compiled(&bench, item(&checkout(&bench, "two")));
    let expected = ["build tiny 2.0.0: 1 packages", "build tiny 2.0.0: done"];
    assert_eq!(second, expected, "neither the leaf nor the standard library, and no download");
    assert!(first.len() > 10, "the first build compiled them: {first:?}");
    let sizes = bench.cache.sizes().expect("sizes");
    let of = |what: &str| sizes.iter().find(|size| size.what == what).map(|size| size.bytes);
    assert!(of("go/compiled").is_some_and(|bytes| bytes > 0), "{sizes:?}");
    assert!(of("go/modules").is_some_and(|bytes| bytes > 0), "{sizes:?}");
    crate::cache::removals::finish_removals();
    bench.cache.clean().expect("cleaned");
    assert!(!bench.cache.root().exists());
}

#[test]
fn a_compile_error_of_a_checkout_shows_the_compilers_words() {
    let (_dir, bench) = bench();
    let dir = checkout(&bench, "one");
    let main = "package main\nfunc main() { dial tcp: 404 Not Found }\n";
    std::fs::write(dir.join("cmd/tiny/main.go"), main).expect("file");
    let error = bench.error(&item(&dir));
    assert!(error.starts_with("failed to build tiny 2.0.0: `go build"), "{error}");
    assert!(error.contains("cmd/tiny/main.go:2:20: syntax error"), "{error}");
}

#[test]
fn a_module_that_a_checkout_needs_may_be_refused() {
    let (_dir, bench) = bench();
    let dir = checkout(&bench, "one");
    let go_mod = "module example.com/tiny\ngo 1.24\nrequire example.com/leaf v1.9.0\n";
    std::fs::write(dir.join("go.mod"), go_mod).expect("file");
    let error = bench.error(&item(&dir));
    assert!(error.contains("for example.com/leaf@v1.9.0"), "{error}");
}

#[test]
fn a_commit_is_built_and_its_program_names_it() {
    let (_dir, bench) = bench();
    let sample = Sample::new();
    let go_mod = "module example.com/tiny\ngo 1.24\nrequire example.com/leaf v1.0.0\n";
    let main = "package main\nimport \"example.com/leaf\"\n\
                var version, commit string\n\
                func main() { print(version, \" \", commit, \" \", leaf.Name) }\n";
    let commit = sample.commit(
        "first",
        &[("go.mod", go_mod), ("cmd/tiny/main.go", main), ("manifests/a.yaml", "kind: A\n")],
    );
    sample.commit("second", &[("cmd/tiny/main.go", "no Go\n")]);
    let mut item = tiny("2.0.0");
    let repository = sample.open();
    assert_eq!(repository.commit(&program(), "main~1").expect("a commit"), commit);
    let asked = "git:./tiny@main~1".to_owned();
    let given = Commit { repository, asked, commit: commit.clone() };
    item.given = Some(Given::Commit(given));
    let built = bench.ensure(&[item]).expect("it builds");
    assert_eq!(says(&built[0]), format!("2.0.0 {commit} leaf"));
    assert_eq!(left(&bench.cache), Vec::<PathBuf>::new());
}
