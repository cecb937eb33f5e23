//! Writes a history: one writer, one order. The operating system has each event before any task
//! acts on the event.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::history::{Event, EventKind, Header, Part};
use model::milliseconds;
use model::{Fact, Truth, World};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::budgets;
use crate::pauses;

#[cfg(test)]
mod tests;

/// Milliseconds after a moment. A later question is certainly dated after the moment.
const DATED: u64 = 3;

/// Observes a history during its recording.
pub trait Observer: Send {
    /// Takes the next event, and the world after it. Called once for each event, in order, before
    /// any task learns of the event. Must not take long.
    fn event(&mut self, event: &Event, world: &World);
    /// Whether no further event matters to the observer.
    fn settled(&self) -> bool;
    /// The next moment after which the observer needs a mark of every watch. Unit: milliseconds
    /// since the start. `None`: no moment matters more than others.
    fn deadline(&self) -> Option<u64> {
        None
    }
}

/// The history could not be written. The cause is trouble of the harness, never of Argo.
#[derive(Clone, Debug, thiserror::Error)]
#[error("failed to write the history {}: {message}", path.display())]
pub struct RecordError {
    path: PathBuf,
    message: String,
}

impl RecordError {
    fn new(path: &Path, cause: &std::io::Error) -> Self {
        Self { path: path.to_owned(), message: cause.to_string() }
    }
}

/// Writes one case's history. A clone is cheap, and writes to the same file.
///
/// # Guarantees
/// The operating system has an event when [`Recorder::record`] returns. The event then survives
/// SIGKILL of the harness. The numbers of the events are in the order of the file.
#[derive(Clone)]
pub struct Recorder {
    shared: Arc<Shared>,
}

struct Shared {
    path: PathBuf,
    began: Instant,
    state: Mutex<RecordState>,
    changed: watch::Sender<Progress>,
}

/// The progress of the history.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// Number of the last event.
    pub n: u64,
    /// Whether the observer is settled.
    pub settled: bool,
    /// The moment after which the observer next needs a mark, in milliseconds since the start.
    pub deadline: Option<u64>,
    /// The error of the first failure to write. The history then gets no more events.
    pub broken: Option<RecordError>,
}

struct RecordState {
    file: File,
    n: u64,
    world: World,
    observer: Box<dyn Observer>,
    /// The moment of the last event about the harness itself.
    beat: Option<Instant>,
}

impl RecordState {
    /// The time since the last beat, if too long. The harness was stopped, or its machine paused.
    fn stood_still(&self) -> Option<Duration> {
        self.beat.map(|beat| beat.elapsed()).filter(|stood| *stood > budgets::HEARTBEAT.time)
    }
}

impl Recorder {
    /// Makes the file of a history and writes the header. Times count from this call.
    ///
    /// # Errors
    /// If the file exists, or cannot be made or written.
    pub fn create(
        path: &Path,
        header: &Header,
        observer: Box<dyn Observer>,
    ) -> Result<Self, RecordError> {
        let file = File::create_new(path).map_err(|error| RecordError::new(path, &error))?;
        Self::begin(file, path, header, observer)
    }

