//! Rule: no file has a path of one machine.

use crate::problem::Problem;
use crate::tree::File;

/// First parts of paths that exist on one machine and not on another.
const DIRECTORIES: [&str; 4] = ["work", "root", "home", "Users"];

pub(super) fn check(file: &File, problems: &mut Vec<Problem>) {
    let lines = file.text.iter().flat_map(|text| text.lines()).enumerate();
    for (index, line) in lines {
        for directory in DIRECTORIES {
            let path = format!("/{directory}/");
            let found = line.match_indices(&path).any(|(at, _)| begins_a_path(&line[..at]));
            if found {
                let what = format!("`{path}` is a path of one machine");
                let remedy = "use a relative path, or one that is given";
                problems.push(Problem::at(&file.path, index + 1, what, remedy));
            }
        }
    }
}

/// Whether the text before a `/` makes the `/` the start of a path.
fn begins_a_path(before: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || "._-~/})$*".contains(c);
    !before.ends_with(inside)
}
