//! A run as one HTML page without a font or a network request.
//!
//! | part | see |
//! |---|---|
//! | numbers of verdicts by level and by area | `counts` |
//! | the filter by text and by verdict, the only script | `filter` |
//! | the sections of cases by verdict, failures first | `cases` |
//! | the table of cases and versions | `table` |
//!
//! The page shows everything without the script. A policy in the page refuses every request.

pub(crate) mod case;
mod cases;
mod counts;
mod filter;
mod table;
mod track;

use model::Untrusted;
use model::profile::Profile;
use model::verdict::{CaseVerdict, Verdict};

use crate::counts::Spent;
use crate::evidence::Evidence;
use crate::line::seconds;
use crate::run::{ArgoReport, RunReport, Untested, versions_of_kubernetes};
use crate::style::Style;
use crate::verdict_words::word;
use crate::xml::escape;
use crate::{controller_notes, observed, shares, summary, unobserved};

/// The verdicts in the order of the page: the verdicts that need a look are first.
const ORDER: [Verdict; 6] = [
    Verdict::Fail,
    Verdict::Unknown,
    Verdict::Fixed,
    Verdict::KnownIssue,
    Verdict::NotApplicable,
    Verdict::Pass,
];

/// The text of the page.
pub fn html(evidence: &Evidence) -> String {
    let run = &evidence.run;
    let title = format!("Conformance of Argo Workflows, run {}", run.run);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n\
         <title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n<main>\n",
        escape(&title),
        include_str!("html/style.css"),
    );
    page += &head(run);
    page += &counts::tables(evidence);
    page += &filter::form(run);
    page += &cases::sections(evidence, true);
    page += &table::table(evidence);
    page += &cases::sections(evidence, false);
    if let Some(detection) = &evidence.detection {
        let words = escape(&detection.words());
        page += &format!("<h2>Can these cases fail?</h2>\n<p>{words}</p>\n");
    }
    page += &ran_on(evidence);
    page += "</main>\n";
    page += &filter::script(run);
    page + "</body>\n</html>\n"
}

fn head(run: &RunReport) -> String {
    let verdicts: Vec<CaseVerdict> = run.verdicts.iter().map(|j| j.verdict.clone()).collect();
    let sum = summary(&verdicts, &run.untested, Spent::of(run), Style::Plain);
    let started = run.started.strftime("%Y-%m-%d %H:%M:%S UTC");
    let mut text = format!(
        "<h1>Conformance of Argo Workflows</h1>\n<p><strong>{}</strong><br>\
         <span class=\"quiet\">Run {} of {started}</span></p>\n",
        escape(sum.trim_end()),
        escape(&run.run),
    );
    for Untested { argo, reason } in &run.untested {
        text += &format!(
            "<p><span class=\"verdict unknown\">untested</span> Argo {}: {}</p>\n",
            escape(argo),
            escape(reason)
        );
    }
    text
}

/// The class of a verdict in the style sheet.
pub(crate) fn class(verdict: Verdict) -> &'static str {
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

/// The section about the installations, the stages and the observation of a run.
pub(crate) fn ran_on(evidence: &Evidence) -> String {
    let run = &evidence.run;
    let mut text = format!(
        "<h2>On what it ran</h2>\n<p>Kubernetes {}, by provider {}.</p>\n",
        escape(&versions_of_kubernetes(run)),
        run.provider
    );
    for argo in &run.argo {
        text += &installed(argo);
    }
    for words in controller_notes::of_run(run.found()) {
        text += &format!("<p>{}</p>\n", escape(&words));
    }
    for words in unobserved::of_run(&run.verdicts) {
        text += &format!("<p>{}</p>\n", escape(&words));
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

/// The facts of an installation, folded.
pub(crate) fn installed(argo: &ArgoReport) -> String {
    let ArgoReport { versions, source, profile, settings, images, kubernetes, controller: _ } =
        argo;
    let profile = profile.map_or("as it was there", Profile::name);
    let mut facts: Vec<(String, Untrusted)> = vec![
        ("workflow-controller".to_owned(), versions.controller.clone().into()),
        ("argoexec".to_owned(), versions.executor.clone().into()),
        ("argo".to_owned(), versions.cli.clone().into()),
        ("from".to_owned(), source.clone()),
        ("profile".to_owned(), profile.into()),
        ("Kubernetes".to_owned(), kubernetes.clone()),
    ];
    facts.extend(settings.iter().map(|(name, value)| (name.clone(), value.clone())));
    facts.extend(images.iter().map(|image| {
        let digest = image.digest.as_ref().map_or("digest not known", Untrusted::raw);
        let words = format!("{} ({digest})", image.name.raw());
        (format!("image of {}", image.component), words.into())
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