    fn begin(
        mut file: File,
        path: &Path,
        header: &Header,
        observer: Box<dyn Observer>,
    ) -> Result<Self, RecordError> {
        write_line(&mut file, header).map_err(|error| RecordError::new(path, &error))?;
        let state = RecordState { file, n: 0, world: World::new(header), observer, beat: None };
        let shared = Shared {
            path: path.to_owned(),
            began: Instant::now(),
            state: Mutex::new(state),
            changed: watch::Sender::new(Progress::default()),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Milliseconds since the start.
    pub fn now(&self) -> u64 {
        milliseconds(self.shared.began.elapsed())
    }

    /// A past moment, in milliseconds since the start. Error: up to 2 ms too early, never too late.
    pub fn at(&self, moment: Instant) -> u64 {
        let ago = milliseconds(moment.elapsed());
        self.now().saturating_sub(ago.saturating_add(1))
    }

    /// The moment at which this history has an age in milliseconds.
    fn moment(&self, at: u64) -> Instant {
        self.shared.began + Duration::from_millis(at)
    }

    /// Waits until the observer's next deadline after `last` is over. Returns the deadline. Never
    /// returns without a deadline.
    pub(crate) async fn deadline(&self, last: Option<u64>) -> u64 {
        let mut changes = self.changes();
        loop {
            let next = changes.borrow_and_update().deadline.filter(|next| Some(*next) > last);
            let over = async {
                match next {
                    // A mark is dated up to two milliseconds too early.
                    Some(at) => pauses::until(self.moment(at.saturating_add(DATED))).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = over => return next.unwrap_or_default(),
                // This recorder has the other end.
                _ = changes.changed() => {}
            }
        }
    }

    /// Writes an event and returns its number. A failure to write is kept, and reported to every
    /// task that waits. The time since the last beat may be too long. Its trouble is then written
    /// first, since the harness saw nothing in that time.
    ///
    /// # Errors
    /// If the event cannot be written, or an earlier event could not.
    pub fn record(&self, what: EventKind) -> Result<u64, RecordError> {
        let mut state = self.state();
        if let Some(broken) = self.shared.changed.borrow().broken.clone() {
            return Err(broken);
        }
        if let Some(stood) = state.stood_still() {
            let trouble = Some(format!("the harness stood still for {}s", stood.as_secs()));
            self.write(&mut state, EventKind::Probed { part: Part::Harness, error: trouble })?;
        }
        self.write(&mut state, what)
    }

    fn write(&self, state: &mut RecordState, what: EventKind) -> Result<u64, RecordError> {
        let event = Event { n: state.n + 1, at: self.now(), kind: what };
        if let Err(error) = write_line(&mut state.file, &event) {
            let broken = RecordError::new(&self.shared.path, &error);
            self.shared.changed.send_modify(|p| p.broken = Some(broken.clone()));
            return Err(broken);
        }
        let RecordState { n, world, observer, beat, .. } = state;
        *n = event.n;
        if let EventKind::Probed { part: Part::Harness, .. } = &event.kind {
            *beat = Some(Instant::now());
        }
        world.apply(&event);
        observer.event(&event, world);
        let (settled, deadline) = (observer.settled(), observer.deadline());
        self.shared.changed.send_modify(|p| {
            p.n = event.n;
            p.settled = settled;
            p.deadline = deadline;
        });
        Ok(event.n)
    }

    /// Calls a function with the world of the events so far.
    pub fn world<T>(&self, ask: impl FnOnce(&World) -> T) -> T {
        ask(&self.state().world)
    }

    /// Whether a fact holds in the world of the events so far.
    pub fn holds(&self, fact: &Fact) -> Truth {
        self.world(|world| world.holds(fact))
    }

    /// A receiver of the progress after every event.
    pub fn changes(&self) -> watch::Receiver<Progress> {
        self.shared.changed.subscribe()
    }

    /// Waits until `ready` is true for the world. Events wake the wait, never a clock.
    ///
    /// # Errors
    /// If the history can no longer be written.
    pub async fn until(&self, ready: impl Fn(&World) -> bool) -> Result<(), RecordError> {
        let mut changes = self.changes();
        loop {
            let broken = changes.borrow_and_update().broken.clone();
            if let Some(broken) = broken {
                return Err(broken);
            }
            if self.world(&ready) {
                return Ok(());
            }
            if changes.changed().await.is_err() {
                return Ok(());
            }
        }
    }

    /// Waits until the observer is settled.
    ///
    /// # Errors
    /// If the history can no longer be written.
    pub(crate) async fn settled(&self) -> Result<(), RecordError> {
        let mut changes = self.changes();
        let settled = changes.wait_for(|progress| progress.settled || progress.broken.is_some());
        let broken = settled.await.map(|progress| progress.broken.clone());
        match broken {
            Ok(None) => Ok(()),
            Ok(Some(broken)) => Err(broken),
            // This recorder has the other end.
            Err(_) => std::future::pending().await,
        }
    }

    /// Writes the whole history to the disk.
    ///
    /// # Errors
    /// If the disk does not take the history.
    pub fn sync(&self) -> Result<(), RecordError> {
        let synced = self.state().file.sync_data();
        synced.map_err(|error| RecordError::new(&self.shared.path, &error))
    }

    fn state(&self) -> MutexGuard<'_, RecordState> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One `write` for a line, so that a kill leaves whole lines and at most one torn one.
fn write_line<T: serde::Serialize>(file: &mut File, value: &T) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    file.write_all(&line)
}
