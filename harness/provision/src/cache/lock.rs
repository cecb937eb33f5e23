//! Locks of the cache. The kernel releases the lock of a process that ends or is killed.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Seek, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use super::directory::{Cache, children};
use super::error::{CacheError, failed};

/// Time between two checks for a cancel during a wait for a lock.
const LOOK: Duration = Duration::from_millis(100);

/// Lock around the other locks. Each taker of a lock holds the gate shared, and `clean` holds the
/// gate alone. No process takes a lock during `clean`.
#[derive(Debug)]
pub(super) struct Gate(#[expect(dead_code, reason = "held for its lock")] File);

impl Gate {
    /// Takes the gate shared. `clean` waits while this value exists.
    pub(super) fn pass(cache: &Cache) -> Result<Self, CacheError> {
        Self::take(cache, File::lock_shared)
    }

    /// Takes the gate alone. Every taker of a lock waits while this value exists.
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

/// A lock. Drop releases the lock and removes its file.
#[derive(Debug)]
pub struct Lock {
    file: File,
    path: PathBuf,
}

/// Outcome of [`Lock::try_take`]. `By` names the holder of a lock that is not free.
#[derive(Debug)]
pub(crate) enum Tried {
    Held(Lock),
    By(String),
}

impl Lock {
    /// Takes the lock of this name if the lock is free. Otherwise the result names the holder.
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

    /// Takes the lock of this name, after a wait if necessary. `waits` receives the name of the
    /// holder before each wait.
    ///
    /// # Errors
    /// [`CacheError::Cancelled`] if `cancelled` returns true during a wait. The delay is at most
    /// [`LOOK`].
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

    /// Takes a lock with a new name, made of `kind`, the process id and a counter.
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

    /// The name of the lock, without `.lock`.
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
    /// Removes the file before the kernel releases the lock. A waiting process then finds no file
    /// of that name, and tries again.
    fn drop(&mut self) {
        if is_at(&self.file, &self.path) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Takes every free lock, and names the holders of the others. The caller must hold the gate alone.
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

/// Waits until the lock is free. A thread waits in the kernel. The calling thread checks for a
/// cancel meanwhile.
fn wait_until_free(path: PathBuf, cancelled: &dyn Fn() -> bool) -> Result<(), CacheError> {
    let (tell, told) = mpsc::channel();
    let at = path.clone();
    std::thread::spawn(move || {
        // The lock is shared: all threads that wait for the same lock wake at the same time.
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

/// True if the path still names the locked file.
fn is_at(file: &File, path: &Path) -> bool {
    match (file.metadata(), fs::metadata(path)) {
        (Ok(held), Ok(there)) => (held.dev(), held.ino()) == (there.dev(), there.ino()),
        _ => false,
    }
}

/// The text in a lock's file, which names the holder.
fn holder(path: &Path) -> String {
    match fs::read_to_string(path) {
        Ok(text) if !text.is_empty() => text,
        _ => "a process that has not said its name yet".to_owned(),
    }
}
