//! Builds of a directory of this machine.

use super::*;
use crate::program::tree::{Tree, TreeError};

/// A directory with the source of `tiny`, which says this.
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
    item.tree = Some(Tree::read(dir).expect("it can be read"));
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
    // Beside another that is downloaded, in the order in which they were named.
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
