//! `report`: a report of a run, from its directory.

use std::io::Write;
use std::path::Path;

use anyhow::Context;
use report::conformance::Implementation;
use report::formats::{Options, OutputForm};
use report::{Evidence, github};
use rundir::{detection, evidence, key_material, verdicts};

use crate::args::{ImplementationArgs, ReportArgs};
use crate::known_secrets::known_secrets;
use crate::terminal::out;

/// Prints the report, or writes it to the file that was named.
pub(crate) fn report(args: &ReportArgs) -> anyhow::Result<u8> {
    key_material::refuse(std::slice::from_ref(&args.directory), &known_secrets())?;
    let mut evidence = evidence::read(&args.directory, &args.cases.directory)?;
    let needs = args.format.needs;
    if needs.detection {
        evidence.detection = Some(detection::detection(&args.directory, &evidence)?);
    }
    if needs.timelines {
        evidence.timelines = evidence::timelines(&args.directory, &evidence.run)?;
    }
    if needs.judged_again {
        verdicts::judge_again(&args.directory, &mut evidence)?;
        // Cases that do not apply have no history, and no copy beside one.
        for case in model::discover::cases(&args.cases.directory).cases {
            evidence.cases.entry(case.id.clone()).or_insert(case);
        }
    }
    let text = told(&evidence, args)?;
    match &args.output {
        Some(path) => {
            std::fs::write(path, text).with_context(|| format!("write {}", path.display()))?;
        }
        None => match args.format.shown {
            OutputForm::Lines => out::result(&text),
            OutputForm::Document => out::document(&text),
        },
    }
    if let (Some(summary), Some(path)) = (args.format.summary, &args.step_summary) {
        add_summary(&evidence, summary, path)?;
    }
    Ok(report::exit::PASS)
}

/// The text of the report in the format of the arguments.
pub(crate) fn told(evidence: &Evidence, args: &ReportArgs) -> anyhow::Result<String> {
    let implementation = implementation(&args.implementation);
    let program = env!("CARGO_PKG_VERSION");
    Ok((args.format.write)(evidence, &Options { style: out::style(), implementation, program })?)
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
fn add_summary(
    evidence: &Evidence,
    summary: fn(&Evidence, usize) -> String,
    path: &Path,
) -> anyhow::Result<()> {
    let has = std::fs::metadata(path).map_or(0, |file| file.len());
    let left = github::SUMMARY.saturating_sub(usize::try_from(has).unwrap_or(usize::MAX));
    let summary = summary(evidence, left);
    let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
    file.and_then(|mut file| file.write_all(summary.as_bytes()))
        .with_context(|| format!("add to the step's summary {}", path.display()))
}
