//! One case on one version, for a terminal.

use model::history::Versions;
use model::verdict::{CaseVerdict, Finding, Outcome, Verdict};
use model::versions::{Unreleased, to_become};

use crate::judged::Judged;
use crate::style::{Style, Tone, tame};
use crate::title::title;
use crate::unobserved;
use crate::verdict_words::{outcome, tone, word};

/// The line of a verdict with its newline. A verdict *fail*, *unknown* or *fixed* has an
/// explanation below.
///
/// The explanation has each claim with its outcome, reason and events. The explanation ends with
/// the command that repeats the case, and the path of the history. A known issue is on the line
/// itself, under both stances.
///
/// # Assumptions
/// `history` is printed unchanged: a path that the reader can open.
pub fn line(judged: &Judged, style: Style) -> String {
    let verdict = &judged.verdict;
    let mut text = headline(judged, style);
    let needs_a_look = matches!(verdict.verdict, Verdict::Fail | Verdict::Unknown | Verdict::Fixed);
    if needs_a_look {
        explanation(judged, style, &mut text);
    }
    text
}

fn headline(judged: &Judged, style: Style) -> String {
    let CaseVerdict { case, argo, verdict, reason, known_issue, .. } = &judged.verdict;
    let word = style.paint(tone(*verdict), &format!("{:<7}", word(*verdict)));
    let mut text = format!("{word}  {:<8}  {}", tame(&title(argo)), tame(case));
    if judged.history.is_some() {
        let time = style.paint(Tone::Quiet, &seconds(judged.elapsed_ms));
        text += &format!("  {time}");
    }
    match known_issue {
        Some(issue) if *verdict != Verdict::Fixed => {
            text += &format!("  {}", style.paint(Tone::Known, &tame(&issue.to_string())));
        }
        _ if *verdict == Verdict::NotApplicable => text += &format!("  {}", tame(reason)),
        _ => {}
    }
    text.push('\n');
    text
}

/// Milliseconds as seconds with one decimal, rounded down as in the texts of the judge.
pub(crate) fn seconds(ms: u64) -> String {
    format!("{}.{}s", ms / 1000, ms % 1000 / 100)
}

fn explanation(judged: &Judged, style: Style, text: &mut String) {
    let verdict = &judged.verdict;
    let shown = shown(verdict);
    if !is_said(verdict, &shown) {
        *text += &format!("    {}\n", tame(&verdict.reason));
    }
    findings(judged, style, text);
}

fn findings(judged: &Judged, style: Style, text: &mut String) {
    let verdict = &judged.verdict;
    for finding in shown(verdict) {
        claim(finding, style, text);
    }
    for part in unobserved::of_case(verdict) {
        *text += &format!("    not observed  {}\n", tame(&part.to_string()));
    }
    *text += &format!("    reproduce  {}\n", style.paint(Tone::Strong, &command(verdict)));
    if let Some(history) = &judged.history {
        *text += &format!("    history    {}\n", tame(history));
    }
}

/// The reason of the verdict and the explanation, without colours and without a headline.
pub(crate) fn details(judged: &Judged) -> String {
    let mut text = format!("{}\n", tame(&judged.verdict.reason));
    findings(judged, Style::Plain, &mut text);
    text
}

/// The command that repeats a case.
pub(crate) fn command(verdict: &CaseVerdict) -> String {
    let (argo, case) = (tame(&asking(&verdict.argo)), tame(&verdict.case));
    format!("argo-conformance run {argo} --case {case}")
}

/// The arguments that ask for an installation by its name. A reader replaces the path of a checkout
/// or of a repository with a path of the reader's machine.
pub(crate) fn asking(name: &str) -> String {
    let versions = Versions::of_name(name);
    if versions.to.is_some() {
        return format!("--argo {name}");
    }
    let Versions { controller, executor, cli, settings, kubernetes, to: _ } = versions;
    if [&controller, &executor, &cli].iter().all(|version| to_become(version).is_none()) {
        return format!("--argo {name}");
    }
    let given = |version: &str| match Unreleased::of(version) {
        Some(Unreleased::Checkout { target }) => format!("PATH/TO/CHECKOUT={target}"),
        Some(Unreleased::Commit { target, commit }) => {
            format!("git:PATH/TO/REPOSITORY@{commit}={target}")
        }
        None => version.to_owned(),
    };
    let mut arguments = format!("--argo {}", given(&controller));
    for (flag, version) in [("--executor", executor), ("--cli", cli)] {
        if version != controller {
            arguments.extend([" ", flag, " ", &given(&version)]);
        }
    }
    for (flag, value) in [("--profile", settings), ("--kubernetes", kubernetes)] {
        arguments.extend(value.iter().flat_map(|value| [" ", flag, " ", value]));
    }
    arguments
}

/// The findings that explain the verdict, in the order of the case.
pub(crate) fn shown(verdict: &CaseVerdict) -> Vec<&Finding> {
    let declared = |id: &String| {
        let note = verdict.known_issue.as_ref();
        note.is_some_and(|note| note.claims.contains(id))
    };
    let is_shown = |finding: &&Finding| match finding.outcome {
        Outcome::Pass => verdict.verdict == Verdict::Fixed && declared(&finding.claim),
        Outcome::Fail | Outcome::Unknown(_) => true,
        Outcome::NotReached => verdict.verdict == Verdict::Unknown,
    };
    verdict.findings.iter().filter(is_shown).collect()
}

/// Whether the headline or a shown finding already has the reason of the verdict.
fn is_said(verdict: &CaseVerdict, shown: &[&Finding]) -> bool {
    let in_headline = verdict.known_issue.as_ref().map(ToString::to_string);
    let in_findings =
        |f: &&Finding| !f.reason.is_empty() && verdict.reason.ends_with(f.reason.raw());
    in_headline.is_some_and(|note| verdict.reason == note) || shown.iter().any(in_findings)
}

fn claim(finding: &Finding, style: Style, text: &mut String) {
    let tone = match finding.outcome {
        Outcome::Pass => Tone::News,
        Outcome::Fail => Tone::Bad,
        Outcome::Unknown(_) | Outcome::NotReached => Tone::Doubtful,
    };
    let came = style.paint(tone, outcome(finding.outcome));
    *text += &format!("    {} {came}", tame(&finding.claim));
    if let Some(ms) = finding.decided_at {
        *text += &format!(" at {}", seconds(ms));
    }
    *text += &format!("\n      claimed  {}\n", tame(&finding.words));
    if !finding.reason.is_empty() {
        *text += &format!("      reason   {}\n", tame(&finding.reason));
    }
    if !finding.events.is_empty() {
        let events: Vec<String> = finding.events.iter().map(u64::to_string).collect();
        *text += &format!("      events   {}\n", events.join(", "));
    }
}
