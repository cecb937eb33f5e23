//! The progress of an invocation, and the time of every stage.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use provision::progress::{Notice, Progress};
use report::Live;
use report::run::Stage;

use crate::console::Console;

/// Lines with the time since the start and, on a terminal, what goes on now below them.
pub struct ProgressLog {
    began: Instant,
    console: Arc<dyn Console>,
    stages: Mutex<Vec<Stage>>,
    /// Held for moments only: what is recorded waits for it.
    live: OnceLock<Mutex<Live>>,
}

impl ProgressLog {
    pub(crate) fn new(console: Arc<dyn Console>) -> Self {
        Self { began: Instant::now(), console, stages: Mutex::default(), live: OnceLock::new() }
    }

    /// Shows the running cases from now on, if the console draws.
    pub fn show_running(self: &Arc<Self>) {
        let show = Arc::clone(self);
        let begun = self.console.draw(Box::new(move |size, style| {
            let live = show.live.get().map(|live| lock(live).clone()).unwrap_or_default();
            live.rows(size, show.began.elapsed(), style)
        }));
        if begun {
            self.live.get_or_init(Mutex::default);
        }
    }

    /// Whether the running cases are shown.
    pub(crate) fn is_live(&self) -> bool {
        self.live.get().is_some()
    }

    /// Tells what goes on, and at what time since the start, if that is shown.
    pub(crate) fn live(&self, tell: impl FnOnce(&mut Live, Duration)) {
        if let Some(live) = self.live.get() {
            tell(&mut lock(live), self.began.elapsed());
        }
    }

    /// The stages that have ended, in order of their ends.
    pub(crate) fn stages(&self) -> Vec<Stage> {
        lock(&self.stages).clone()
    }

    /// Milliseconds since the start.
    pub(crate) fn elapsed_ms(&self) -> u64 {
        model::milliseconds(self.began.elapsed())
    }

    /// A line of progress, with the seconds since the start.
    pub fn say(&self, text: &str) {
        self.console.note(&format!("{:>7.1}s {text}", self.began.elapsed().as_secs_f64()));
    }
}

impl Progress for ProgressLog {
    fn notice(&self, notice: Notice) {
        self.live(|live, now| match &notice {
            Notice::Started { stage } => live.stage_began(stage, now),
            Notice::Advanced { stage, detail } => live.stage_advanced(stage, detail),
            Notice::Finished { stage, .. } => live.stage_ended(stage),
        });
        match notice {
            Notice::Started { .. } | Notice::Advanced { .. } if self.is_live() => {}
            Notice::Started { stage } if stage.starts_with("build") => {
                self.say(&format!("{stage} …"));
            }
            Notice::Started { .. } => {}
            Notice::Advanced { stage, detail } => self.say(&format!("{stage}: {detail}")),
            Notice::Finished { stage, elapsed } => {
                self.say(&format!("{stage} ({:.1}s)", elapsed.as_secs_f64()));
                let elapsed_ms = model::milliseconds(elapsed);
                let began_ms = self.elapsed_ms().saturating_sub(elapsed_ms);
                lock(&self.stages).push(Stage { name: stage, began_ms, elapsed_ms });
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
