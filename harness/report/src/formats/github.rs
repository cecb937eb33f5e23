//! GitHub Actions: annotations on the lines of case files, and the summary of a step.

use model::verdict::Verdict;

use super::markdown::blocks;
use crate::escapable::Escapable;
use crate::evidence::{Evidence, Place};
use crate::judged::Judged;
use crate::line::details;
use crate::title::{title, titles};
use crate::verdict_words::word;

/// Number of annotations of a kind that GitHub shows for a step. GitHub drops further annotations
/// without a notice.
pub const PER_KIND: usize = 10;
/// Number of characters of a message that GitHub keeps.
pub const MESSAGE: usize = 4096;
/// Largest size of a step's summary in bytes. GitHub drops a larger summary whole, and the step
/// stays green.
pub const SUMMARY: usize = 1024 * 1024;

/// The kinds of annotation, worst first.
const KINDS: [&str; 3] = ["error", "warning", "notice"];

/// The verdicts of a case on versions with the same failed claims.
struct Annotation<'a> {
    kind: &'static str,
    first: &'a Judged,
    place: Option<Place<'a>>,
    versions: Vec<&'a str>,
}

/// The workflow commands, one a line. A case with the same failed claims on several versions has
/// one annotation. The last of [`PER_KIND`] annotations of a kind has the number of further ones.
pub fn annotations(evidence: &Evidence) -> String {
    let mut text = String::new();
    for kind in KINDS {
        let mut commands = commands(evidence, kind);
        let all = commands.len();
        if all > PER_KIND {
            commands.truncate(PER_KIND - 1);
            let left = all - commands.len();
            let message = format!("{left} more of this kind are in the step's summary");
            commands.push(command(kind, None, "argo-conformance: and more", &message));
        }
        text += &commands.concat();
    }
    text
}

/// The step's summary in at most `limit` bytes. The last line has the number of blocks without
/// room.
pub fn summary(evidence: &Evidence, limit: usize) -> String {
    within(&blocks(evidence), limit)
}

fn commands(evidence: &Evidence, kind: &'static str) -> Vec<String> {
    let untested = evidence.run.untested.iter().filter(|_| kind == "error").map(|untested| {
        let title = format!("Argo {} was not tested", title(&untested.argo));
        command(kind, None, &title, &untested.reason)
    });
    let annotated = annotated(evidence).into_iter().filter(|found| found.kind == kind);
    let cases = annotated.map(|Annotation { first, place, versions, .. }| {
        let verdict = &first.verdict;
        let (word, versions) = (word(verdict.verdict), titles(versions));
        let title = format!("{word}: {} on Argo {versions}", verdict.case);
        command(kind, place, &title, details(first).trim_end())
    });
    untested.chain(cases).collect()
}

fn annotated(evidence: &Evidence) -> Vec<Annotation<'_>> {
    let mut annotations: Vec<Annotation<'_>> = Vec::new();
    for judged in &evidence.run.verdicts {
        let verdict = &judged.verdict;
        let kind = match verdict.verdict {
            Verdict::Fail | Verdict::Fixed => "error",
            Verdict::Unknown => "warning",
            Verdict::KnownIssue => "notice",
            Verdict::Pass | Verdict::NotApplicable => continue,
        };
        let same = |found: &&mut Annotation<'_>| {
            let first = &found.first.verdict;
            first.case == verdict.case
                && first.verdict == verdict.verdict
                && first.failed_claims() == verdict.failed_claims()
        };
        match annotations.iter_mut().find(same) {
            Some(found) if found.versions.contains(&verdict.argo.as_str()) => {}
            Some(found) => found.versions.push(&verdict.argo),
            None => annotations.push(Annotation {
                kind,
                first: judged,
                place: evidence.place(verdict),
                versions: vec![&verdict.argo],
            }),
        }
    }
    annotations
}

fn command(
    kind: &str,
    place: Option<Place<'_>>,
    title: &str,
    message: &(impl Escapable + ?Sized),
) -> String {
    let at = place.map(|place| format!("file={},line={},", property(place.path), place.line));
    let (at, title) = (at.unwrap_or_default(), property(title));
    format!("::{kind} {at}title={title}::{}\n", data(&shortened(message.unescaped())))
}

/// The message in at most [`MESSAGE`] characters. A shortened message ends with a note.
fn shortened(message: &str) -> String {
    const REST: &str = "\n… shortened; the whole is in the report";
    let all = message.chars().count();
    if all <= MESSAGE {
        return message.to_owned();
    }
    let kept: String = message.chars().take(MESSAGE - REST.chars().count()).collect();
    kept + REST
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// The first blocks within the limit, and the number of the others.
fn within(blocks: &[String], limit: usize) -> String {
    let whole: usize = blocks.iter().map(String::len).sum();
    if whole <= limit {
        return blocks.concat();
    }
    let rest = |left: usize| {
        format!("\n{left} more parts do not fit here; `argo-conformance report` has them.\n")
    };
    let budget = limit.saturating_sub(rest(blocks.len()).len());
    let mut text = String::new();
    let mut left = 0;
    for block in blocks {
        if left == 0 && text.len() + block.len() <= budget {
            text += block;
        } else {
            left += 1;
        }
    }
    text + &rest(left)
}
