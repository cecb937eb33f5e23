//! One attempt of a case, by its history alone: whether it came to an end.
//!
//! A case is tried once. A run that broke off is resumed: cases that had not come to an end are
//! tried again. A resume must not become a way to try a case until it passes:
//!
//! | the history | the case |
//! |---|---|
//! | ended by itself | is never tried again, whatever its verdict, *unknown* too |
//! | broke off, and all is decided, or a claim failed that is not declared to | is never tried again |
//! | broke off, else | is tried again; the history is set aside and stays in the run directory |
//!
//! A declared failure may be in a history that is set aside. If its claim does not fail again, both
//! attempts are reported, and `verify` refuses the case as tried twice.

use std::path::Path;

use judge::KnownIssues;
use model::Case;
use model::history::{EndReason, EventKind, Header};
use model::verdict::{CaseVerdict, Verdict};
use report::Judged;

use crate::history_file::HistoryFile;
use crate::verdicts;

/// One attempt of a case.
#[derive(Debug)]
pub struct Attempt {
    /// The header of its history.
    pub header: Header,
    /// The verdict if known issues are failures.
    pub verdict: CaseVerdict,
    /// The verdict if known issues are expected.
    pub expecting: CaseVerdict,
    /// Whether its history ended by itself.
    ended: bool,
    /// Milliseconds from the start of its history to the last event.
    pub elapsed_ms: u64,
}

impl Attempt {
    /// Judges a history of a run directory by a case. `None`: the history broke off before its
    /// first line was whole.
    pub fn read(case: &Case, run: &Path, name: &Path) -> anyhow::Result<Option<Self>> {
        let history = HistoryFile::open(run, name)?;
        if !history.has_begun()? {
            return Ok(None);
        }
        let mut reader = history.events()?.only([]);
        let header = reader.header().clone();
        let mut ended = false;
        for event in reader.by_ref() {
            if let EventKind::Ended(reason) = event?.kind {
                ended = reason != EndReason::Stopped;
            }
        }
        Ok(Some(Self {
            header,
            verdict: verdicts::of_history(&history, case, KnownIssues::Fail)?.verdict,
            expecting: verdicts::of_history(&history, case, KnownIssues::Expect)?.verdict,
            ended,
            elapsed_ms: reader.last_at(),
        }))
    }

    /// A verdict of this attempt, with the path of its history.
    pub fn judged(&self, verdict: CaseVerdict, history: String) -> Judged {
        let started = verdicts::started(&self.header);
        Judged { verdict, started, elapsed_ms: self.elapsed_ms, history: Some(history) }
    }

    /// Whether the case must not be tried again.
    pub fn is_over(&self) -> bool {
        // Expecting known issues, a declared failure decides nothing beside what is unknown.
        self.ended || self.expecting.verdict != Verdict::Unknown
    }

    /// The verdict under a stance.
    pub fn under(&self, stance: KnownIssues) -> &CaseVerdict {
        match stance {
            KnownIssues::Fail => &self.verdict,
            KnownIssues::Expect => &self.expecting,
        }
    }

    /// Claims that failed in it and did not fail when the case was tried again.
    pub fn taken_back<'a>(&'a self, again: &[&str]) -> Vec<&'a str> {
        let failed = self.verdict.failed_claims().into_iter();
        failed.filter(|claim| !again.contains(claim)).collect()
    }
}

#[cfg(test)]
mod tests;
