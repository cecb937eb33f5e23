//! The files of the archive of a release.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::PROGRAM;
use super::archive::File;
use super::licences::{C_LIBRARY, CRATES, RUST};

/// Files of the repository that the archive has.
const DOCUMENTS: [&str; 3] = ["CHANGELOG.md", "LICENSE", "README.md"];
/// Files that the program prints, with the arguments.
const GENERATED: [(&str, &[&str]); 4] = [
    ("completions/_argo-conformance", &["completions", "zsh"]),
    ("completions/argo-conformance.bash", &["completions", "bash"]),
    ("completions/argo-conformance.fish", &["completions", "fish"]),
    ("man/argo-conformance.1", &["man"]),
];

/// Files by path in the directory of the archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Package(BTreeMap<String, File>);

impl Package {
    /// The paths that a complete package has, sorted.
    pub fn contents() -> Vec<&'static str> {
        let generated = GENERATED.iter().map(|(path, _)| *path);
        let licences = C_LIBRARY.iter().map(|(path, _)| *path).chain([CRATES, RUST]);
        let mut paths: Vec<_> =
            generated.chain(licences).chain(DOCUMENTS).chain([PROGRAM]).collect();
        paths.sort_unstable();
        paths
    }

    /// Adds a program.
    pub fn program(&mut self, path: &str, bytes: Vec<u8>) {
        self.0.insert(path.to_owned(), File { mode: 0o755, bytes });
    }

    /// Adds a text.
    pub fn text(&mut self, path: &str, bytes: Vec<u8>) {
        self.0.insert(path.to_owned(), File { mode: 0o644, bytes });
    }

    /// Adds the documents of the repository.
    ///
    /// # Errors
    /// If one cannot be read.
    pub fn documents(&mut self, root: &Path) -> Result<()> {
        for path in DOCUMENTS {
            let bytes = std::fs::read(root.join(path));
            self.text(path, bytes.with_context(|| format!("failed to read {path}"))?);
        }
        Ok(())
    }

    /// Adds the files that the program prints.
    ///
    /// # Errors
    /// If the program fails or prints nothing.
    pub fn generated(&mut self, program: &Path) -> Result<()> {
        for (path, arguments) in GENERATED {
            let output = Command::new(program).args(arguments).output();
            let output = output.with_context(|| format!("failed to run {}", program.display()))?;
            let made = output.status.success() && !output.stdout.is_empty();
            ensure!(made, "failed to make {path}: {}", output.status);
            self.text(path, output.stdout);
        }
        Ok(())
    }

    /// The files.
    ///
    /// # Errors
    /// If they are not exactly those of a complete package.
    pub fn complete(&self) -> Result<&BTreeMap<String, File>> {
        let lacks: Vec<_> =
            Self::contents().into_iter().filter(|path| !self.0.contains_key(*path)).collect();
        ensure!(lacks.is_empty(), "invalid package: it lacks {}", lacks.join(", "));
        let other = self.0.keys().find(|path| !Self::contents().contains(&path.as_str()));
        ensure!(other.is_none(), "invalid package: it has {}", other.map_or("", |path| path));
        Ok(&self.0)
    }
}
