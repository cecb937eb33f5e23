//! Says on standard error what goes on, and keeps the time of every stage.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use provision::progress::{Notice, Progress};
use report::run::Stage;

use crate::out;

/// Plain lines with the time since the start.
pub(crate) struct Show {
    began: Instant,
    stages: Mutex<Vec<Stage>>,
}

impl Show {
    pub(crate) fn new() -> Self {
        Self { began: Instant::now(), stages: Mutex::default() }
    }

    /// The stages that have ended, in order of their ends.
    pub(crate) fn stages(&self) -> Vec<Stage> {
        self.stages.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Milliseconds since the start.
    pub(crate) fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    pub(crate) fn say(&self, text: &str) {
        out::note(&format!("{:>7.1}s {text}", self.began.elapsed().as_secs_f64()));
    }
}

impl Progress for Show {
    fn notice(&self, notice: Notice) {
        match notice {
            Notice::Started { stage } if stage.starts_with("build") => {
                self.say(&format!("{stage} …"));
            }
            Notice::Started { .. } => {}
            Notice::Advanced { stage, detail } => self.say(&format!("{stage}: {detail}")),
            Notice::Finished { stage, elapsed } => {
                self.say(&format!("{stage} ({:.1}s)", elapsed.as_secs_f64()));
                let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
                let began_ms = self.elapsed_ms().saturating_sub(elapsed_ms);
                let mut stages = self.stages.lock().unwrap_or_else(PoisonError::into_inner);
                stages.push(Stage { name: stage, began_ms, elapsed_ms });
            }
        }
    }
}
