//! Numbers of verdicts by kind.

use std::time::Duration;

use model::verdict::{CaseVerdict, Verdict};

use crate::judged::time_of_cases;
use crate::run::{RunReport, Untested};
use crate::style::{Style, Tone, tame};
use crate::title::titles;
use crate::verdict_words::tone;

/// Number of verdicts of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Cases with the verdict *pass*.
    pub pass: usize,
    /// Cases with the verdict *fail*.
    pub fail: usize,
    /// Cases with the verdict *unknown*.
    pub unknown: usize,
    /// Cases with the verdict *known issue*.
    pub known_issue: usize,
    /// Cases with the verdict *fixed*.
    pub fixed: usize,
    /// Cases with the verdict *not applicable*.
    pub not_applicable: usize,
}

impl Counts {
    /// Counts the verdicts.
    pub fn of(verdicts: &[CaseVerdict]) -> Self {
        let mut counts = Self::default();
        for verdict in verdicts {
            counts.add(verdict.verdict);
        }
        counts
    }

    /// Counts one more verdict.
    pub(crate) fn add(&mut self, verdict: Verdict) {
        *self.field(verdict) += 1;
    }

    /// Number of cases that ran: all verdicts but *not applicable*.
    pub fn ran(&self) -> usize {
        self.pass + self.fail + self.unknown + self.known_issue + self.fixed
    }

    /// The number of each verdict that occurs, in words, with its tone.
    pub(crate) fn parts(&self) -> Vec<(Tone, String)> {
        let kinds = [
            (self.pass, Verdict::Pass, "passed"),
            (self.fail, Verdict::Fail, "FAILED"),
            (self.unknown, Verdict::Unknown, "unknown"),
            (self.known_issue, Verdict::KnownIssue, "known to fail"),
            (self.fixed, Verdict::Fixed, "fixed (correct the declaration)"),
        ];
        let there = kinds.into_iter().filter(|(n, ..)| *n > 0);
        there.map(|(n, verdict, words)| (tone(verdict), format!("{n} {words}"))).collect()
    }

    /// Number of cases with the verdict.
    pub(crate) fn number(&self, verdict: Verdict) -> usize {
        *Self::field(&mut self.clone(), verdict)
    }

    fn field(&mut self, verdict: Verdict) -> &mut usize {
        match verdict {
            Verdict::Pass => &mut self.pass,
            Verdict::Fail => &mut self.fail,
            Verdict::Unknown => &mut self.unknown,
            Verdict::KnownIssue => &mut self.known_issue,
            Verdict::Fixed => &mut self.fixed,
            Verdict::NotApplicable => &mut self.not_applicable,
        }
    }
}

/// A remaining time, rounded: steps of 10 s below 90 s, else minutes. The least is 10 s.
pub fn about(time: Duration) -> String {
    let seconds = (time + Duration::from_millis(500)).as_secs();
    if seconds < 90 {
        return format!("about {} s", ((seconds + 5) / 10 * 10).max(10));
    }
    format!("about {} min", (seconds + 30) / 60)
}

/// The time in the line at the end of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spent {
    /// Time in which at least one case ran: [`time_of_cases`](crate::judged::time_of_cases).
    pub cases: Duration,
    /// Time of the run, with builds and clusters; `None` for verdicts without a run.
    pub run: Option<Duration>,
}

impl Spent {
    /// The times of a run.
    pub fn of(run: &RunReport) -> Self {
        let elapsed = Duration::from_millis(run.elapsed_ms);
        Self { cases: time_of_cases(&run.verdicts), run: Some(elapsed) }
    }
}

/// The line at the end of a run, with its newline. The line has the number of cases, the times, the
/// number of each verdict, and each untested installation.
pub fn summary(
    verdicts: &[CaseVerdict],
    untested: &[Untested],
    spent: Spent,
    style: Style,
) -> String {
    let counts = Counts::of(verdicts);
    let whole = spent.run.unwrap_or(spent.cases);
    if counts.ran() == 0 {
        let what = style.paint(Tone::Bad, "nothing ran");
        let none = "no case was selected".to_owned();
        let rest = match (besides(&counts, untested, style), untested) {
            (besides, []) if besides.is_empty() => vec![none],
            (besides, _) => besides,
        };
        return format!("{what}: {}, {}\n", rest.join("; "), time(whole));
    }
    let parts = counts.parts().into_iter().map(|(tone, words)| style.paint(tone, &words));
    let parts: Vec<String> = parts.collect();
    let ran = counts.ran();
    let cases = if ran == 1 { "case" } else { "cases" };
    let all = [parts.join(", ")].into_iter().chain(besides(&counts, untested, style));
    let all = all.collect::<Vec<_>>().join("; ");
    let of_run = spent.run.map(|run| format!(", the run took {}", time(run)));
    let (spent, of_run) = (time(spent.cases), of_run.unwrap_or_default());
    format!("{ran} {cases} ran in {spent}{of_run}: {all}\n")
}

/// The number of cases that do not apply, and the untested installations, in words.
fn besides(counts: &Counts, untested: &[Untested], style: Style) -> Vec<String> {
    let mut besides = Vec::new();
    if counts.not_applicable > 0 {
        let words = format!("{} not applicable", counts.not_applicable);
        besides.push(style.paint(tone(Verdict::NotApplicable), &words));
    }
    if !untested.is_empty() {
        let names: Vec<&str> = untested.iter().map(|one| one.argo.as_str()).collect();
        let installations = if names.len() == 1 { "installation" } else { "installations" };
        let (count, names) = (names.len(), tame(&titles(&names)));
        let words = format!("{count} {installations} UNTESTED: Argo {names}");
        besides.push(style.paint(Tone::Bad, &words));
    }
    besides
}

/// A duration in words: `4.2s`, `3m05s` or `1h02m`.
pub(crate) fn time(elapsed: Duration) -> String {
    match elapsed.as_secs() {
        0..60 => format!("{:.1}s", elapsed.as_secs_f64().min(59.9)),
        60..3600 => format!("{}m{:02}s", elapsed.as_secs() / 60, elapsed.as_secs() % 60),
        s => format!("{}h{:02}m", s / 3600, s % 3600 / 60),
    }
}
