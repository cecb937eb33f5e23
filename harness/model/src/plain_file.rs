//! Opens files of directories that others made.
//!
//! A run directory, or a directory of cases, may come from anybody. Only a plain file of a bounded
//! size is opened. A symbolic link below the directory is never followed. The error names a link, a
//! FIFO, a device, a socket or a file with holes. The size is that of the open file. No more than
//! the limit is read from it.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Component, Path};

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, SeekFrom};

/// The reason why a file is not opened.
#[derive(Debug, thiserror::Error)]
pub enum PlainFileError {
    /// It is something else than a plain file.
    #[error("it is {0}, and no plain file")]
    Kind(&'static str),
    /// It is larger than any that is read.
    #[error("it has {length} bytes, more than {limit}")]
    Large {
        /// Its length in bytes.
        length: u64,
        /// The largest length in bytes.
        limit: u64,
    },
    /// Parts of it were never written.
    #[error("it has holes")]
    Sparse,
    /// Its path leads out of the directory, or has a control character.
    #[error("it is no path in the directory")]
    Path,
    /// It is no text.
    #[error("it is not UTF-8 from byte {0} on")]
    Text(usize, #[source] std::str::Utf8Error),
    /// The system refused.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl PlainFileError {
    /// Whether there is no such file.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == io::ErrorKind::NotFound)
    }
}

/// Opens a plain file of at most `limit` bytes. Links on the way to it are followed: the path is
/// that of the user. A link in its place is not.
///
/// # Errors
/// [`PlainFileError`].
pub fn open(path: &Path, limit: u64) -> Result<File, PlainFileError> {
    file_at(CWD, path, limit)
}

/// Opens a plain file of at most `limit` bytes in a directory. No link below the directory is
/// followed.
///
/// # Errors
/// [`PlainFileError`].
pub fn open_in(directory: &Path, name: &Path, limit: u64) -> Result<File, PlainFileError> {
    let text = name.to_string_lossy();
    let plain = name.components().all(|part| matches!(part, Component::Normal(_)));
    if !plain || text.is_empty() || text.chars().any(char::is_control) {
        return Err(PlainFileError::Path);
    }
    let flags = OFlags::DIRECTORY | OFlags::PATH | OFlags::CLOEXEC;
    let mut at: OwnedFd =
        rustix::fs::openat(CWD, directory, flags, Mode::empty()).map_err(io::Error::from)?;
    let parents = name.parent().into_iter().flat_map(Path::components);
    for part in parents {
        let part = Path::new(part.as_os_str());
        of_type(kind(at.as_fd(), part)?, FileType::Directory)?;
        at = rustix::fs::openat(&at, part, flags | OFlags::NOFOLLOW, Mode::empty())
            .map_err(io::Error::from)?;
    }
    let last = name.file_name().ok_or(PlainFileError::Path)?;
    file_at(at.as_fd(), Path::new(last), limit)
}

/// Reads the text of a plain file of at most `limit` bytes; as [`open`].
///
/// # Errors
/// [`PlainFileError`].
pub fn text(path: &Path, limit: u64) -> Result<String, PlainFileError> {
    text_of(open(path, limit)?, limit)
}

/// Reads the text of a plain file of at most `limit` bytes in a directory; as [`open_in`].
///
/// # Errors
/// [`PlainFileError`].
pub fn text_in(directory: &Path, name: &Path, limit: u64) -> Result<String, PlainFileError> {
    text_of(open_in(directory, name, limit)?, limit)
}

/// A file may grow while it is read: no more than the limit is taken.
fn text_of(file: File, limit: u64) -> Result<String, PlainFileError> {
    let mut bytes = Vec::new();
    file.take(limit).read_to_end(&mut bytes)?;
    String::from_utf8(bytes)
        .map_err(|error| PlainFileError::Text(error.utf8_error().valid_up_to(), error.utf8_error()))
}

fn of_type(found: FileType, wanted: FileType) -> Result<(), PlainFileError> {
    if found == wanted { Ok(()) } else { Err(PlainFileError::Kind(words(found))) }
}

fn file_at(at: BorrowedFd<'_>, name: &Path, limit: u64) -> Result<File, PlainFileError> {
    // Before it is opened: to open a device may do something to it.
    of_type(kind(at, name)?, FileType::RegularFile)?;
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = rustix::fs::openat(at, name, flags, Mode::empty()).map_err(io::Error::from)?;
    // And once more: another file may be there by now.
    let stat = rustix::fs::fstat(&file).map_err(io::Error::from)?;
    of_type(FileType::from_raw_mode(stat.st_mode), FileType::RegularFile)?;
    let length = u64::try_from(stat.st_size).unwrap_or_default();
    if length > limit {
        return Err(PlainFileError::Large { length, limit });
    }
    if has_holes(file.as_fd(), length) {
        return Err(PlainFileError::Sparse);
    }
    Ok(File::from(file))
}

/// The type of the file at a path. A link is not followed.
fn kind(at: BorrowedFd<'_>, name: &Path) -> Result<FileType, PlainFileError> {
    let stat = rustix::fs::statat(at, name, AtFlags::SYMLINK_NOFOLLOW).map_err(io::Error::from)?;
    Ok(FileType::from_raw_mode(stat.st_mode))
}

/// Whether there is a hole before the end. A file system that does not tell has none.
fn has_holes(file: BorrowedFd<'_>, length: u64) -> bool {
    let hole = rustix::fs::seek(file, SeekFrom::Hole(0));
    let back = rustix::fs::seek(file, SeekFrom::Start(0));
    length > 0 && back.is_ok() && hole.is_ok_and(|hole| hole < length)
}

fn words(kind: FileType) -> &'static str {
    match kind {
        FileType::RegularFile => "a file",
        FileType::Directory => "a directory",
        FileType::Symlink => "a symbolic link",
        FileType::Fifo => "a FIFO",
        FileType::Socket => "a socket",
        FileType::CharacterDevice | FileType::BlockDevice => "a device",
        FileType::Unknown => "something unknown",
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::path::PathBuf;

    use rstest::rstest;

    use super::*;

    fn fifo(path: &Path) {
        rustix::fs::mkfifoat(CWD, path, Mode::from_raw_mode(0o600)).expect("a FIFO");
    }

    fn endless(path: &Path) {
        symlink("/dev/zero", path).expect("a link");
    }

    fn huge(path: &Path) {
        File::create(path).and_then(|file| file.set_len(64 << 30)).expect("a file");
    }

    fn sparse(path: &Path) {
        File::create(path).and_then(|file| file.set_len(1 << 20)).expect("a file");
    }

    fn socket(path: &Path) {
        std::os::unix::net::UnixListener::bind(path).expect("a socket");
    }

    fn directory(path: &Path) {
        std::fs::create_dir(path).expect("a directory");
    }

    fn binary(path: &Path) {
        std::fs::write(path, [b'a', 0xff]).expect("a file");
    }

    #[rstest]
    #[case::fifo(fifo, "it is a FIFO, and no plain file")]
    #[case::link(endless, "it is a symbolic link, and no plain file")]
    #[case::huge(huge, "it has 68719476736 bytes, more than 2097152")]
    #[case::sparse(sparse, "it has holes")]
    #[case::socket(socket, "it is a socket, and no plain file")]
    #[case::directory(directory, "it is a directory, and no plain file")]
    #[case::binary(binary, "it is not UTF-8 from byte 1 on")]
    fn only_a_plain_file_is_read(#[case] make: fn(&Path), #[case] reason: &str) {
        let root = tempfile::tempdir().expect("a directory");
        make(&root.path().join("x"));
        let errors = [
            text(&root.path().join("x"), 2 << 20).expect_err("it is refused"),
            text_in(root.path(), Path::new("x"), 2 << 20).expect_err("it is refused"),
        ];
        assert_eq!(errors.map(|error| error.to_string()), [reason, reason]);
    }

    #[test]
    fn a_device_is_not_opened() {
        let error = open(Path::new("/dev/zero"), 1).expect_err("it is refused");
        assert_eq!(error.to_string(), "it is a device, and no plain file");
    }

    #[rstest]
    #[case::parent("../x")]
    #[case::absolute("/x")]
    #[case::nothing("")]
    #[case::escape("a\u{1b}[2K")]
    fn a_path_stays_in_the_directory(#[case] name: &str) {
        let root = tempfile::tempdir().expect("a directory");
        let error = open_in(root.path(), &PathBuf::from(name), 1).expect_err("it is refused");
        assert!(matches!(error, PlainFileError::Path), "{error}");
    }

    #[test]
    fn a_directory_on_the_way_is_no_link() {
        let root = tempfile::tempdir().expect("a directory");
        directory(&root.path().join("there"));
        std::fs::write(root.path().join("there/x"), "text").expect("a file");
        symlink("there", root.path().join("link")).expect("a link");
        let read = |name: &str| text_in(root.path(), Path::new(name), 9);
        assert_eq!(read("there/x").expect("it is read"), "text");
        let error = read("link/x").expect_err("it is refused");
        assert_eq!(error.to_string(), "it is a symbolic link, and no plain file");
        assert!(read("there/y").expect_err("it is not there").is_absent());
    }
}
