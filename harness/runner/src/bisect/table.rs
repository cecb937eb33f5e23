//! The end of a search by commits, in words.

use std::fmt::Write;

use super::range::{Range, short};
use super::record::{Record, Try};
use super::search::Found;

/// The table of the tries, the commit or the range that remains, and the evidence of both sides.
pub(super) fn words(range: &Range, record: &Record, found: &Found) -> String {
    let mut text = rows(range, record, found);
    let word = if range.is_fixed() { "fixed" } else { "broken" };
    let first = range.link(found.first);
    if found.between.is_empty() {
        let _ = write!(text, "{word} by {}\n  subject  {}\n", first.commit, first.subject);
    } else {
        let (last, count) = (range.link(found.last), found.between.len() + 1);
        let _ = writeln!(
            text,
            "{word} by one of {count} commits after {}, up to {}; {} of them gave no verdict",
            last.commit,
            first.commit,
            found.between.len()
        );
    }
    for (side, at) in [("before", found.last), ("after", found.first)] {
        let commit = &range.link(at).commit;
        let evidence = record.of(commit).last().map(evidence).unwrap_or_default();
        let _ = writeln!(text, "  {side:<7}  {}  {evidence}", short(commit));
    }
    text
}

/// A row for each commit that was tried or stands between the sides, oldest first.
fn rows(range: &Range, record: &Record, found: &Found) -> String {
    let mut text = String::new();
    let sides = range.tried[found.last]..=range.tried[found.first];
    let (mut same, mut untried) = (0, 0);
    for (place, link) in range.commits.iter().enumerate() {
        let commit = short(&link.commit);
        let mut tries = record.of(&link.commit).peekable();
        let is_tried = range.tried.contains(&place);
        if tries.peek().is_none() && is_tried {
            untried += 1;
        } else if tries.peek().is_none() {
            same += 1;
            if sides.contains(&place) {
                let _ = writeln!(text, "{commit}  as its parent            {}", link.subject);
            }
        }
        for one in tries {
            let (outcome, seconds) = (one.outcome.words(), one.elapsed_ms / 1000);
            let _ = writeln!(text, "{commit}  {outcome:<14}  {seconds:>5} s  {}", link.subject);
        }
    }
    let total: u64 = record.tries.iter().map(|one| one.elapsed_ms).sum();
    let _ = writeln!(
        text,
        "{} attempts in {} s; {untried} commits not needed, {same} without a change of the build",
        record.tries.len(),
        total / 1000
    );
    if range.merged > 0 {
        let _ = writeln!(text, "{} commits of merged branches count as their merge", range.merged);
    }
    text
}

/// The evidence of a try.
fn evidence(one: &Try) -> String {
    let mut text = one.outcome.words().to_owned();
    if !one.failed.is_empty() {
        text.extend([", failed claims: ", &one.failed.join(", ")]);
    }
    if let Some(history) = &one.history {
        text.extend(["; history ", history]);
    }
    text
}

#[cfg(test)]
mod tests;
