//! Tells the program from which commit it is built. A build outside of git knows none.

use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for part in ["harness", "manifests", "Cargo.toml", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={}", root.join(part).display());
    }
    let commit = git(&root, &["rev-parse", "HEAD"]);
    let of_git = ["HEAD", "index"].map(|name| git(&root, &["rev-parse", "--git-path", name]));
    let branch = git(&root, &["symbolic-ref", "--quiet", "HEAD"])
        .and_then(|branch| git(&root, &["rev-parse", "--git-path", &branch]));
    for path in of_git.into_iter().chain([branch]).flatten() {
        let path: PathBuf = root.join(path);
        if path.exists() {
            println!("cargo::rerun-if-changed={}", path.display());
        }
    }
    let changed = git(&root, &["status", "--porcelain"]).unwrap_or_default();
    let dirty = if changed.is_empty() { "no" } else { "yes" };
    println!("cargo::rustc-env=ARGO_CONFORMANCE_COMMIT={}", commit.unwrap_or_default());
    println!("cargo::rustc-env=ARGO_CONFORMANCE_DIRTY={dirty}");
}

/// Standard output of git; `None` if there is no git, or it fails.
fn git(root: &Path, args: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .arg("--no-optional-locks")
        .arg("-C")
        .arg(root)
        .args(args)
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
    Some(text.trim().to_owned())
}
