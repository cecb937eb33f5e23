//! The documents: links that lead somewhere, and the book that is built of `docs/`.

mod links;
mod page;

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

pub use links::check as links;

use crate::problem::Problem;
use crate::tools;
use crate::tree::File;
use page::Page;

/// The directory of the book, from the root of the repository.
const DOCS: &str = "docs";
/// The table of contents of the book.
const SUMMARY: &str = "docs/SUMMARY.md";
/// The directory of the built book.
pub const BUILT: &str = "target/book";

/// Pages of the book that its table of contents lacks. Readers cannot find such a page.
pub fn contents(files: &[File]) -> Vec<Problem> {
    let pages = files.iter().filter_map(Page::read);
    let Some(summary) = files.iter().find(|file| file.path == SUMMARY).and_then(Page::read) else {
        return vec![Problem::of(SUMMARY, "the book has no table of contents", "write it")];
    };
    let listed: Vec<String> =
        summary.links.iter().filter_map(|link| links::path_of(SUMMARY, &link.target)).collect();
    let is_lost = |page: &Page| {
        let of_book = page.path.starts_with(&format!("{DOCS}/")) && page.path != SUMMARY;
        of_book && !listed.contains(&page.path)
    };
    let lost = pages.filter(is_lost).map(|page| {
        Problem::of(&page.path, "docs/SUMMARY.md does not list the page", "add it there")
    });
    lost.collect()
}

/// Builds the book into [`BUILT`]. mdbook says itself what is wrong.
///
/// # Errors
/// If mdbook cannot be installed or started.
pub fn build(root: &Path) -> Result<Vec<Problem>> {
    build_with(&tools::MDBOOK.program()?, root)
}

/// [`build`] by that program.
///
/// # Errors
/// If the program cannot be started.
pub fn build_with(mdbook: &Path, root: &Path) -> Result<Vec<Problem>> {
    let mut command = Command::new(mdbook);
    command.args(["build", "--dest-dir"]).arg(root.join(BUILT)).arg(root.join(DOCS));
    let status = command.status().context("failed to run mdbook")?;
    let problem = || Problem::of(DOCS, "mdbook builds no book", "see above");
    Ok(if status.success() { vec![] } else { vec![problem()] })
}
