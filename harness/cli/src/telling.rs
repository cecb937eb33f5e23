//! `report`: a report of a run, from its directory.

use std::io::Write;
use std::path::Path;

use anyhow::Context;
use report::conformance::Implementation;
use report::formats::{Options, Shown};
use report::{Evidence, Judged, github};

use crate::args::{ImplementationArgs, ReportArgs};
use crate::recorded::Recorded;
use crate::{certify, evidence, mutants, out, rejudge};

/// Prints the report, or writes it to the file that was named.
pub(crate) fn report(args: &ReportArgs) -> anyhow::Result<u8> {
    let mut evidence = evidence::read(&args.directory, &args.cases)?;
    let needs = args.format.needs;
    if needs.detection {
        evidence.detection = Some(mutants::detection(&args.directory, &evidence)?);
    }
    if needs.timelines {
        evidence.timelines = evidence::timelines(&args.directory, &evidence.run)?;
    }
    if needs.judged_again {
        judge_again(&args.directory, &mut evidence)?;
        // Cases that do not apply have no history, and no copy beside one.
        for case in model::discover::cases(&args.cases).cases {
            evidence.cases.entry(case.id.clone()).or_insert(case);
        }
    }
    let text = told(&evidence, args)?;
    match &args.output {
        Some(path) => {
            std::fs::write(path, text).with_context(|| format!("write {}", path.display()))?;
        }
        None => match args.format.shown {
            Shown::Lines => out::result(&text),
            Shown::Document => out::document(&text),
        },
    }
    if let (Some(summary), Some(path)) = (args.format.summary, &args.step_summary) {
        add_summary(&evidence, summary, path)?;
    }
    Ok(report::exit::PASS)
}

/// Replaces each verdict with the verdict that its history gives now. A list of implementations
/// thus need not trust the run's report.
pub(crate) fn judge_again(directory: &Path, evidence: &mut Evidence) -> anyhow::Result<()> {
    let asked = evidence.run.asked.as_ref();
    let stance = certify::stance(asked.map_or("fail", |asked| &asked.known_issues))?;
    let judged = evidence.run.verdicts.iter_mut();
    out::all(judged.map(|judged| one_again(directory, judged, stance)))?;
    Ok(())
}

fn one_again(
    directory: &Path,
    judged: &mut Judged,
    stance: judge::KnownIssues,
) -> anyhow::Result<()> {
    let id = &judged.verdict.case;
    let Some(history) = judged.history.as_deref().map(Path::new) else {
        let verdict = judged.verdict.verdict;
        let rests = certify::rests_on_a_history(verdict);
        anyhow::ensure!(!rests, "{id} is {}, and has no history", verdict.name());
        return Ok(());
    };
    let read = || {
        let recorded = Recorded::open(directory, history)?;
        let header = recorded.events()?.header().clone();
        let (of, argo) = (header.case, header.argo.name());
        anyhow::ensure!(of == *id, "its history is of case {of}");
        let is_of = argo == judged.verdict.argo;
        anyhow::ensure!(is_of, "its history is of Argo {argo}");
        recorded.judged(&rejudge::case_beside(directory, history, id)?, stance)
    };
    judged.verdict = read().with_context(|| format!("failed to judge {id}"))?.0;
    Ok(())
}

/// Writes the results of a run into its directory as `junit.xml`, a form that most programs read.
/// Then writes the path of the complete results into the file `done`.
pub(crate) fn hand_over(directory: &Path, cases: &Path, done: &Path) -> anyhow::Result<()> {
    let directory = std::path::absolute(directory)?;
    let results = directory.join("junit.xml");
    let write = |path: &Path, text: &str| {
        std::fs::write(path, text).with_context(|| format!("write {}", path.display()))
    };
    write(&results, &report::junit(&evidence::read(&directory, cases)?))?;
    let parts = done.with_extension("part");
    write(&parts, &results.display().to_string())?;
    std::fs::rename(&parts, done).with_context(|| format!("write {}", done.display()))
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
