//! `report`: a report of a run, from its directory.

use std::io::Write;
use std::path::Path;

use anyhow::Context;
use report::conformance::{Implementation, conformance};
use report::{Evidence, github};

use crate::args::{ImplementationArgs, ReportArgs, Telling};
use crate::terminal::out;
use rundir::{detection, evidence, verdicts};

/// Prints the report, or writes it to the file that was named.
pub(crate) fn report(args: &ReportArgs) -> anyhow::Result<u8> {
    let mut evidence = evidence::read(&args.directory, &args.cases)?;
    if matches!(args.format, Telling::Text | Telling::Markdown | Telling::Html) {
        evidence.detection = Some(detection::detection(&args.directory, &evidence)?);
    }
    if matches!(args.format, Telling::Text | Telling::Html) {
        evidence.timelines = evidence::timelines(&args.directory, &evidence.run)?;
    }
    if args.format == Telling::Conformance {
        verdicts::judge_again(&args.directory, &mut evidence)?;
        // Cases that do not apply have no history, and no copy beside one.
        for case in model::discover::cases(&args.cases).cases {
            evidence.cases.entry(case.id.clone()).or_insert(case);
        }
    }
    let text = told(&evidence, args)?;
    match &args.output {
        Some(path) => {
            std::fs::write(path, text)
                .with_context(|| format!("failed to write {}", path.display()))?;
        }
        None if args.format == Telling::Text => out::result(&text),
        None => out::document(&text),
    }
    if let (Telling::Github, Some(path)) = (args.format, &args.step_summary) {
        add_summary(&evidence, path)?;
    }
    Ok(report::exit::PASS)
}

pub(crate) fn told(evidence: &Evidence, args: &ReportArgs) -> anyhow::Result<String> {
    Ok(match args.format {
        Telling::Text => report::text(evidence, out::style()),
        Telling::Json => {
            let untested = evidence.run.untested.iter().map(report::json_untested);
            evidence.run.verdicts.iter().map(report::json).chain(untested).collect()
        }
        Telling::Junit => report::junit(evidence),
        Telling::Ctrf => report::ctrf(evidence),
        Telling::Github => github::annotations(evidence),
        Telling::Markdown => report::markdown_report::markdown(evidence),
        Telling::Html => report::html(evidence),
        Telling::Conformance => {
            let implementation = implementation(&args.implementation);
            conformance(evidence, &implementation, env!("CARGO_PKG_VERSION"))?
        }
    })
}

fn implementation(given: &ImplementationArgs) -> Implementation {
    let text = |given: &Option<String>| given.clone().unwrap_or_default();
    Implementation {
        organization: text(&given.organization),
        project: text(&given.project),
        url: text(&given.url),
        version: text(&given.implementation_version),
        contact: given.contact.clone(),
    }
}

/// Adds to what the step's summary has already, all of which counts for GitHub's limit.
fn add_summary(evidence: &Evidence, path: &Path) -> anyhow::Result<()> {
    let has = std::fs::metadata(path).map_or(0, |file| file.len());
    let left = github::SUMMARY.saturating_sub(usize::try_from(has).unwrap_or(usize::MAX));
    let summary = github::summary(evidence, left);
    let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
    file.and_then(|mut file| file.write_all(summary.as_bytes()))
        .with_context(|| format!("failed to append to the step summary {}", path.display()))
}
