//! Packages of `Cargo.lock`, with their lines.

/// A package of the lock file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Locked {
    /// Line of the package's name, from 1.
    pub line: usize,
    /// Name of the package.
    pub name: String,
    /// Source of the package. `None`: a member of the workspace.
    pub source: Option<String>,
}

/// Reads the lock file's text. cargo writes it, always in the same shape.
pub fn packages(text: &str) -> Vec<Locked> {
    let mut packages: Vec<Locked> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line == "[[package]]" {
            packages.push(Locked::default());
        }
        let Some(package) = packages.last_mut() else { continue };
        if let Some(name) = value(line, "name") {
            (package.line, package.name) = (index + 1, name.to_owned());
        }
        if let Some(source) = value(line, "source") {
            package.source = Some(source.to_owned());
        }
    }
    packages
}

fn value<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"')
}
