//! Finds the cases of a directory.

use std::io::Read;
use std::path::{Path, PathBuf};

use crate::case::Case;
use crate::diagnostic::Diagnostic;
use crate::name::is_name;
use crate::parse::{self, CaseFiles};
use crate::plain_file::{self, PlainFileError};

/// The contents of a directory of cases.
#[derive(Debug, Default)]
pub struct Found {
    /// The cases that can be read, by id.
    pub cases: Vec<Case>,
    /// The errors of the other cases.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads every case below `root`: each directory with a `case.yaml` is one. Its id is its path
/// from `root`.
pub fn cases(root: &Path) -> Found {
    let mut found = Found::default();
    let mut directories: Vec<PathBuf> = Vec::new();
    for entry in walkdir::WalkDir::new(root).sort_by_file_name() {
        match entry {
            Ok(entry) if entry.file_name() == "case.yaml" => {
                directories.extend(entry.path().parent().map(Path::to_owned));
            }
            Ok(_) => {}
            Err(error) => found.diagnostics.push(unread(root, &error)),
        }
    }
    for directory in directories {
        match case(root, &directory) {
            Ok(cases) => found.cases.extend(cases),
            Err(diagnostics) => found.diagnostics.extend(diagnostics),
        }
    }
    found.cases.sort_by(|a, b| a.id.cmp(&b.id));
    found
}

fn case(root: &Path, directory: &Path) -> Result<Vec<Case>, Vec<Diagnostic>> {
    let relative = directory.strip_prefix(root).unwrap_or(directory);
    let parts: Vec<_> = relative.iter().filter_map(|p| p.to_str()).collect();
    let id = parts.join("/");
    if !is_id(&id) {
        let message = format!("`{id}` is not an id: use lower-case words joined by `-`");
        return Err(vec![whole(directory, message)]);
    }
    let files = read_files(directory)?;
    parse::cases(&CaseFiles { directory, id: &id, files: &files })
}

/// Whether this can be the id of a case: lower-case letters, digits and `-`, in parts separated by
/// `/`.
pub fn is_id(id: &str) -> bool {
    id.split('/').all(is_name)
}

fn read_files(directory: &Path) -> Result<Vec<(String, String)>, Vec<Diagnostic>> {
    let mut files = Vec::new();
    let mut wrong = Vec::new();
    let entries = std::fs::read_dir(directory)
        .map_err(|e| vec![whole(directory, format!("cannot be read: {e}"))])?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|e| e.ok().map(|e| e.path())).collect();
    paths.sort();
    for path in paths.into_iter().filter(|p| p.extension().is_some_and(|e| e == "yaml")) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match read_file(&path) {
            Ok(text) => files.push((name, text)),
            Err(diagnostic) => wrong.push(diagnostic),
        }
    }
    if wrong.is_empty() { Ok(files) } else { Err(wrong) }
}

fn read_file(path: &Path) -> Result<String, Diagnostic> {
    let unread = |error: PlainFileError| match error {
        PlainFileError::Large { length, limit } => {
            whole(path, format!("has {length} bytes, more than {limit}"))
        }
        PlainFileError::Io(_) => whole(path, format!("cannot be read: {error}")),
        PlainFileError::Kind(_)
        | PlainFileError::Sparse
        | PlainFileError::Path
        | PlainFileError::Text(..) => whole(path, format!("is not read: {error}")),
    };
    let mut bytes = Vec::new();
    plain_file::open(path, parse::LARGEST)
        .and_then(|file| Ok(file.take(parse::LARGEST).read_to_end(&mut bytes)?))
        .map_err(unread)?;
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let last = good.rsplit(|b| *b == b'\n').next().unwrap_or_default();
        let (line, column) = (good.split(|b| *b == b'\n').count(), last.len() + 1);
        let message = "is not UTF-8 from here on".to_owned();
        Diagnostic { file: path.to_owned(), line, column, message, hint: None }
    })
}

/// A directory that cannot be read, `root` or one below it.
fn unread(root: &Path, error: &walkdir::Error) -> Diagnostic {
    let why = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
    let path = error.path().unwrap_or(root);
    let hint = (path == root).then(|| {
        "name the directory that your cases are in, or `cases` of this program's repository".into()
    });
    Diagnostic { hint, ..whole(path, format!("cannot be read: {why}")) }
}

fn whole(file: &Path, message: String) -> Diagnostic {
    Diagnostic { file: file.to_owned(), line: 0, column: 0, message, hint: None }
}
