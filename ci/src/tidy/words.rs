//! Code that must not be used, and the exceptions.

use crate::problem::Problem;
use crate::rust_source::RustSource;
use crate::tree::File;

/// Code that must not be used, and the remedies.
const BANNED: [(&str, &str); 8] = [
    ("#[ignore", "mend it, delete it, or assert what happens today and name the issue"),
    ("todo!(", "write it, or leave it out"),
    ("unimplemented!(", "write it, or leave it out"),
    ("thread::sleep", "wait for what you wait for"),
    ("time::sleep(", "wait for what you wait for; the pauses of the crate stand in one file"),
    ("#[allow(", "`#[expect(…, reason = …)]`: it says when it is no longer needed"),
    ("#![allow(", "`#![expect(…, reason = …)]`: it says when it is no longer needed"),
    ("serde_yaml::", "`model::parse` reads YAML; serde_yaml is only its second opinion"),
];

/// A file in which a banned word may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exception {
    /// The file.
    pub file: &'static str,
    /// The word, as in the table of banned ones.
    pub word: &'static str,
    /// The reason of the exception.
    pub reason: &'static str,
}

/// Files in which a banned word may stand. The list may only become shorter. A file that no longer
/// has the word must leave the list.
pub const EXCEPTIONS: [Exception; 3] = [
    Exception {
        file: "harness/drive/src/pauses.rs",
        word: "time::sleep(",
        reason: "some things give no event when they change, and must be asked again",
    },
    Exception {
        file: "harness/provision/src/poll.rs",
        word: "time::sleep(",
        reason: "a program that starts gives no event when it is ready",
    },
    Exception {
        file: "ci/tests/ci/two_parsers.rs",
        word: "serde_yaml::",
        reason: "this is the second opinion",
    },
];

pub(super) fn check(
    path: &str,
    source: &RustSource,
    exceptions: &[Exception],
    problems: &mut Vec<Problem>,
) {
    for (word, remedy) in BANNED {
        if exceptions.iter().any(|e| e.file == path && e.word == word) {
            continue;
        }
        for (line, _) in source.find(word) {
            problems.push(Problem::at(path, line, format!("`{word}` is not used here"), remedy));
        }
    }
}

/// Exceptions that no file needs.
pub(super) fn stale(files: &[File], exceptions: &[Exception]) -> Vec<Problem> {
    let needed = |exception: &&Exception| {
        let file = files.iter().find(|file| file.path == exception.file);
        let source = file.and_then(File::rust).map(RustSource::read);
        source.is_some_and(|source| !source.find(exception.word).is_empty())
    };
    let stale = exceptions.iter().filter(|exception| !needed(exception));
    let problem = |exception: &Exception| {
        let what = format!("`{}` does not stand here any more", exception.word);
        let remedy = "take the exception out of ci/src/tidy/words.rs";
        Problem::of(exception.file, what, remedy)
    };
    stale.map(problem).collect()
}
