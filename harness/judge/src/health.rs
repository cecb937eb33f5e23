//! Whether the environment was well through a window.

use model::history::{Kind, Part};
use model::verdict::Doubt;
use model::{Event, What};

use crate::moment::{Mark, seconds};

/// Milliseconds for which a part of the environment, once known to be well, is taken to be well.
///
/// Our patience, not Argo's promise: several times the interval at which `drive` asks.
pub const MAX_SILENCE: u64 = 10_000;

/// Milliseconds after a window's opening within which each part must have been heard of.
pub const FIRST_WORD: u64 = 5_000;

/// The last word of each part.
#[derive(Debug, Default)]
pub(crate) struct LastWords(Vec<(Part, Mark, Option<String>)>);

/// The environment through one window.
#[derive(Debug)]
pub(crate) struct Health {
    parts: Vec<Pulse>,
    deadline: Option<u64>,
    /// Whether silence counts as trouble.
    strict: bool,
    trouble: Option<Trouble>,
}

/// One part of the environment through one window.
#[derive(Debug)]
struct Pulse {
    part: Part,
    /// When it was last well.
    heard: Option<u64>,
    /// It must be heard of again by then.
    due: u64,
    /// It was heard of after the deadline: enough is known of it.
    closed: bool,
}

/// Why the environment is not known to have been well.
#[derive(Clone, Debug)]
pub(crate) struct Trouble {
    pub(crate) words: String,
    pub(crate) doubt: Doubt,
    /// The event that shows it.
    pub(crate) n: Option<u64>,
}

impl LastWords {
    pub(crate) fn apply(&mut self, event: &Event) {
        if let What::Probed { part, trouble } = &event.what {
            self.0.retain(|(p, ..)| p != part);
            self.0.push((*part, Mark::of(event), trouble.clone()));
        }
    }

    fn of(&self, part: Part) -> Option<(Mark, Option<&str>)> {
        let found = self.0.iter().find(|(p, ..)| *p == part);
        found.map(|(_, mark, trouble)| (*mark, trouble.as_deref()))
    }
}

impl Health {
    /// Of a window in which a failure needs an environment that is known to be well: silence of a
    /// part is trouble.
    pub(crate) fn of_everything(
        last: &LastWords,
        opened: u64,
        deadline: Option<u64>,
        with_store: bool,
    ) -> Self {
        let parts = Part::ALL.into_iter().filter(|p| with_store || *p != Part::Store);
        Self::new(last, opened, deadline, true, parts)
    }

    /// Of a window in which a pass needs that nothing can have been missed: known trouble of
    /// whatever we see with; and of the node where the pass rests `on_time`, in which a node that
    /// does nothing does nothing wrong.
    pub(crate) fn of_observers(
        last: &LastWords,
        opened: u64,
        deadline: Option<u64>,
        with_store: bool,
        on_time: bool,
    ) -> Self {
        let parts = Part::ALL.into_iter().filter(|part| match part {
            Part::Api | Part::Watches | Part::Harness => true,
            Part::Store => with_store,
            Part::Node => on_time,
            Part::Controller => false,
        });
        Self::new(last, opened, deadline, false, parts)
    }

    fn new(
        last: &LastWords,
        opened: u64,
        deadline: Option<u64>,
        strict: bool,
        parts: impl Iterator<Item = Part>,
    ) -> Self {
        let mut health = Self { parts: Vec::new(), deadline, strict, trouble: None };
        for part in parts {
            let (mut heard, mut due) = (None, opened.saturating_add(FIRST_WORD));
            match last.of(part) {
                Some((mark, Some(trouble))) => health.note(in_trouble(part, mark, trouble)),
                Some((mark, None)) if mark.at.saturating_add(MAX_SILENCE) >= opened => {
                    heard = Some(mark.at);
                    due = due.max(mark.at.saturating_add(MAX_SILENCE));
                }
                Some((_, None)) | None => {}
            }
            health.parts.push(Pulse { part, heard, due, closed: false });
        }
        health
    }

