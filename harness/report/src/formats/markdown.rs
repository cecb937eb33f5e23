//! A run in Markdown: the counts, the table, the verdicts that need a look, the installations.

use model::Untrusted;
use model::verdict::{CaseVerdict, Finding, Outcome, Verdict};

use crate::controller_notes;
use crate::counts::Spent;
use crate::evidence::Evidence;
use crate::judged::Judged;
use crate::line::{command, seconds, shown};
use crate::markdown::{code, escape};
use crate::matrix;
use crate::measured::Measured;
use crate::run::{ArgoReport, RunReport, versions_of_kubernetes};
use crate::style::Style;
use crate::title::title;
use crate::unobserved;
use crate::verdict_words::{outcome, word};

/// The text of the page.
pub fn markdown(evidence: &Evidence) -> String {
    blocks(evidence).concat()
}

/// The page in blocks, the most important first. Any number of last blocks can be left out.
pub(crate) fn blocks(evidence: &Evidence) -> Vec<String> {
    let run = &evidence.run;
    let mut blocks = vec![head(run)];
    let rows: Vec<Measured> = run.verdicts.iter().map(|j| Measured::from(&j.verdict)).collect();
    if !rows.is_empty() {
        blocks.push(format!("\n{}", matrix::markdown(&rows, &run.untested)));
    }
    blocks.extend(run.untested.iter().map(|untested| {
        format!(
            "\nArgo {} is **untested**: {}\n",
            escape(&title(&untested.argo)),
            escape(&untested.reason)
        )
    }));
    let needs_a_look = |judged: &&Judged| {
        matches!(judged.verdict.verdict, Verdict::Fail | Verdict::Unknown | Verdict::Fixed)
    };
    let mut looked: Vec<&Judged> = run.verdicts.iter().filter(needs_a_look).collect();
    looked.sort_by_key(|judged| judged.verdict.verdict == Verdict::Unknown);
    if !looked.is_empty() {
        blocks.push("\n## Results that need a look\n".to_owned());
    }
    blocks.extend(looked.into_iter().map(failure));
    if let Some(detection) = &evidence.detection {
        blocks.push(format!("\n{}\n", escape(&detection.words())));
    }
    blocks.push(ran_on(run));
    blocks
}

fn head(run: &RunReport) -> String {
    let verdicts: Vec<CaseVerdict> = run.verdicts.iter().map(|j| j.verdict.clone()).collect();
    let sum = crate::summary(&verdicts, &run.untested, Spent::of(run), Style::Plain);
    format!("# Conformance of Argo Workflows\n\n{}\n", escape(&sum))
}

fn failure(judged: &Judged) -> String {
    let CaseVerdict { case, argo, verdict, reason, .. } = &judged.verdict;
    let (case_words, argo_words) = (code(case), escape(&title(argo)));
    let mut text = format!("\n### {}: {case_words} on Argo {argo_words}\n\n", word(*verdict));
    text += &format!("{}\n\n", escape(reason));
    for finding in shown(&judged.verdict) {
        text += &claim(finding);
    }
    for part in unobserved::of_case(&judged.verdict) {
        text += &format!("- not observed: {}\n", escape(&part.to_string()));
    }
    text += &format!("- reproduce: {}\n", code(&command(&judged.verdict)));
    if let Some(history) = &judged.history {
        text += &format!("- history: {}\n", code(history));
    }
    text
}

fn claim(finding: &Finding) -> String {
    let came = match finding.outcome {
        Outcome::Fail => format!("**{}**", outcome(finding.outcome)),
        other => outcome(other).to_owned(),
    };
    let at = finding.decided_at.map(|ms| format!(" at {}", seconds(ms))).unwrap_or_default();
    let (id, words) = (code(&finding.claim), escape(&finding.words));
    let mut text = format!("- {id} {came}{at}\n  - claimed: {words}\n");
    if !finding.reason.is_empty() {
        text += &format!("  - reason: {}\n", escape(&finding.reason));
    }
    text
}

fn ran_on(run: &RunReport) -> String {
    let mut text = format!(
        "\n## On what it ran\n\nRun {} of {}: Kubernetes {}, by provider {}.\n\n",
        code(&run.run),
        run.started.strftime("%Y-%m-%d %H:%M:%S UTC"),
        escape(&versions_of_kubernetes(run)),
        run.provider,
    );
    for ArgoReport { versions, source, profile, images, .. } in &run.argo {
        let profile =
            profile.as_ref().map(|p| format!(", profile {}", p.name())).unwrap_or_default();
        let words = format!("Argo {} from {}{profile}", versions.title(), source.raw());
        text += &format!("- {}\n", escape(&words));
        for image in images {
            let digest = image.digest.as_ref().map_or("digest not known", Untrusted::raw);
            text += &format!("  - {} ({})\n", code(&image.name), escape(digest));
        }
    }
    for words in controller_notes::of_run(run.found()) {
        text += &format!("- {}\n", escape(&words));
    }
    for words in unobserved::of_run(&run.verdicts) {
        text += &format!("- {}\n", escape(&words));
    }
    text
}
