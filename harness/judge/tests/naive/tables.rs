//! The tables, read as they stand: every question is put to the whole history.

use judge::{FIRST_WORD, MAX_SILENCE};
use model::claim::{Claim, Modality};
use model::fact::{Count, Fact};
use model::history::{History, Part, StepOutcome, What};
use model::verdict::Outcome;
use model::{Event, Truth};

use crate::generated::fact;

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

/// What comes out for a claim.
pub(crate) fn outcome(claim: &Claim, history: &History, facts: &[[Truth; 3]]) -> Outcome {
    let ended = history.events.iter().position(|e| matches!(e.what, What::Ended { .. }));
    let events = &history.events[..ended.map_or(history.events.len(), |index| index + 1)];
    let submitted = events.iter().enumerate().find_map(|(index, e)| match &e.what {
        What::StepEnded { outcome, .. } => Some((index, outcome)),
        _ => None,
    });
    let opened = match submitted {
        None | Some((_, StepOutcome::Unknown(_))) => return Outcome::Unknown,
        Some((_, StepOutcome::Unmet(_) | StepOutcome::Refused(_))) => return Outcome::NotReached,
        Some((index, StepOutcome::Done(_))) => index,
    };
    let is_true = |fact: &Fact, index: usize| value(facts, fact, index) == Truth::True;
    let opened = match &claim.after {
        None => Some(opened),
        Some(after) => (opened..events.len()).find(|index| is_true(after, *index)),
    };
    let Some(opened) = opened else { return Outcome::Unknown };
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
    fn outcome(&self) -> Outcome {
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

    /// The moments of the window: up to what closes it, or up to its deadline.
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

    /// Whether the window came to its end before the history did.
    fn is_complete(&self) -> bool {
        self.crossed().is_some() || (self.deadline.is_none() && self.ended)
    }

    fn eventually(&self) -> Outcome {
        let moments = self.moments();
        if moments.iter().any(|i| self.truth(*i) == Truth::True) {
            return Outcome::Pass;
        }
        if let Some(index) = self.closed_by
            && self.truth(index) == Truth::True
        {
            return Outcome::Unknown;
        }
        let Some(crossed) = self.crossed() else { return Outcome::Unknown };
        let known = moments.iter().chain(&self.closed_by);
        let known = known.into_iter().any(|i| self.truth(*i) != Truth::Unknown);
        let at_deadline = self.closed_by.unwrap_or(crossed.saturating_sub(1));
        if !known || self.truth(at_deadline) == Truth::Unknown || self.was_ill(true) {
            return Outcome::Unknown;
        }
        Outcome::Fail
    }

    fn throughout(&self) -> Outcome {
        let demands = !matches!(self.claim.modality, Modality::Never { .. });
        let bad = if demands { Truth::False } else { Truth::True };
        let active = |i: usize| match &self.claim.only_while {
            Some(condition) => value(self.facts, condition, i) == Truth::True,
            None => true,
        };
        let moments = self.moments();
        let counted: Vec<usize> = moments.into_iter().filter(|i| active(*i)).collect();
        if counted.iter().any(|i| self.truth(*i) == bad) {
            return Outcome::Fail;
        }
        let evaluated = counted.iter().any(|i| self.truth(*i) != Truth::Unknown);
        if !self.is_complete() || !evaluated || self.was_ill(false) {
            return Outcome::Unknown;
        }
        let released = self.closed_by.is_some();
        match &self.claim.modality {
            Modality::Until { .. } if !released && self.was_ill(true) => Outcome::Unknown,
            Modality::Until { .. } if !released => Outcome::Fail,
            _ => Outcome::Pass,
        }
    }

    fn leads_to(&self, trigger: &Fact, within: u64) -> Outcome {
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
            let due = self.events[index].at + within;
            let in_time = |i: &usize| self.events[*i].at <= due;
            let after = index..self.events.len();
            if let Some(answer) =
                after.clone().take_while(in_time).find(|i| self.truth(*i) == Truth::True)
            {
                answered_to = answer + 1;
                continue;
            }
            let Some(over) = after.into_iter().find(|i| !in_time(i)) else {
                return Outcome::Unknown;
            };
            let ill = self.is_ill(true, None, over);
            return if ill { Outcome::Unknown } else { Outcome::Fail };
        }
        let last = self.events.len() - 1;
        if !self.ended || !any || self.is_ill(false, None, last) {
            return Outcome::Unknown;
        }
        Outcome::Pass
    }

    fn happens(&self, times: Count) -> Outcome {
        let (mut so, mut count, mut known) = (false, 0, false);
        for index in self.moments() {
            let now = self.truth(index);
            count += usize::from(now == Truth::True && !so);
            known |= now != Truth::Unknown;
            so = if now == Truth::Unknown { so } else { now == Truth::True };
            match times {
                Count::AtLeast(n) if count >= n => return Outcome::Pass,
                Count::Exactly(n) | Count::AtMost(n) if count > n => return Outcome::Fail,
                _ => {}
            }
        }
        if !self.is_complete() || !known {
            return Outcome::Unknown;
        }
        match times.admits(count) {
            admitted if self.was_ill(!admitted) => Outcome::Unknown,
            true => Outcome::Pass,
            false => Outcome::Fail,
        }
    }

    /// Whether the environment was in trouble, until enough was known of it.
    fn was_ill(&self, strict: bool) -> bool {
        self.is_ill(strict, self.deadline, self.concluded())
    }

    /// Index of the event at which nothing more was to be learnt of the window.
    fn concluded(&self) -> usize {
        let last = self.events.len() - 1;
        let both = matches!(self.claim.modality, Modality::Until { .. } | Modality::Happens { .. });
        let eventually = matches!(self.claim.modality, Modality::Eventually { .. });
        let (Some(deadline), Some(crossed)) = (self.deadline, self.crossed()) else { return last };
        let enough = |strict: bool, i: usize| {
            self.is_noted(strict, Some(deadline), i)
                || self.parts(strict).all(|part| self.is_done_with(part, deadline, i))
        };
        let enough = |i: &usize| match (both, eventually) {
            (true, _) => enough(true, *i) && enough(false, *i),
            (false, strict) => enough(strict, *i),
        };
        (crossed..=last).find(enough).unwrap_or(last)
    }

    /// Whether the part was heard of after the deadline, or silent for too long, by this event.
    fn is_done_with(&self, part: Part, deadline: u64, by: usize) -> bool {
        let heard = (self.opened + 1..=by).any(|i| {
            matches!(self.events[i].what, What::Probed { part: p, .. } if p == part)
                && self.events[i].at > deadline
        });
        heard || self.events[by].at > self.due(part, by)
    }

    /// When the part must be heard of again, by what is known at this event.
    fn due(&self, part: Part, by: usize) -> u64 {
        let opened = self.events[self.opened].at;
        let well = |i: usize| match &self.events[i].what {
            What::Probed { part: p, trouble: None } => *p == part,
            _ => false,
        };
        let inside = (self.opened + 1..=by).rev().find(|i| well(*i)).map(|i| self.events[i].at);
        match inside {
            Some(at) => at + MAX_SILENCE,
            None => match self.heard_before(part) {
                Some(at) => (opened + FIRST_WORD).max(at + MAX_SILENCE),
                None => opened + FIRST_WORD,
            },
        }
    }

    /// When the part was last well before the window, if that was its last word and is not stale.
    fn heard_before(&self, part: Part) -> Option<u64> {
        let opened = self.events[self.opened].at;
        let word = self.last_word(part)?;
        let fresh = word.1 && self.events[word.0].at + MAX_SILENCE >= opened;
        fresh.then(|| self.events[word.0].at)
    }

    /// The part's last word before the window: which event, and whether it was well.
    fn last_word(&self, part: Part) -> Option<(usize, bool)> {
        (0..self.opened).rev().find_map(|i| match &self.events[i].what {
            What::Probed { part: p, trouble } if *p == part => Some((i, trouble.is_none())),
            _ => None,
        })
    }

    /// Whether there was trouble by this event, or of some part nothing at all was heard.
    fn is_ill(&self, strict: bool, deadline: Option<u64>, by: usize) -> bool {
        let heard = |part: Part| {
            let well = |i: usize| match &self.events[i].what {
                What::Probed { part: p, trouble: None } => *p == part,
                _ => false,
            };
            self.heard_before(part).is_some()
                || (self.opened + 1..=by).any(|i| well(i) && !self.is_closed(part, deadline, i))
        };
        self.is_noted(strict, deadline, by) || (strict && !self.parts(true).all(heard))
    }

    /// Whether the part was heard of after the deadline before this event.
    fn is_closed(&self, part: Part, deadline: Option<u64>, before: usize) -> bool {
        let after = |j: usize| deadline.is_some_and(|d| self.events[j].at > d);
        let of_it = |j: usize| match &self.events[j].what {
            What::Probed { part: p, .. } => *p == part,
            _ => false,
        };
        (self.opened + 1..before).any(|j| of_it(j) && after(j))
    }

    /// Whether there was trouble by this event: a gap, a part that said so, and where it is strict,
    /// a part that was silent for too long.
    fn is_noted(&self, strict: bool, deadline: Option<u64>, by: usize) -> bool {
        let said_before = self.parts(strict).any(|p| self.last_word(p).is_some_and(|word| !word.1));
        let trouble = |i: usize| match &self.events[i].what {
            What::Gap { .. } => true,
            What::Probed { part, trouble: Some(_) } => {
                self.parts(strict).any(|p| p == *part) && !self.is_closed(*part, deadline, i)
            }
            _ => false,
        };
        let silent = |part: Part, i: usize| {
            let limit = deadline.unwrap_or(u64::MAX).min(self.events[i].at);
            !self.is_closed(part, deadline, i) && self.due(part, i - 1) < limit
        };
        let mut inside = self.opened..=by;
        said_before
            || inside.clone().any(trouble)
            || (strict && inside.any(|i| i > self.opened && self.parts(true).any(|p| silent(p, i))))
    }

    fn lasting(&self, length: u64) -> Outcome {
        let deadline = self.deadline.expect("it has one");
        let mut index = self.opened;
        let mut known = false;
        loop {
            let start = (index..self.events.len())
                .take_while(|i| self.events[*i].at <= deadline)
                .inspect(|i| known |= self.truth(*i) != Truth::Unknown)
                .find(|i| self.truth(*i) == Truth::True);
            let Some(start) = start else { break };
            let end = self.events[start].at + length;
            let after = start + 1..self.events.len();
            let told = after.clone().find(|i| {
                let at = self.events[*i].at;
                at > end || self.truth(*i) != Truth::True || at == end
            });
            let Some(told) = told else { return Outcome::Unknown };
            if self.events[told].at > end || self.truth(told) == Truth::True {
                let ill = self.is_ill(false, self.deadline, told);
                return if ill { Outcome::Unknown } else { Outcome::Pass };
            }
            if self.truth(told) == Truth::Unknown {
                return Outcome::Unknown;
            }
            if self.events[told].at > deadline {
                let untold = false;
                let ill = self.is_ill(true, self.deadline, told);
                return if untold || ill { Outcome::Unknown } else { Outcome::Fail };
            }
            index = told;
        }
        let Some(crossed) = self.crossed() else { return Outcome::Unknown };
        let at_deadline = self.truth(crossed.saturating_sub(1));
        let done = self.concluded_lasting();
        let ill = self.is_ill(true, self.deadline, done);
        if !known || at_deadline == Truth::Unknown || ill {
            return Outcome::Unknown;
        }
        Outcome::Fail
    }

    /// As [`Self::concluded`], where both kinds of health are asked.
    fn concluded_lasting(&self) -> usize {
        let last = self.events.len() - 1;
        let (Some(deadline), Some(crossed)) = (self.deadline, self.crossed()) else { return last };
        let enough = |strict: bool, i: usize| {
            self.is_noted(strict, Some(deadline), i)
                || self.parts(strict).all(|part| self.is_done_with(part, deadline, i))
        };
        (crossed..=last).find(|i| enough(true, *i) && enough(false, *i)).unwrap_or(last)
    }

    /// The parts that are asked of: all but the store, which no fact here speaks of; or what we see
    /// with, and the node where something must not happen for a time.
    fn parts(&self, strict: bool) -> impl Iterator<Item = Part> {
        let on_time = match &self.claim.modality {
            Modality::Always { within }
            | Modality::Never { within }
            | Modality::Happens { within, .. } => within.is_some(),
            _ => false,
        };
        let observer = move |part: &Part| match part {
            Part::Api | Part::Watches | Part::Harness => true,
            Part::Node => on_time,
            _ => false,
        };
        Part::ALL.into_iter().filter(move |p| *p != Part::Store && (strict || observer(p)))
    }
}
