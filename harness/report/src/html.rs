//! A run as one HTML page without a script, a font or a network request.

mod case;
mod track;

use model::verdict::{CaseVerdict, Verdict};

use crate::evidence::Evidence;
use crate::judged::Judged;
use crate::line::seconds;
use crate::matrix::Table;
use crate::measured::Measured;
use crate::run::{ArgoReport, RunReport, Untested};
use crate::style::Style;
use crate::verdict_words::word;
use crate::xml::escape;
use crate::{observed, shares, summary};

/// The text of the page.
pub fn html(evidence: &Evidence) -> String {
    let run = &evidence.run;
    let title = format!("Conformance of Argo Workflows, run {}", run.run);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n<main>\n",
        escape(&title),
        include_str!("html/style.css"),
    );
    page += &head(run);
    page += &matrix(run);
    page += &cases(evidence);
    if let Some(detection) = &evidence.detection {
        let words = escape(&detection.words());
        page += &format!("<h2>Can these cases fail?</h2>\n<p>{words}</p>\n");
    }
    page += &ran_on(evidence);
    page + "</main>\n</body>\n</html>\n"
}

fn head(run: &RunReport) -> String {
    let verdicts: Vec<CaseVerdict> = run.verdicts.iter().map(|j| j.verdict.clone()).collect();
    let elapsed = std::time::Duration::from_millis(run.elapsed_ms);
    let sum = summary(&verdicts, &run.untested, elapsed, Style::Plain);
    let started = run.started.strftime("%Y-%m-%d %H:%M:%S UTC");
    let mut text = format!(
        "<h1>Conformance of Argo Workflows</h1>\n<p><strong>{}</strong><br>\
         <span class=\"quiet\">Run {} of {started}</span></p>\n",
        escape(sum.trim_end()),
        escape(&run.run),
    );
    for Untested { argo, because } in &run.untested {
        text += &format!(
            "<p><span class=\"verdict unknown\">untested</span> Argo {}: {}</p>\n",
            escape(argo),
            escape(because)
        );
    }
    text
}

/// The table of cases and versions. Each cell with a verdict links to its case.
fn matrix(run: &RunReport) -> String {
    if run.verdicts.is_empty() {
        return String::new();
    }
    let rows: Vec<Measured> = run.verdicts.iter().map(|j| Measured::from(&j.verdict)).collect();
    let table = Table::of(&rows, &run.untested);
    let mut text =
        "<h2 id=\"table\">Cases and versions</h2>\n<section class=\"scroll\" tabindex=\"0\" \
                    aria-labelledby=\"table\">\n<table class=\"matrix\">\n<thead><tr>\
                    <th scope=\"col\">Case</th>"
            .to_owned();
    for version in &table.versions {
        text += &format!("<th scope=\"col\">{}</th>", escape(version));
    }
    text += "</tr></thead>\n<tbody>\n";
    for case in &table.cases {
        text += &format!("<tr><th scope=\"row\"><code>{}</code></th>", escape(case));
        for version in &table.versions {
            let cell = table.cell(case, version);
            let anchor = cell.worst.and_then(|worst| {
                run.verdicts.iter().position(|Judged { verdict, .. }| {
                    verdict.case == *case && verdict.argo == *version && verdict.verdict == worst
                })
            });
            text += &match (cell.worst, anchor) {
                (Some(worst), Some(index)) => format!(
                    "<td class=\"{}\"><a href=\"#case-{index}\">{}</a></td>",
                    class(worst),
                    cell.word
                ),
                _ if cell.untested => format!("<td class=\"unknown\">{}</td>", cell.word),
                _ => format!("<td>{}</td>", cell.word),
            };
        }
        text += "</tr>\n";
    }
    text + "</tbody>\n</table>\n</section>\n"
}

