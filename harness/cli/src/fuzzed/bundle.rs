//! The files of a run directory as one text, so that names and contents are altered alike.
//!
//! Each file is a line `=== KIND NAME` with its text after it. The kinds are `file`, `link` and
//! `fifo`. A name that leads out of the directory is not made.

use std::fs::{create_dir_all, remove_dir_all};
use std::os::unix::fs::symlink;
use std::path::{Component, Path};

use rustix::fs::{CWD, Mode, mkfifoat};

const MARK: &[u8] = b"=== ";
/// Most files of a directory.
const MOST: usize = 64;

/// The files as one text.
pub(super) fn bundled<'a>(files: impl IntoIterator<Item = (&'a String, &'a String)>) -> Vec<u8> {
    let file = |(name, text): (&String, &String)| format!("=== file {name}\n{text}\n");
    files.into_iter().map(file).collect::<String>().into_bytes()
}

/// Puts the files of a text into a directory, in place of what was there.
pub(super) fn unbundle(text: &[u8], directory: &Path) {
    let _ = remove_dir_all(directory);
    create_dir_all(directory).expect("a directory");
    let mut links = Vec::new();
    for (name, text) in parts(text).into_iter().take(MOST) {
        let name = String::from_utf8_lossy(name);
        let Some((kind, name)) = name.split_once(' ') else { continue };
        let name = Path::new(name);
        let inside = name.components().all(|part| matches!(part, Component::Normal(_)));
        if !inside || name.as_os_str().is_empty() {
            continue;
        }
        let path = directory.join(name);
        // The system refuses some names, and a file is no directory of another.
        let _ = path.parent().map(create_dir_all);
        match kind {
            "link" => links.push(path),
            "fifo" => drop(mkfifoat(CWD, &path, Mode::from_raw_mode(0o600))),
            _ => drop(std::fs::write(&path, text)),
        }
    }
    // At the end: nothing is written through a link.
    for link in links {
        let _ = symlink("/dev/zero", link);
    }
}

/// Each line of a mark without it, and the text up to the next one.
fn parts(text: &[u8]) -> Vec<(&[u8], &[u8])> {
    let mut parts: Vec<(&[u8], usize, usize)> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let end = at + line.len();
        if let Some(name) = line.strip_prefix(MARK) {
            parts.push((name.strip_suffix(b"\n").unwrap_or(name), end, end));
        } else if let Some((.., to)) = parts.last_mut() {
            *to = end;
        }
        at = end;
    }
    let part = |(name, from, to)| (name, text.get(from..to).unwrap_or_default());
    parts
        .into_iter()
        .map(part)
        .map(|(name, text)| (name, text.strip_suffix(b"\n").unwrap_or(text)))
        .collect()
}

#[test]
fn a_directory_comes_back_from_its_text() {
    let root = tempfile::tempdir().expect("a directory");
    let directory = root.path().join("run");
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let files = [file("a", "one\ntwo\n"), file("b/c/d", ""), file("e", "no end")];
    let mut text = bundled(files.iter().map(|(name, text)| (name, text)));
    text.extend(b"=== file ../out\nx\n=== file /tmp/out\nx\n=== link l\n=== fifo f\n=== file\n");
    unbundle(&text, &directory);
    let read = |name: &str| std::fs::read_to_string(directory.join(name)).expect("a file");
    for (name, text) in &files {
        assert_eq!(read(name), *text);
    }
    assert!(directory.join("l").is_symlink());
    assert!(!root.path().join("out").exists());
    unbundle(b"=== file a\nthree\n", &directory);
    assert_eq!(read("a"), "three");
    assert!(!directory.join("l").is_symlink(), "what was there is gone");
}
