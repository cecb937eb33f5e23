//! The progress of an invocation, and the time of every stage.

mod lines;
mod remaining;

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use model::hints::chain;
use provision::cache::stage_times::StageTimes;
use provision::program::download::AT_ONCE;
use provision::progress::{Notice, Progress};
use report::Live;
use report::run::Stage;

use crate::console::Console;
use lines::Lines;
use remaining::{Outlook, Remaining};

/// Lines with the time since the start and, on a terminal, what goes on now below them.
pub struct ProgressLog {
    began: Instant,
    console: Arc<dyn Console>,
    stages: Mutex<Vec<Stage>>,
    /// Held for moments only: what is recorded waits for it.
    live: OnceLock<Mutex<Live>>,
    remaining: Mutex<Remaining>,
    lines: Mutex<Lines>,
}

impl ProgressLog {
    pub(crate) fn new(console: Arc<dyn Console>, times: StageTimes) -> Self {
        let cores = available_parallelism().map_or(1, usize::from);
        let remaining = Remaining::new(cores, AT_ONCE, times);
        Self {
            began: Instant::now(),
            console,
            stages: Mutex::default(),
            live: OnceLock::new(),
            remaining: Mutex::new(remaining),
            lines: Mutex::default(),
        }
    }

    /// Shows the running cases from now on, if the console draws.
    pub fn show_running(self: &Arc<Self>) {
        let show = Arc::clone(self);
        let begun = self.console.draw(Box::new(move |size, style| {
            let mut live = show.live.get().map(|live| lock(live).clone()).unwrap_or_default();
            let now = show.began.elapsed();
            for (stage, Outlook { left, next }) in lock(&show.remaining).running(now) {
                live.stage_outlook(stage, &left, &next);
            }
            live.rows(size, now, style)
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
        let now = self.began.elapsed();
        lock(&self.remaining).notice(&notice, now);
        self.live(|live, now| match &notice {
            Notice::Planned { .. } => {}
            Notice::Started { stage } => live.stage_began(stage, now),
            Notice::Advanced { stage, detail, .. } => live.stage_advanced(stage, detail),
            Notice::Failed { stage } | Notice::Finished { stage, .. } => live.stage_ended(stage),
        });
        // The console may draw during `say`, and drawing takes the lock.
        let line = lines::line(&notice, now, &lock(&self.remaining), &mut lock(&self.lines));
        if let Some(line) = line.filter(|_| !self.is_live() || lines::stays(&notice)) {
            self.say(&line);
        }
        if let Notice::Finished { stage, elapsed } = notice {
            let kept = lock(&self.remaining).keep(&stage, elapsed);
            if let Err(error) = kept {
                self.say(&format!("warning: {}", chain(&error)));
            }
            let elapsed_ms = model::milliseconds(elapsed);
            let began_ms = self.elapsed_ms().saturating_sub(elapsed_ms);
            lock(&self.stages).push(Stage { name: stage, began_ms, elapsed_ms });
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
