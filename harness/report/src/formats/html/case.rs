//! One case on one version: the verdict, each claim and the timeline.

use model::verdict::{CaseVerdict, Declared, Finding, KnownIssueNote, Outcome};

use super::{badge, filter, track};
use crate::evidence::Evidence;
use crate::judged::Judged;
use crate::line::{command, seconds};
use crate::timeline::{Group, Timeline};
use crate::unobserved;
use crate::verdict_words::outcome;
use crate::xml::escape;

/// The case with its evidence. `id` is the anchor of the case on the page.
pub(crate) fn details(evidence: &Evidence, judged: &Judged, id: &str, open: bool) -> String {
    let CaseVerdict { case, argo, verdict, reason, known_issue, findings } = &judged.verdict;
    let file = evidence.cases.get(case);
    let title = file.map(|case| case.title.as_str()).unwrap_or_default();
    let fixed = known_issue.as_ref().map(fix).unwrap_or_default();
    let mut text = format!(
        "<details{}{}>\n<summary>{} <code>{}</code> <span class=\"title\">{}</span> \
         <span class=\"quiet\">on Argo {}, {}</span></summary>\n\
         <div class=\"body\" id=\"{id}\">\n",
        filter::data(&[*verdict], &[case, title, argo, reason.raw()]),
        if open { " open" } else { "" },
        badge(*verdict),
        escape(case),
        escape(title),
        escape(&crate::title::title(argo)),
        escape(&[seconds(judged.elapsed_ms), fixed].join("")),
    );
    if let Some(file) = file {
        text += &format!("<p>Why: {}</p>\n", link(&file.why));
    }
    let noted = known_issue.as_ref().is_some_and(|note| *reason == note.to_string());
    if !noted {
        text += &format!("<p>{}</p>\n", escape(reason));
    }
    if let Some(note) = known_issue {
        text += &known(note);
    }
    text += &claims(findings);
    for part in unobserved::of_case(&judged.verdict) {
        text += &format!("<p>Not observed: {}</p>\n", escape(&part.to_string()));
    }
    let timeline = judged.history.as_ref().and_then(|history| evidence.timelines.get(history));
    if let Some(timeline) = timeline {
        text += &drawn(timeline, findings);
    }
    text += &format!("<p>Again: <code>{}</code>", escape(&command(&judged.verdict)));
    if let Some(history) = &judged.history {
        text += &format!("<br>History: <code>{}</code>", escape(history));
    }
    text + "</p>\n</div>\n</details>\n"
}

/// The fix or the pair of the known issue, for the end of a line.
fn fix(note: &KnownIssueNote) -> String {
    format!(", {}", fixed(&note.declared))
}

/// The fix in the line of the version, or the pair.
fn fixed(declared: &Declared) -> String {
    match declared {
        Declared::Line { fixed_in: Some(fix), .. } => format!("fixed in {fix}"),
        Declared::Line { line, fixed_in: None, .. } => format!("open in {line}"),
        Declared::Pair { .. } => declared.to_string(),
    }
}

/// The known issue: the fix in the line of the version, and the fixes in other lines; or the pair.
fn known(note: &KnownIssueNote) -> String {
    let details = match &note.declared {
        Declared::Line { fixed_elsewhere, .. } => {
            let elsewhere = match fixed_elsewhere.as_slice() {
                [] => String::new(),
                others => format!("; in other lines fixed in {}", others.join(", ")),
            };
            let releases = note.declared.releases();
            format!("{}{elsewhere}; affected releases: {releases}", fixed(&note.declared))
        }
        Declared::Pair { .. } => format!("affected pairs: {}", note.declared),
    };
    format!(
        "<p>Known issue {}{}: {}</p>\n",
        link(&note.issue),
        if note.predicted { " (predicted)" } else { "" },
        escape(&details),
    )
}

/// A link for an HTTP address; other text without a link.
fn link(address: &str) -> String {
    let shown = escape(address);
    if address.starts_with("https://") || address.starts_with("http://") {
        format!("<a href=\"{shown}\">{shown}</a>")
    } else {
        shown
    }
}

fn claims(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let items = findings.iter().map(|finding| {
        let at = finding.decided_at.map(|ms| format!(" at {}", seconds(ms))).unwrap_or_default();
        let events: Vec<String> = finding.events.iter().map(u64::to_string).collect();
        let events = match events.as_slice() {
            [] => String::new(),
            events => format!(" <span class=\"quiet\">(events {})</span>", events.join(", ")),
        };
        format!(
            "<li><code>{}</code> <span class=\"verdict {}\">{}</span>{at}<br>\
             <span class=\"quiet\">claimed:</span> {}<br>\
             <span class=\"quiet\">reason:</span> {}{events}</li>\n",
            escape(&finding.claim),
            class(finding.outcome),
            outcome(finding.outcome),
            escape(&finding.words),
            escape(&finding.reason),
        )
    });
    format!("<ul class=\"claims\">\n{}</ul>\n", items.collect::<String>())
}

fn class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "fail",
        Outcome::Unknown(_) => "unknown",
        Outcome::NotReached => "idle",
    }
}

fn drawn(timeline: &Timeline, findings: &[Finding]) -> String {
    let end = timeline.end;
    let mut text = String::new();
    for group in Group::ALL {
        let rows = timeline.rows.iter().filter(|row| row.group == group);
        let rows = rows.map(|row| {
            let bars = row
                .spans
                .iter()
                .map(|span| (span.from, span.to, colour(group, &span.word), span.word.clone()));
            track::row(&row.name, &bars.collect::<Vec<_>>(), end)
        });
        let axis = if group == Group::Steps { track::axis(end) } else { String::new() };
        text += &titled(group.name(), &axis, &rows.collect::<String>());
    }
    let decided = findings.iter().filter_map(|finding| {
        let at = finding.decided_at?;
        let came = outcome(finding.outcome);
        let name = format!("{}: {came}, {}", finding.claim, seconds(at));
        Some(track::row(&name, &[(at, at, class(finding.outcome), came.to_owned())], end))
    });
    let decided = decided.collect::<String>();
    text + &titled("Claims, where they were decided", &track::axis(end), &decided)
}

fn titled(title: &str, axis: &str, rows: &str) -> String {
    if rows.is_empty() {
        return String::new();
    }
    format!("<h3>{title}</h3>\n<dl class=\"time\">\n{axis}{rows}</dl>\n")
}

/// The class of a state in the style sheet.
fn colour(group: Group, word: &str) -> &'static str {
    match (group, word.split(',').next().unwrap_or(word)) {
        (Group::Environment, _) | (_, "Failed" | "Error") => "fail",
        (_, "Succeeded" | "complete") => "pass",
        (_, "Pending" | "Skipped" | "Omitted" | "not yet acted on") => "idle",
        (_, "incomplete" | "asked for") => "unknown",
        (Group::Steps, _)
            if [": not met", ": refused", " it was done"].iter().any(|w| word.ends_with(w)) =>
        {
            "unknown"
        }
        _ => "busy",
    }
}
