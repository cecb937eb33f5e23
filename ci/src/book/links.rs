//! Links between the documents of the repository.

use super::DOCS;
use super::page::Page;
use crate::problem::Problem;
use crate::tree::File;

/// Links to files and headings that do not exist, and links that leave the book. The built book has
/// the files of `docs/` alone. Links to other hosts are not followed.
pub fn check(files: &[File]) -> Vec<Problem> {
    let pages: Vec<Page> = files.iter().filter_map(Page::read).collect();
    let mut problems = Vec::new();
    for page in &pages {
        for link in &page.links {
            if let Err((what, remedy)) = follow(files, &pages, &page.path, &link.target) {
                problems.push(Problem::at(&page.path, link.line, what, remedy));
            }
        }
    }
    problems
}

/// The mistake of a link and its remedy.
type Broken = (String, &'static str);

fn follow(files: &[File], pages: &[Page], from: &str, target: &str) -> Result<(), Broken> {
    if target.contains(':') {
        return Ok(());
    }
    let Some(path) = path_of(from, target) else {
        return Err((format!("the link `{target}` leaves the repository"), "correct the link"));
    };
    let inside = |file: &File| file.path == path || file.path.starts_with(&format!("{path}/"));
    if !path.is_empty() && !files.iter().any(inside) {
        return Err((format!("the link `{target}` leads to no file"), "correct the link"));
    }
    let is_of_book = |path: &str| path.starts_with(&format!("{DOCS}/"));
    if is_of_book(from) && !is_of_book(&path) {
        let what = format!("the link `{target}` leaves the book");
        return Err((what, "name the file in a code span, or link to a page of the book"));
    }
    let Some((_, anchor)) = target.split_once('#') else { return Ok(()) };
    let has_anchor = |page: &Page| page.path == path && page.anchors.iter().any(|a| a == anchor);
    if pages.iter().any(has_anchor) {
        Ok(())
    } else {
        Err((format!("the link `{target}` leads to no heading"), "correct the link"))
    }
}

/// The path of a link's target from the root of the repository. `None`: the path leaves it.
pub(super) fn path_of(from: &str, target: &str) -> Option<String> {
    let (file, _) = target.split_once('#').unwrap_or((target, ""));
    if file.is_empty() {
        return Some(from.to_owned());
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in file.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}
