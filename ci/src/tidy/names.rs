//! Files are named after a thing, not after a kind of thing.

use crate::problem::Problem;

/// Names that say nothing, for files and directories.
const BANNED: [&str; 10] = [
    "util", "utils", "helper", "helpers", "common", "misc", "type", "types", "manager", "managers",
];

pub(super) fn check(path: &str, problems: &mut Vec<Problem>) {
    for part in path.split('/') {
        let stem = part.split_once('.').map_or(part, |(stem, _)| stem);
        if BANNED.contains(&stem.to_lowercase().as_str()) {
            let what = format!("`{part}` says nothing of what is in it");
            problems.push(Problem::of(path, what, "name it after the thing that it holds"));
        }
        if part == "mod.rs" {
            let remedy = "name it after its directory, beside it: `case.rs` and `case/`";
            problems.push(Problem::of(path, "a module file without a name", remedy));
        }
    }
}
