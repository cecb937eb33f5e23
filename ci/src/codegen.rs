//! Files that are generated and committed.

use std::path::Path;

use anyhow::{Context, Result};

use crate::cases::discover;
use crate::problem::Problem;

/// The command that writes them.
const COMMAND: &str = "run `cargo ci codegen`";

/// A file as it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generated {
    /// Its path from the root.
    pub path: &'static str,
    /// Its text.
    pub text: String,
}

/// Makes every generated file anew.
///
/// # Errors
/// The problems of the cases and of the measured verdicts.
pub fn generate(root: &Path) -> Result<Vec<Generated>, Vec<Problem>> {
    let (cases, measured) = discover::read(root)?;
    let text = report::catalogue(&cases, &measured);
    Ok(vec![
        Generated { path: "cases/README.md", text },
        Generated { path: "cases/WORDS.md", text: report::vocabulary() },
        Generated { path: "cases/schema.json", text: model::schema::text() },
    ])
}

/// Generated files that are not what would be generated now.
pub fn check(root: &Path) -> Vec<Problem> {
    match generate(root) {
        Ok(files) => files.iter().filter_map(|file| stale(root, file)).collect(),
        Err(problems) => problems,
    }
}

fn stale(root: &Path, file: &Generated) -> Option<Problem> {
    match std::fs::read_to_string(root.join(file.path)) {
        Ok(found) if found == file.text => None,
        Ok(found) => {
            let (found, made) = (found.lines(), file.text.lines());
            let same = found.zip(made).take_while(|(a, b)| a == b).count();
            let what = "is not what is generated now, from here on";
            Some(Problem::at(file.path, same + 1, what, COMMAND))
        }
        Err(error) => Some(Problem::of(file.path, format!("cannot be read: {error}"), COMMAND)),
    }
}

/// Writes files where they differ. Returns the paths of those written.
///
/// # Errors
/// If a file cannot be written.
pub fn write(root: &Path, files: &[Generated]) -> Result<Vec<&'static str>> {
    let mut written = Vec::new();
    for file in files.iter().filter(|file| stale(root, file).is_some()) {
        let path = root.join(file.path);
        if let Some(directory) = path.parent() {
            std::fs::create_dir_all(directory)
                .with_context(|| format!("failed to make the directory of {}", file.path))?;
        }
        std::fs::write(&path, &file.text)
            .with_context(|| format!("failed to write {}", file.path))?;
        written.push(file.path);
    }
    Ok(written)
}
