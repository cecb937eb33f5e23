//! The rules for every file of the repository.

mod attributes;
mod names;
mod paths;
mod sizes;
mod words;

pub use words::{EXCEPTIONS, Exception};

use crate::problem::Problem;
use crate::rust_source::RustSource;
use crate::tree::File;

/// Every problem of the files, sorted.
pub fn tidy(files: &[File]) -> Vec<Problem> {
    tidy_with(files, &EXCEPTIONS)
}

/// [`tidy`] with other exceptions.
pub fn tidy_with(files: &[File], exceptions: &[Exception]) -> Vec<Problem> {
    let mut problems = words::stale(files, exceptions);
    for file in files {
        names::check(&file.path, &mut problems);
        paths::check(file, &mut problems);
        let Some(text) = file.rust() else { continue };
        let source = RustSource::read(text);
        sizes::check(&file.path, text, &source, &mut problems);
        words::check(&file.path, &source, exceptions, &mut problems);
        attributes::check(&file.path, &source, &mut problems);
    }
    problems.sort();
    problems
}
