//! The repository: its root and its files.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// A file of the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its path from the root, with `/`.
    pub path: String,
    /// Its text; `None` when it is not text.
    pub text: Option<String>,
}

impl File {
    /// Its text, if it is a Rust file.
    pub fn rust(&self) -> Option<&str> {
        self.text_of("rs")
    }

    /// Its text, if it is a Markdown file.
    pub fn markdown(&self) -> Option<&str> {
        self.text_of("md")
    }

    fn text_of(&self, kind: &str) -> Option<&str> {
        let is_kind = Path::new(&self.path).extension().is_some_and(|e| e == kind);
        self.text.as_deref().filter(|_| is_kind)
    }
}

/// The root of the repository that the current directory is in.
///
/// # Errors
/// If git is not there, or the directory is in no repository.
pub fn root() -> Result<PathBuf> {
    let top = git(Path::new("."), &["rev-parse", "--show-toplevel"])?;
    Ok(PathBuf::from(top.trim_end()))
}

/// Every file that git tracks or would track: a new file is checked before it is committed.
///
/// # Errors
/// If git or a file cannot be read.
pub fn files(root: &Path) -> Result<Vec<File>> {
    let listed = git(root, &["ls-files", "-z", "--cached", "--others", "--exclude-standard"])?;
    let mut paths: Vec<&str> = listed.split_terminator('\0').collect();
    paths.sort_unstable();
    paths.dedup();
    let mut files = Vec::new();
    for path in paths {
        let full = root.join(path);
        // Git lists a deleted file until the deletion is committed.
        if full.is_file() {
            let bytes = std::fs::read(&full).with_context(|| format!("failed to read {path}"))?;
            files.push(File { path: path.to_owned(), text: String::from_utf8(bytes).ok() });
        }
    }
    Ok(files)
}

/// Standard output of git in a directory.
pub(crate) fn git(directory: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new("git").arg("-C").arg(directory).args(arguments).output();
    let output = output.context("failed to run git")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "git {}: {}", arguments.join(" "), said.trim());
    String::from_utf8(output.stdout).context("git names a file that is not UTF-8")
}
