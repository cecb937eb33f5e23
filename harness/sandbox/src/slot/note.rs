//! A note in a lock file, about the user of a slot.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::process::Identity;

/// A note in a lock file, about the user of a slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The sandbox's directory.
    pub directory: PathBuf,
    /// Name of the run that uses the slot. None if the user gave no run.
    pub run: Option<String>,
    /// The process of the harness.
    pub owner: Identity,
    /// The number of the claim on the slot's name. None before the claim.
    pub claim: Option<u64>,
    /// First process of the sandbox, with its number on the host. None before its start.
    pub init: Option<Identity>,
    /// True if the sandbox outlives its harness.
    pub released: bool,
}

/// Adds a note. The last whole note counts, so a kill during the write loses no earlier note.
pub(super) fn write(mut lock: &File, note: &Note) -> std::io::Result<()> {
    let mut line = vec![b'\n'];
    line.extend(serde_json::to_vec(note)?);
    line.push(b'\n');
    lock.write_all(&line)
}

/// The last whole note. None without a whole note.
pub(super) fn read(mut lock: &File) -> Option<Note> {
    let mut text = Vec::new();
    lock.rewind().ok()?;
    lock.read_to_end(&mut text).ok()?;
    text.split(|&b| b == b'\n').rev().find_map(|line| serde_json::from_slice(line).ok())
}

/// Adds a changed copy of the last note.
pub(super) fn change(lock: &File, change: impl FnOnce(&mut Note)) -> std::io::Result<()> {
    let mut note = read(lock).ok_or(std::io::ErrorKind::NotFound)?;
    change(&mut note);
    write(lock, &note)
}

/// Removes all notes, after the things in the notes are gone.
pub(super) fn forget(lock: &File) -> std::io::Result<()> {
    lock.set_len(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_whole_note_counts() {
        let locks = tempfile::tempdir().expect("a directory");
        let path = locks.path().join("0.lock");
        let lock = File::options().create(true).read(true).append(true).open(path).expect("open");
        assert_eq!(read(&lock), None);
        let owner = Identity { pid: 7, started: 70 };
        let directory = "/d".into();
        let note = Note { directory, run: None, owner, claim: None, init: None, released: false };
        write(&lock, &note).expect("write");
        change(&lock, |note| note.init = Some(Identity { pid: 8, started: 80 })).expect("change");
        (&lock).write_all(b"\n{\"directory\":\"/torn").expect("write");
        let read_back = read(&lock).expect("a note");
        assert_eq!(read_back.init, Some(Identity { pid: 8, started: 80 }));
        change(&lock, |note| note.released = true).expect("change");
        assert!(read(&lock).expect("a note").released, "a torn line must not spoil the next one");
    }
}