/// The cases: first open ones with *fail*, *unknown* or *fixed*, then the others, closed.
fn cases(evidence: &Evidence) -> String {
    let verdicts = evidence.run.verdicts.iter().enumerate();
    let (looked, rest): (Vec<_>, Vec<_>) = verdicts.partition(|(_, judged)| needs_a_look(judged));
    let mut text = String::new();
    let rest_of = if looked.is_empty() { "Cases" } else { "All else" };
    for (heading, judged, open) in [("What needs a look", looked, true), (rest_of, rest, false)] {
        if judged.is_empty() {
            continue;
        }
        text += &format!("<h2>{heading}</h2>\n");
        for (index, judged) in judged {
            text += &case::details(evidence, judged, index, open);
        }
    }
    text
}

fn needs_a_look(judged: &Judged) -> bool {
    matches!(judged.verdict.verdict, Verdict::Fail | Verdict::Unknown | Verdict::Fixed)
}

/// The class of a verdict in the style sheet.
fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Unknown => "unknown",
        Verdict::KnownIssue => "known",
        Verdict::Fixed => "fixed",
        Verdict::NotApplicable => "na",
    }
}

/// The verdict as a badge.
fn badge(verdict: Verdict) -> String {
    format!("<span class=\"verdict {}\">{}</span>", class(verdict), word(verdict))
}

fn ran_on(evidence: &Evidence) -> String {
    let run = &evidence.run;
    let mut text = format!(
        "<h2>On what it ran</h2>\n<p>Kubernetes {}, by provider {}.</p>\n",
        escape(&run.kubernetes),
        run.provider
    );
    for argo in &run.argo {
        text += &installed(argo);
    }
    text += &stages(run);
    if !run.observed.is_empty() {
        let lines: String = run.observed.iter().map(observed::words).collect();
        text += &format!(
            "<h3>How it was observed</h3>\n<pre class=\"scroll mono\" tabindex=\"0\">{}</pre>\n",
            escape(&lines)
        );
    }
    if let Some(shares) = shares::words(evidence) {
        text += &format!("<h3>What the time went on</h3>\n<p>{}</p>\n", escape(&shares));
    }
    text
}

fn installed(argo: &ArgoReport) -> String {
    let ArgoReport { versions, source, profile, settings, images, kubernetes } = argo;
    let profile = profile.as_deref().unwrap_or("as it was there");
    let mut facts = vec![
        ("workflow-controller".to_owned(), versions.controller.clone()),
        ("argoexec".to_owned(), versions.executor.clone()),
        ("argo".to_owned(), versions.cli.clone()),
        ("from".to_owned(), source.clone()),
        ("profile".to_owned(), profile.to_owned()),
        ("Kubernetes".to_owned(), kubernetes.clone()),
    ];
    facts.extend(settings.iter().map(|(name, value)| (name.clone(), value.clone())));
    facts.extend(images.iter().map(|image| {
        let digest = image.digest.as_deref().unwrap_or("digest not known");
        (format!("image of {}", image.component), format!("{} ({digest})", image.name))
    }));
    let facts = facts.iter();
    let facts =
        facts.map(|(name, value)| format!("<dt>{}</dt><dd>{}</dd>\n", escape(name), escape(value)));
    let facts = facts.collect::<Vec<_>>().concat();
    let version = escape(&versions.name());
    format!(
        "<details><summary>Argo {version}</summary><div class=\"body\">\
         <dl class=\"facts\">\n{facts}</dl></div></details>\n"
    )
}

fn stages(run: &RunReport) -> String {
    if run.stages.is_empty() {
        return String::new();
    }
    let rows = run.stages.iter().map(|stage| {
        let to = stage.began_ms.saturating_add(stage.elapsed_ms);
        let name = format!("{} ({})", stage.name, seconds(stage.elapsed_ms));
        track::row(&name, &[(stage.began_ms, to, "busy", String::new())], run.elapsed_ms)
    });
    let rows: String = rows.collect();
    format!(
        "<h3>How long it took</h3>\n<dl class=\"time\">\n{}{rows}</dl>\n",
        track::axis(run.elapsed_ms)
    )
}
