//! Locks of the cache: files that the kernel unlocks when their holder dies, however it dies.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Seek, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use super::{Cache, CacheError, children, failed};

/// How often a wait for a lock looks whether the user cancelled.
const LOOK: Duration = Duration::from_millis(100);

/// What is passed to take a lock, and closed by `clean`: no lock is taken behind its back.
#[derive(Debug)]
pub(super) struct Gate(#[expect(dead_code, reason = "held for its lock")] File);

impl Gate {
    /// Goes through. As long as it is held, `clean` waits.
    pub(super) fn pass(cache: &Cache) -> Result<Self, CacheError> {
        Self::take(cache, File::lock_shared)
    }

    /// Keeps everybody out.
    pub(super) fn close(cache: &Cache) -> Result<Self, CacheError> {
        Self::take(cache, File::lock)
    }

    fn take(cache: &Cache, lock: fn(&File) -> io::Result<()>) -> Result<Self, CacheError> {
        let path = cache.root().join("gate");
        loop {
            fs::create_dir_all(cache.locks()).map_err(failed("create", &cache.locks()))?;
            let file = open(&path)?;
            lock(&file).map_err(failed("lock", &path))?;
            if is_at(&file, &path) {
                return Ok(Self(file));
            }
        }
    }
}

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub struct Lock {
    file: File,
    path: PathBuf,
}

/// Whether a lock could be had at once.
#[derive(Debug)]
pub(crate) enum Tried {
    Held(Lock),
    By(String),
}

impl Lock {
    /// Takes the lock of this name if nobody holds it; else says who does.
    pub(crate) fn try_take(cache: &Cache, name: &str, what: &str) -> Result<Tried, CacheError> {
        let _gate = Gate::pass(cache)?;
        let path = cache.locks().join(format!("{name}.lock"));
        loop {
            let file = open(&path)?;
            match file.try_lock() {
                Ok(()) if is_at(&file, &path) => {
                    return Self::sign(file, path, what).map(Tried::Held);
                }
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(Tried::By(holder(&path))),
                Err(TryLockError::Error(error)) => return Err(failed("lock", &path)(error)),
            }
        }
    }

    /// Takes the lock of this name, waiting for whoever holds it; `waits` is told who that is.
    ///
    /// # Errors
    /// [`CacheError::Cancelled`] as soon as `cancelled` says so.
    pub(crate) fn take(
        cache: &Cache,
        name: &str,
        what: &str,
        waits: &mut dyn FnMut(&str),
        cancelled: &dyn Fn() -> bool,
    ) -> Result<Self, CacheError> {
        loop {
            match Self::try_take(cache, name, what)? {
                Tried::Held(lock) => return Ok(lock),
                Tried::By(holder) => waits(&holder),
            }
            let path = cache.locks().join(format!("{name}.lock"));
            wait_until_free(path, cancelled)?;
        }
    }

    /// Takes a lock that only this process knows the name of.
    pub(crate) fn of_this_process(
        cache: &Cache,
        kind: &str,
        what: &str,
    ) -> Result<Self, CacheError> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let name = format!("{kind}-{}-{number}", std::process::id());
            if let Tried::Held(lock) = Self::try_take(cache, &name, what)? {
                return Ok(lock);
            }
        }
    }

    /// The name it was taken by.
    pub(crate) fn name(&self) -> String {
        self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }

    fn sign(mut file: File, path: PathBuf, what: &str) -> Result<Self, CacheError> {
        let text = format!("process {} ({what})", std::process::id());
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(text.as_bytes()))
            .map_err(failed("write", &path))?;
        Ok(Self { file, path })
    }
}

impl Drop for Lock {
    /// Removes the file before it is unlocked: who waits for it sees that it is gone and asks anew.
    fn drop(&mut self) {
        if is_at(&self.file, &self.path) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Takes every lock that is free, and says who holds the others. Only behind a closed gate.
pub(super) fn hold_all(cache: &Cache) -> Result<(Vec<File>, Vec<String>), CacheError> {
    let (mut held, mut holders) = (Vec::new(), Vec::new());
    for path in children(&cache.locks())? {
        let file = open(&path)?;
        match file.try_lock() {
            Ok(()) => held.push(file),
            Err(TryLockError::WouldBlock) => holders.push(holder(&path)),
            Err(TryLockError::Error(error)) => return Err(failed("lock", &path)(error)),
        }
    }
    Ok((held, holders))
}

/// Waits in a thread of its own, which the kernel wakes; this one looks for a cancel meanwhile.
fn wait_until_free(path: PathBuf, cancelled: &dyn Fn() -> bool) -> Result<(), CacheError> {
    let (tell, told) = mpsc::channel();
    let at = path.clone();
    std::thread::spawn(move || {
        // Shared: a crowd that waits for the same lock wakes at once and does not queue.
        let answer = match File::open(&path) {
            Ok(file) => file.lock_shared(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        };
        let _ = tell.send(answer);
    });
    loop {
        match told.recv_timeout(LOOK) {
            Ok(answer) => return answer.map_err(failed("lock", &at)),
            Err(RecvTimeoutError::Timeout) if cancelled() => return Err(CacheError::Cancelled),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}

fn open(path: &Path) -> Result<File, CacheError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(failed("open", path))
}

/// Whether the file that was locked is still the one of that name.
fn is_at(file: &File, path: &Path) -> bool {
    match (file.metadata(), fs::metadata(path)) {
        (Ok(held), Ok(there)) => (held.dev(), held.ino()) == (there.dev(), there.ino()),
        _ => false,
    }
}

/// Who holds a lock, by its own words.
fn holder(path: &Path) -> String {
    match fs::read_to_string(path) {
        Ok(text) if !text.is_empty() => text,
        _ => "a process that has not said its name yet".to_owned(),
    }
}
