//! The tables, read as they stand: every question is put to the whole history.

use judge::FLOOR;
use model::claim::{Claim, Modality};
use model::fact::{Count, Fact};
use model::history::{EventKind, History, StepOutcome};
use model::{Event, Truth};

use crate::generated::fact;
use crate::health::Health;
use crate::rough::Rough;

/// One window on a history.
struct Window<'a> {
    claim: &'a Claim,
    events: &'a [Event],
    facts: &'a [[Truth; 3]],
    /// Index of the event that opened it.
    opened: usize,
    deadline: Option<u64>,
    /// Index of the event that closed it before its deadline.
    closed_by: Option<usize>,
    ended: bool,
}

/// The outcome of a claim by the tables.
pub(crate) fn outcome(claim: &Claim, history: &History, facts: &[[Truth; 3]]) -> Rough {
    let ended = history.events.iter().position(|e| matches!(e.kind, EventKind::Ended(_)));
    let events = &history.events[..ended.map_or(history.events.len(), |index| index + 1)];
    let submitted = events.iter().enumerate().find_map(|(index, e)| match &e.kind {
        EventKind::StepEnded { outcome, .. } => Some((index, outcome)),
        _ => None,
    });
    let opened = match submitted {
        None | Some((_, StepOutcome::Unknown(_) | StepOutcome::Refused(_))) => {
            return Rough::Unknown;
        }
        Some((_, StepOutcome::Unmet(_))) => return Rough::NotReached,
        Some((index, StepOutcome::Done(_))) => index,
    };
    let is_true = |fact: &Fact, index: usize| value(facts, fact, index) == Truth::True;
    let opened = match &claim.after {
        None => Some(opened),
        Some(after) => (opened..events.len()).find(|index| is_true(after, *index)),
    };
    let Some(opened) = opened else { return Rough::Unknown };
    let within = match &claim.modality {
        Modality::Eventually { within, .. } | Modality::Until { within, .. } => Some(*within),
        Modality::Always { within }
        | Modality::Never { within }
        | Modality::Happens { within, .. } => *within,
        Modality::LeadsTo { .. } => None,
    };
    let deadline = within.map(|w| events[opened].at + u64::try_from(w.as_millis()).expect("small"));
    let closing = match &claim.modality {
        Modality::Until { until, .. } => Some(until),
        _ => claim.before.as_ref(),
    };
    let closed_by = closing.and_then(|closing| {
        let inside = (opened..events.len()).filter(|i| deadline.is_none_or(|d| events[*i].at <= d));
        inside.into_iter().find(|index| is_true(closing, *index))
    });
    let deadline = closed_by.map(|index| events[index].at).or(deadline);
    let ended = ended.is_some();
    Window { claim, events, facts, opened, deadline, closed_by, ended }.outcome()
}

fn value(facts: &[[Truth; 3]], asked: &Fact, index: usize) -> Truth {
    let which = (0..3).find(|i| fact(*i) == *asked).expect("it is one of the three");
    facts[index][which]
}

