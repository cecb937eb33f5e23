//! Checks that every document names the minimum supported Rust version of `Cargo.toml`.

use crate::problem::Problem;
use crate::tree::File;

/// The file that must name the version.
const README: &str = "README.md";
/// Documents that say what was true once.
const DATED: [&str; 3] = ["docs/measurements", "docs/decisions", "CHANGELOG.md"];
/// Words before a version.
const WORDS: [&str; 3] = ["Rust ", "Rust version ", "Rust version is "];

/// Documents that name another version, and a README without a version.
pub fn check(files: &[File]) -> Vec<Problem> {
    let Some(version) = supported(files) else {
        let remedy = "write it as `rust-version = \"1.2\"`";
        return vec![Problem::of("Cargo.toml", "the workspace has no `rust-version`", remedy)];
    };
    let mut problems = Vec::new();
    let mut is_named = false;
    let is_dated = |file: &File| DATED.iter().any(|dated| file.path.starts_with(dated));
    for file in files.iter().filter(|file| !is_dated(file)) {
        for (line, named) in versions(file.markdown().unwrap_or_default()) {
            is_named |= file.path == README;
            if named != version {
                let what = format!("Rust {named} is not the minimum of Cargo.toml, {version}");
                problems.push(Problem::at(&file.path, line, what, "correct the version"));
            }
        }
    }
    if !is_named {
        let what = format!("the README does not say that it needs Rust {version}");
        problems.push(Problem::of(README, what, "name the version"));
    }
    problems
}

fn supported(files: &[File]) -> Option<String> {
    let manifest = files.iter().find(|file| file.path == "Cargo.toml")?;
    let manifest: toml::Table = manifest.text.as_deref()?.parse().ok()?;
    let version = manifest.get("workspace")?.get("package")?.get("rust-version")?;
    version.as_str().map(str::to_owned)
}

/// The versions of Rust that a text names, with their lines.
fn versions(text: &str) -> Vec<(usize, String)> {
    let of_line = |line: &str| {
        let places = WORDS.iter().flat_map(|words| line.split(words).skip(1));
        let version = |rest: &str| {
            let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.'));
            let version = rest[..end.unwrap_or(rest.len())].trim_end_matches('.');
            (!version.is_empty()).then(|| version.to_owned())
        };
        places.filter_map(version).collect::<Vec<_>>()
    };
    let lines = text.lines().zip(1..);
    lines.flat_map(|(line, number)| of_line(line).into_iter().map(move |v| (number, v))).collect()
}
