//! One planned stage, and the pace of the stages of a kind.

use std::time::Duration;

use provision::progress::{Count, Work};

/// Seconds of the expected pace that the first stages cannot change alone.
const PRIOR: f64 = 20.0;

/// Smallest share of a stage that gives its whole time.
const LEAST_SHARE: f64 = 0.02;

/// A planned stage.
pub(super) struct Planned {
    pub(super) work: Work,
    /// Expected seconds. `None`: only the progress gives a time.
    expected: Option<f64>,
    pub(super) state: State,
}

/// State of a planned stage.
pub(super) enum State {
    Waiting,
    Running {
        began: Duration,
        /// The first and the last count, each as a share with its time.
        counted: Option<[(f64, Duration); 2]>,
    },
    Ended {
        began: Duration,
        took: f64,
    },
}

impl Planned {
    pub(super) fn new(work: Work, expected: Option<Duration>) -> Self {
        let expected = expected.map(|expected| expected.as_secs_f64());
        Self { work, expected, state: State::Waiting }
    }

    pub(super) fn is_waiting(&self) -> bool {
        matches!(self.state, State::Waiting)
    }

    pub(super) fn has_ended(&self) -> bool {
        matches!(self.state, State::Ended { .. })
    }

    pub(super) fn begin(&mut self, now: Duration) {
        if !self.has_ended() {
            self.state = State::Running { began: now, counted: None };
        }
    }

    /// Takes a count with a known end.
    pub(super) fn advance(&mut self, count: Option<Count>, now: Duration) {
        let Some(Count { done, of: Some(of) }) = count else { return };
        if let State::Running { counted, .. } = &mut self.state {
            let share = Duration::from_secs(done).div_duration_f64(Duration::from_secs(of.max(1)));
            let new = (share.min(1.0), now);
            let first = counted.map_or(new, |[first, _]| first);
            *counted = Some([first, new]);
        }
    }

    pub(super) fn end(&mut self, took: Duration) {
        let began = match self.state {
            State::Running { began, .. } | State::Ended { began, .. } => began,
            State::Waiting => Duration::ZERO,
        };
        self.state = State::Ended { began, took: took.as_secs_f64() };
    }

    /// The part of the stage up to now. `None`: the stage says nothing about the pace yet.
    fn measured(&self, now: Duration) -> Option<Measured> {
        let expected = self.expected?;
        match self.state {
            State::Waiting => None,
            State::Ended { began, took } => {
                let from = began.as_secs_f64();
                Some(Measured { from, to: from + took, expected })
            }
            State::Running { counted: Some([(first, since), (last, at)]), .. } => {
                let (from, to) = (since.as_secs_f64(), at.as_secs_f64());
                Some(Measured { from, to, expected: (last - first) * expected })
            }
            State::Running { began, counted: None } => {
                let (from, to) = (began.as_secs_f64(), now.as_secs_f64());
                (to - from > expected).then_some(Measured { from, to, expected })
            }
        }
    }

    /// Remaining seconds at a pace. `None`: the stage has no basis for a time.
    pub(super) fn left(&self, pace: f64, now: Duration) -> Option<f64> {
        match (&self.state, self.expected) {
            (State::Ended { .. }, _) => Some(0.0),
            (State::Waiting, expected) => Some(expected? * pace),
            (State::Running { counted: Some([_, (last, at)]), .. }, Some(expected)) => {
                let rest = (1.0 - last) * expected * pace;
                Some((rest - seconds(now, *at)).max(0.0))
            }
            (State::Running { began, counted: None }, Some(expected)) => {
                Some((expected * pace - seconds(now, *began)).max(0.0))
            }
            (State::Running { counted: Some([(first, since), (last, at)]), .. }, None) => {
                let share = last - first;
                let whole = (share >= LEAST_SHARE).then(|| seconds(*at, *since) / share)?;
                Some(((1.0 - last) * whole - seconds(now, *at)).max(0.0))
            }
            (State::Running { counted: None, .. }, None) => None,
        }
    }
}

/// A part of a stage that has a time.
#[derive(Clone, Copy)]
pub(super) struct Measured {
    /// Begin in seconds.
    from: f64,
    /// End in seconds.
    to: f64,
    /// Expected seconds.
    expected: f64,
}

/// Factor from expected to measured seconds. `spent` gives the seconds of the parts.
pub(super) fn pace<'a>(
    of: impl Iterator<Item = &'a Planned>,
    now: Duration,
    spent: fn(&[Measured]) -> f64,
) -> f64 {
    let parts: Vec<Measured> = of.filter_map(|one| one.measured(now)).collect();
    let expected: f64 = parts.iter().map(|part| part.expected).sum();
    (PRIOR + spent(&parts)) / (PRIOR + expected)
}

/// Seconds of all parts. Seconds of two parts at once count twice.
pub(super) fn of_each(parts: &[Measured]) -> f64 {
    parts.iter().map(|part| part.to - part.from).sum()
}

/// Seconds in which at least one part ran.
pub(super) fn of_any(parts: &[Measured]) -> f64 {
    let mut parts = parts.to_vec();
    parts.sort_by(|one, other| one.from.total_cmp(&other.from));
    let (mut spent, mut until) = (0.0, 0.0_f64);
    for part in parts {
        spent += (part.to - part.from.max(until)).max(0.0);
        until = until.max(part.to);
    }
    spent
}

fn seconds(later: Duration, earlier: Duration) -> f64 {
    later.saturating_sub(earlier).as_secs_f64()
}