impl Window<'_> {
    fn outcome(&self) -> Rough {
        match &self.claim.modality {
            Modality::Eventually { lasting: None, .. } => self.eventually(),
            Modality::Eventually { lasting: Some(lasting), .. } => {
                self.lasting(u64::try_from(lasting.as_millis()).expect("small"))
            }
            Modality::Always { .. } | Modality::Never { .. } | Modality::Until { .. } => {
                self.throughout()
            }
            Modality::LeadsTo { trigger, within } => {
                self.leads_to(trigger, u64::try_from(within.as_millis()).expect("small"))
            }
            Modality::Happens { times, .. } => self.happens(*times),
        }
    }

    fn truth(&self, index: usize) -> Truth {
        value(self.facts, &self.claim.fact, index)
    }

    fn at(&self, index: usize) -> u64 {
        self.events[index].at
    }

    fn last(&self) -> usize {
        self.events.len() - 1
    }

    /// The environment as far as it is known at this event.
    fn health(&self, index: usize) -> Health<'_> {
        Health(&self.events[..=index], self.claim.regardless)
    }

    /// The moments of the window: up to the one that closes it, or up to its deadline.
    fn moments(&self) -> Vec<usize> {
        let end = self.closed_by.unwrap_or(self.events.len());
        let inside = |i: &usize| self.deadline.is_none_or(|d| self.events[*i].at <= d);
        (self.opened..end).filter(inside).collect()
    }

    /// Index of the event that shows that the window is over.
    fn crossed(&self) -> Option<usize> {
        let after = |i: &usize| self.deadline.is_some_and(|d| self.events[*i].at > d);
        self.closed_by.or_else(|| (self.opened..self.events.len()).find(after))
    }

    /// Index of the event at which the window is decided: no later one can tell more of it.
    fn decided(&self) -> Option<usize> {
        let Some(deadline) = self.deadline else {
            return self.ended.then_some(self.last());
        };
        let crossed = self.crossed()?;
        let known = |i: &usize| self.health(*i).is_known(deadline);
        Some((crossed..=self.last()).find(known).unwrap_or(self.last()))
    }

    /// The events after the window whose news may be of a time in it.
    fn blurred(&self, decided: usize) -> Vec<usize> {
        let (Some(deadline), Some(crossed)) = (self.deadline, self.crossed()) else {
            return Vec::new();
        };
        let seen = |i: usize| matches!(self.events[i].kind, EventKind::Observed(_));
        let ordered = |i: usize| self.closed_by.is_some_and(seen) && seen(i);
        let first = crossed + usize::from(self.closed_by.is_some());
        let blurred = |i: &usize| seen(*i) && !ordered(*i) && !self.health(*i).is_told(deadline);
        (first..=decided).filter(blurred).collect()
    }

    fn is_right(&self, index: usize) -> bool {
        let right = match self.claim.modality {
            Modality::Never { .. } => Truth::False,
            _ => Truth::True,
        };
        self.truth(index) == right
    }

    /// The time of the last of these moments at which the subject was right, or of `submit`.
    fn right(&self, mut moments: impl DoubleEndedIterator<Item = usize>) -> u64 {
        let right = moments.rfind(|i| self.is_right(*i)).map(|i| self.at(i));
        let submit = |event: &&Event| match &event.kind {
            EventKind::StepBegun { step, .. } | EventKind::StepEnded { step, .. } => {
                step == "submit"
            }
            _ => false,
        };
        let submitted = || self.events.iter().find(submit).map_or(0, |event| event.at);
        right.unwrap_or_else(submitted)
    }

    /// A violation at this moment, the subject having been right at `right`.
    fn violated(&self, index: usize, right: u64) -> Rough {
        let at = self.at(index);
        let known = |i: &usize| self.health(*i).is_probed(at);
        let decided = (index + 1..=self.last()).find(known).unwrap_or(self.last());
        let unhealthy = self.health(decided).forbids_failure(right.min(at), at);
        if unhealthy { Rough::Unknown } else { Rough::Fail }
    }

    /// A failure at the end of the window.
    fn failed(&self, decided: usize, right: u64, end: u64) -> Rough {
        let health = self.health(decided);
        let unhealthy = health.forbids_failure(right.min(end), end) || !health.is_told(end);
        if unhealthy { Rough::Unknown } else { Rough::Fail }
    }

    /// Whether nothing that was not seen can have happened up to `end`.
    fn is_believed(&self, decided: usize, end: u64) -> bool {
        let health = self.health(decided);
        !health.forbids_absence(self.at(self.opened), end)
            && health.is_told(end)
            && health.controller() > end
    }

    /// As [`Self::is_believed`], to the end of the history.
    fn is_believed_to_the_end(&self) -> bool {
        let (health, opened) = (self.health(self.last()), self.at(self.opened));
        !health.forbids_absence(opened, self.at(self.last()))
            && health.known_until() >= opened + FLOOR
    }

    fn eventually(&self) -> Rough {
        let moments = self.moments();
        if moments.iter().any(|i| self.truth(*i) == Truth::True) {
            return Rough::Pass;
        }
        if let Some(index) = self.closed_by
            && self.truth(index) == Truth::True
        {
            return Rough::Unknown;
        }
        let (Some(decided), Some(end)) = (self.decided(), self.deadline) else {
            return Rough::Unknown;
        };
        let Some(crossed) = self.crossed() else { return Rough::Unknown };
        let known = moments.iter().chain(&self.closed_by);
        let known = known.into_iter().any(|i| self.truth(*i) != Truth::Unknown);
        let at_deadline = self.closed_by.unwrap_or(crossed.saturating_sub(1));
        let blurred = self.blurred(decided).iter().any(|i| self.truth(*i) == Truth::True);
        if !known || self.truth(at_deadline) == Truth::Unknown || blurred {
            return Rough::Unknown;
        }
        self.failed(decided, self.right(0..self.opened), end)
    }

    fn throughout(&self) -> Rough {
        let demands = !matches!(self.claim.modality, Modality::Never { .. });
        let bad = if demands { Truth::False } else { Truth::True };
        let active = |i: usize| match &self.claim.only_while {
            Some(condition) => value(self.facts, condition, i) == Truth::True,
            None => true,
        };
        let moments = self.moments();
        let counted: Vec<usize> = moments.into_iter().filter(|i| active(*i)).collect();
        if let Some(index) = counted.iter().find(|i| self.truth(**i) == bad) {
            return self.violated(*index, self.right(0..*index));
        }
        let evaluated = counted.iter().any(|i| self.truth(*i) != Truth::Unknown);
        let Some(decided) = self.decided() else { return Rough::Unknown };
        let blurred = self.blurred(decided);
        let blurred = blurred.into_iter().any(|i| self.truth(i) == bad && active(i));
        if blurred || !evaluated {
            return Rough::Unknown;
        }
        let believed = match self.deadline {
            Some(end) => self.is_believed(decided, end),
            None => self.is_believed_to_the_end(),
        };
        if !believed {
            return Rough::Unknown;
        }
        match (&self.claim.modality, self.closed_by, self.deadline) {
            (Modality::Until { .. }, None, Some(end)) => {
                self.failed(decided, self.right(std::iter::empty()), end)
            }
            _ => Rough::Pass,
        }
    }

    fn leads_to(&self, trigger: &Fact, within: u64) -> Rough {
        let mut so = false;
        let mut answered_to = self.opened;
        let mut any = false;
        for index in self.opened..self.events.len() {
            let now = value(self.facts, trigger, index);
            let triggered = now == Truth::True && !so;
            so = if now == Truth::Unknown { so } else { now == Truth::True };
            if !triggered || index < answered_to {
                continue;
            }
            any = true;
            let due = self.at(index) + within;
            let in_time = |i: &usize| self.at(*i) <= due;
            let after = index..self.events.len();
            if let Some(answer) =
                after.clone().take_while(in_time).find(|i| self.truth(*i) == Truth::True)
            {
                answered_to = answer + 1;
                continue;
            }
            let late: Vec<usize> = after.skip_while(in_time).collect();
            let known = |i: &&usize| self.health(**i).is_known(due);
            let decided = late.iter().find(known).copied();
            let blurred = late.iter().take_while(|i| decided.is_none_or(|d| **i <= d));
            let mut blurred = blurred.filter(|i| !self.health(**i).is_told(due));
            if blurred.any(|i| self.truth(*i) == Truth::True) {
                return Rough::Unknown;
            }
            let Some(decided) = decided else { return Rough::Unknown };
            return self.failed(decided, self.right(0..late[0]), due);
        }
        if !self.ended || !any || !self.is_believed_to_the_end() {
            return Rough::Unknown;
        }
        Rough::Pass
    }

    fn happens(&self, times: Count) -> Rough {
        let (mut so, mut count, mut known) = (false, 0, false);
        for index in self.moments() {
            let now = self.truth(index);
            count += usize::from(now == Truth::True && !so);
            known |= now != Truth::Unknown;
            so = if now == Truth::Unknown { so } else { now == Truth::True };
            match times {
                Count::AtLeast(n) if count >= n => return Rough::Pass,
                Count::Exactly(n) | Count::AtMost(n) if count > n => {
                    let inside = index > self.opened;
                    let right =
                        if inside { self.at(index - 1) } else { self.right(0..self.opened) };
                    return self.violated(index, right);
                }
                _ => {}
            }
        }
        let Some(decided) = self.decided() else { return Rough::Unknown };
        let blurred = self.blurred(decided);
        if !known || (!so && blurred.into_iter().any(|i| self.truth(i) == Truth::True)) {
            return Rough::Unknown;
        }
        let right = self.right(0..0);
        match (times.admits(count), self.deadline) {
            (true, Some(end)) if self.is_believed(decided, end) => Rough::Pass,
            (true, None) if self.is_believed_to_the_end() => Rough::Pass,
            (true, _) => Rough::Unknown,
            (false, Some(end)) => self.failed(decided, right, end),
            (false, None) => {
                let now = self.at(self.last());
                let unhealthy = self.health(self.last()).forbids_failure(right.min(now), now);
                if unhealthy { Rough::Unknown } else { Rough::Fail }
            }
        }
    }

    fn lasting(&self, length: u64) -> Rough {
        let deadline = self.deadline.expect("it has one");
        let mut index = self.opened;
        let mut known = false;
        let mut right = None;
        let mut broken_at = None;
        loop {
            let inside = (index..self.events.len()).take_while(|i| self.at(*i) <= deadline);
            let start = inside
                .inspect(|i| known |= self.truth(*i) != Truth::Unknown)
                .find(|i| self.truth(*i) == Truth::True);
            let Some(start) = start else { break };
            let end = self.at(start) + length;
            let told = (start + 1..self.events.len()).find(|i| {
                let at = self.at(*i);
                at > end || self.truth(*i) != Truth::True || at == end
            });
            let Some(told) = told else { return Rough::Unknown };
            if self.at(told) > end || self.truth(told) == Truth::True {
                return self.confirmed(told, end);
            }
            if self.truth(told) == Truth::Unknown {
                return Rough::Unknown;
            }
            let stayed = (start..told).take_while(|i| self.at(*i) <= deadline).last();
            right = stayed.map(|i| self.at(i));
            if self.at(told) > deadline {
                broken_at = Some(told);
                break;
            }
            index = told;
        }
        let Some(crossed) = self.crossed() else { return Rough::Unknown };
        let from = broken_at.unwrap_or(crossed);
        let closed = |i: &usize| self.health(*i).is_known(deadline);
        let decided = (from..=self.last()).find(closed).unwrap_or(self.last());
        let first = broken_at.map_or(crossed, |i| i + 1);
        let seen = |i: &usize| matches!(self.events[*i].kind, EventKind::Observed(_));
        let blurred = (first..=decided).filter(|i| !self.health(*i).is_told(deadline));
        let blurred = blurred.filter(seen).any(|i| self.truth(i) == Truth::True);
        let at_deadline = self.truth(crossed.saturating_sub(1));
        if !known || at_deadline == Truth::Unknown || blurred {
            return Rough::Unknown;
        }
        self.failed(decided, right.unwrap_or_else(|| self.right(0..self.opened)), deadline)
    }

    /// It stayed true up to `end`, as far as was told at this event.
    fn confirmed(&self, told: usize, end: u64) -> Rough {
        for index in told..=self.last() {
            let health = self.health(index);
            if self.truth(index) != Truth::True && !health.is_told(end) {
                return Rough::Unknown;
            }
            if health.is_known(end) {
                let believed = self.is_believed(index, end);
                return if believed { Rough::Pass } else { Rough::Unknown };
            }
        }
        Rough::Unknown
    }
}
