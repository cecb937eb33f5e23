//! Lines of progress: few, because a log keeps each.

use std::collections::BTreeMap;
use std::time::Duration;

use provision::progress::{Count, Notice};

use super::remaining::Remaining;

/// Least time between two lines about the progress of a stage.
const APART: Duration = Duration::from_secs(30);

/// Number of lines about the progress of a stage with a known end, at most.
const STEPS: u64 = 10;

/// The last line of each running stage: its time and its step.
#[derive(Default)]
pub(super) struct Lines(BTreeMap<String, (Duration, u64)>);

impl Lines {
    /// Whether a count of a stage has a line. A stage has at most one in [`APART`], and one in each
    /// of [`STEPS`].
    fn is_due(&mut self, stage: &str, count: Count, now: Duration) -> bool {
        let (at, said) = self.0.get(stage).copied().unwrap_or_default();
        let step = count.of.map(|of| count.done * STEPS / of.max(1));
        if now.saturating_sub(at) < APART || step.is_some_and(|step| step <= said) {
            return false;
        }
        self.0.insert(stage.to_owned(), (now, step.unwrap_or_default()));
        true
    }
}

/// The line of a notice. `None`: it has none.
pub(super) fn line(
    notice: &Notice,
    now: Duration,
    remaining: &Remaining,
    lines: &mut Lines,
) -> Option<String> {
    match notice {
        Notice::Planned { works } => remaining.announcement(works, now),
        Notice::Started { stage } => {
            lines.0.insert(stage.clone(), (now, 0));
            let outlook = remaining.outlook(stage, now);
            stage.starts_with("build").then(|| match (outlook.left, outlook.next) {
                (left, next) if left.is_empty() && next.is_empty() => format!("{stage} …"),
                (left, next) => format!("{stage}{left}{next}"),
            })
        }
        Notice::Advanced { stage, detail, count } => {
            let due = count.is_none_or(|count| lines.is_due(stage, count, now));
            let left = remaining.outlook(stage, now).left;
            due.then(|| format!("{stage}{left}: {detail}"))
        }
        Notice::Failed { stage } => {
            lines.0.remove(stage);
            None
        }
        Notice::Finished { stage, elapsed } => {
            lines.0.remove(stage);
            Some(format!("{stage} ({:.1}s)", elapsed.as_secs_f64()))
        }
    }
}

/// Whether a terminal that draws the running stages shows the line, too.
pub(super) fn stays(notice: &Notice) -> bool {
    match notice {
        Notice::Planned { .. } | Notice::Finished { .. } => true,
        Notice::Started { .. } | Notice::Advanced { .. } | Notice::Failed { .. } => false,
    }
}

#[cfg(test)]
mod tests;