    /// Puts its deadline forward.
    pub(crate) fn end_at(&mut self, deadline: u64) {
        self.deadline = Some(deadline);
    }

    /// Takes an event of the window, or of the time after it until it is [`Self::is_closed`].
    pub(crate) fn see(&mut self, event: &Event) {
        if self.strict {
            self.notice_silence(event);
        }
        match &event.what {
            What::Gap { kind, reason } => self.note(gap(*kind, Mark::of(event), reason)),
            What::Probed { part, trouble } => self.hear(*part, Mark::of(event), trouble.as_deref()),
            _ => {}
        }
    }

    fn notice_silence(&mut self, event: &Event) {
        let limit = self.deadline.map_or(event.at, |deadline| deadline.min(event.at));
        let silent = self.parts.iter().filter(|p| !p.closed && p.due < limit);
        // The part first overdue; of several, the first in the order of `Part::ALL`.
        let Some(pulse) = silent.min_by_key(|p| p.due) else {
            return;
        };
        let trouble = pulse.silence(Some(Mark::of(event)));
        self.note(trouble);
    }

    fn hear(&mut self, part: Part, mark: Mark, trouble: Option<&str>) {
        let Some(pulse) = self.parts.iter_mut().find(|p| p.part == part && !p.closed) else {
            return;
        };
        pulse.closed = self.deadline.is_some_and(|deadline| mark.at > deadline);
        match trouble {
            None => {
                pulse.heard = Some(mark.at);
                pulse.due = mark.at.saturating_add(MAX_SILENCE);
            }
            Some(trouble) => self.note(in_trouble(part, mark, trouble)),
        }
    }

    /// Keeps the first trouble.
    fn note(&mut self, trouble: Trouble) {
        self.trouble.get_or_insert(trouble);
    }

    /// Whether later events can tell nothing more of the window, `now` being after it: each part
    /// was heard of after it, or has been silent for too long, or there is trouble anyway.
    pub(crate) fn is_closed(&self, now: u64) -> bool {
        self.trouble.is_some() || self.parts.iter().all(|p| p.closed || now > p.due)
    }

    /// What speaks against an environment that was well through the window.
    pub(crate) fn trouble(&self) -> Option<Trouble> {
        let unheard = || {
            let strict = self.strict.then_some(&self.parts)?;
            strict.iter().find(|p| p.heard.is_none()).map(|p| p.silence(None))
        };
        self.trouble.clone().or_else(unheard)
    }
}

impl Pulse {
    fn silence(&self, noticed: Option<Mark>) -> Trouble {
        let name = self.part.name();
        let words = match (self.heard, noticed) {
            (Some(heard), Some(mark)) => format!(
                "nothing was heard of the {name} between {} and {}",
                seconds(heard),
                mark.words(),
            ),
            (None, Some(mark)) => {
                format!("nothing was heard of the {name} before {}", mark.words())
            }
            (_, None) => format!("nothing was heard of the {name}"),
        };
        let n = noticed.map(|mark| mark.n);
        Trouble { words, doubt: Doubt::Environment, n }
    }
}

pub(crate) fn in_trouble(part: Part, mark: Mark, trouble: &str) -> Trouble {
    let words = format!("there was trouble of the {} at {}: {trouble}", part.name(), mark.words());
    Trouble { words, doubt: Doubt::Environment, n: Some(mark.n) }
}

fn gap(kind: Kind, mark: Mark, reason: &str) -> Trouble {
    let kind = match kind {
        Kind::Workflow => "workflows",
        Kind::Pod => "pods",
        Kind::TaskResult => "task results",
        Kind::GcTask => "artifact GC tasks",
    };
    let words = format!("the watch of {kind} has a gap at {}: {reason}", mark.words());
    Trouble { words, doubt: Doubt::Gap, n: Some(mark.n) }
}
