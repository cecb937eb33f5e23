//! The workspace's table of dependencies, and the members that use it.

use crate::problem::Problem;
use crate::tree::File;

/// Dependencies of the workspace's table that no member uses, and dependencies of members that
/// are not in the table.
pub fn check(files: &[File]) -> Vec<Problem> {
    let manifest = |file: &&File| file.path.ends_with("Cargo.toml");
    let (roots, members): (Vec<&File>, Vec<&File>) =
        files.iter().filter(manifest).partition(|file| file.path == "Cargo.toml");
    let used: Vec<Entry> = members.iter().flat_map(|file| entries(file)).collect();
    let mut problems = Vec::new();
    let table: Vec<Entry> = roots.iter().flat_map(|file| entries(file)).collect();
    for entry in table.iter().filter(|entry| entry.section == "workspace.dependencies") {
        if !used.iter().any(|use_| use_.name == entry.name) {
            let what = format!("no member uses `{}`", entry.name);
            problems.push(Problem::at(entry.file, entry.line, what, "take it out"));
        }
    }
    for entry in used.iter().filter(|entry| !entry.from_workspace) {
        let what = format!("`{}` has a version of its own", entry.name);
        let remedy = "put it into the table in Cargo.toml and write `workspace = true`";
        problems.push(Problem::at(entry.file, entry.line, what, remedy));
    }
    problems
}

struct Entry<'a> {
    file: &'a str,
    line: usize,
    section: &'a str,
    name: &'a str,
    from_workspace: bool,
}

/// The entries of a manifest's tables of dependencies, which the project writes one a line.
fn entries(file: &File) -> Vec<Entry<'_>> {
    let mut entries = Vec::new();
    let mut section = "";
    for (index, line) in file.text.as_deref().unwrap_or_default().lines().enumerate() {
        if let Some(header) = line.strip_prefix('[') {
            section = header.trim_end_matches(']');
        }
        let is_key = line.starts_with(|c: char| c.is_ascii_alphanumeric());
        if !section.ends_with("dependencies") || !is_key {
            continue;
        }
        let Some((key, value)) = line.split_once('=') else { continue };
        let (name, suffix) = key.trim().split_once('.').unwrap_or((key.trim(), ""));
        let from_workspace = suffix == "workspace" || value.contains("workspace = true");
        let (file, line) = (file.path.as_str(), index + 1);
        entries.push(Entry { file, line, section, name, from_workspace });
    }
    entries
}
