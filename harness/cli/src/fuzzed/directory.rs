//! A run directory: files altered, renamed, taken out, and links and FIFOs in their place.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Parser;
use fuzz::{JSON, Target, answer, holds};
use judge::KnownIssues;
use report::Style;
use report::formats::Format;

use super::bundle::{bundled, unbundle};
use super::made::{HISTORY, Made};
use super::verify_args;
use crate::args::{Args, ReportArgs, Verb, VerifyArgs};
use crate::commands::{report as command, verify};
use rundir::manifest::RunManifest;
use rundir::statement::check::checked;
use rundir::statement::envelope::Envelope;
use rundir::{detection, evidence, merge, resume, statement, verdicts};

const PIECES: [&str; 30] = [
    "\n",
    "=== file ",
    "=== link ",
    "=== fifo ",
    "run.json",
    "manifest.json",
    "attempts.jsonl",
    "3.7.18/installation.json",
    "3.7.18/cases/http.no-account/history.jsonl",
    "3.7.18/cases/http.no-account~1/history.jsonl",
    "3.7.18/interrupted/http.no-account~1/history.jsonl",
    "3.7.18/cases/http.no-account/case/case.yaml",
    "sessions/1-r7f3/",
    "../",
    "/",
    "\\u001b[2K",
    "{\"n\":",
    "\"at\":",
    "\"bookmark\":",
    "\"observed\":",
    "\"probed\":",
    "\"gap\":",
    "\"ended\":",
    "\"history\":",
    "\"sessions\":",
    "\"interrupted\":",
    "\"verdict\":",
    "\"not_applicable\"",
    "\"untested\":",
    "\"challenge\":",
];

/// One of so many inputs is tried with the mutation test too: it is slow.
const MUTATED: u64 = 512;

/// Reads a run directory in every way.
struct Reader {
    made: Made,
    places: Vec<Place>,
}

/// The place of a worker: its run directory, and the arguments of each reader.
struct Place {
    _root: tempfile::TempDir,
    directory: PathBuf,
    verify: VerifyArgs,
    reports: Vec<ReportArgs>,
}

impl Place {
    fn new(made: &Made) -> Self {
        let root = tempfile::tempdir().expect("a directory");
        let directory = root.path().join("run");
        let verify = verify_args(made, &directory);
        let formats = report::formats::FORMATS.iter();
        let reports = formats.map(|format| report_args(made, &directory, format)).collect();
        Self { _root: root, directory, verify, reports }
    }
}

fn report_args(made: &Made, directory: &Path, format: &'static Format) -> ReportArgs {
    let (directory, cases) = (directory.display().to_string(), made.cases_in.display().to_string());
    let line = ["argo-conformance", "report", &directory, "--cases", &cases];
    match Args::try_parse_from(line).expect("they are arguments of report").verb {
        Verb::Report(args) => ReportArgs { format, ..args },
        other => panic!("they are arguments of report, and not {other:?}"),
    }
}

impl Reader {
    fn new() -> Self {
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let made = Made::new();
        let places = (0..workers).map(|_| Place::new(&made)).collect();
        Self { made, places }
    }

    /// The words of every reader of the files, as a number.
    fn read(&self, text: &[u8], worker: usize) -> u64 {
        let place = &self.places[worker % self.places.len()];
        unbundle(text, &place.directory);
        let chosen = text
            .iter()
            .fold(7, |all: u64, byte| all.wrapping_mul(31).wrapping_add(u64::from(*byte)));
        let report = self.report(place, chosen);
        let said = [judge(place), report, self.verify(place), self.others(place)];
        said.iter().fold(0, |all: u64, said| all.rotate_left(7) ^ answer(said))
    }

    /// As `report`, in a format that a number chooses.
    fn report(&self, place: &Place, chosen: u64) -> String {
        let read = evidence::read(&place.directory, &self.made.cases_in);
        let mut evidence = match read {
            Ok(evidence) => evidence,
            Err(error) => return format!("{error:#}"),
        };
        let timelines = evidence::timelines(&place.directory, &evidence.run);
        let timelines = timelines.map(|timelines| evidence.timelines = timelines);
        if chosen.is_multiple_of(MUTATED) {
            evidence.detection = detection::detection(&place.directory, &evidence).ok();
        }
        let formats = u64::try_from(place.reports.len()).unwrap_or(u64::MAX);
        let format = usize::try_from(chosen / MUTATED % formats).unwrap_or_default();
        let args = &place.reports[format];
        let again = if args.format.needs.judged_again {
            verdicts::judge_again(&place.directory, &mut evidence)
        } else {
            timelines
        };
        let told = again.and_then(|()| command::told(&evidence, args));
        told.unwrap_or_else(|error| format!("{error:#}"))
    }

    /// As `certify`, and as `verify` of what that says.
    fn verify(&self, place: &Place) -> String {
        let statement = match statement::statement(&place.directory) {
            Ok(statement) => statement,
            Err(error) => return format!("{error:#}"),
        };
        let text = serde_json::to_string(&statement).expect("it is JSON");
        let text = serde_json::to_string(&Envelope::seal(&text, None)).expect("it is JSON");
        match checked(&place.verify.terms(), &self.made.cases, None, &text) {
            Ok(statement) => verify::line::words(&statement, &self.made.cases, &place.verify, None),
            Err(refusals) => refusals.join("\n"),
        }
    }

    /// As `merge` and as `run --resume`.
    fn others(&self, place: &Place) -> String {
        let mut said = match evidence::run(&place.directory) {
            Ok(run) => merge::damage(&place.directory, &run),
            Err(error) => vec![format!("{error:#}")],
        };
        let begun = RunManifest::read(&place.directory).unwrap_or_else(|error| {
            said.push(format!("{error:#}"));
            self.made.begun.clone()
        });
        let (cases, stance) = (&self.made.cases, KnownIssues::Fail);
        let mut refusals = Vec::new();
        let found = resume::scan::look(&place.directory, &begun, cases, stance, &mut refusals);
        said.extend(found.err().map(|error| format!("{error:#}")));
        said.extend(refusals);
        said.join("\n")
    }
}

/// As `judge`.
fn judge(place: &Place) -> String {
    let judged = match verdicts::judged(&place.directory, KnownIssues::Expect) {
        Ok(judged) => judged,
        Err(error) => return format!("{error:#}"),
    };
    let line = |judged| match judged {
        Ok(judged) => report::line(&judged, Style::Plain) + &report::json(&judged),
        Err(error) => format!("{error:#}"),
    };
    judged.map(line).collect()
}

#[test]
fn the_directory_that_is_altered_holds() {
    let reader = Reader::new();
    let place = &reader.places[0];
    unbundle(&bundled(&reader.made.files), &place.directory);
    assert!(judge(place).contains("http/no-account"));
    let said = reader.verify(place);
    assert!(said.starts_with("the statement holds: PASSED, 1 verdict on Argo 3.7.18"), "{said}");
    assert_eq!(reader.others(place), "");
    let formats = place.reports.iter().zip(0_u64..);
    for (args, number) in formats {
        let said = reader.report(place, number * MUTATED);
        // An annotation is about a failure, and there is none.
        let is_named = args.format.name != "github";
        assert_eq!(said.contains("http/no-account"), is_named, "{:?}: {said}", args.format);
    }
}

#[test]
fn an_altered_directory_is_told_from_it() {
    let reader = Reader::new();
    let read = |files: &BTreeMap<String, String>| reader.read(&bundled(files), 0);
    let whole = read(&reader.made.files);
    for name in reader.made.files.keys() {
        let mut files = reader.made.files.clone();
        files.remove(name);
        assert_ne!(read(&files), whole, "without {name}");
    }
    let mut files = reader.made.files.clone();
    files.insert(HISTORY.to_owned(), files[HISTORY].replace("\"Failed\"", "\"Running\""));
    assert_ne!(read(&files), whole, "with another phase");
}

#[test]
fn fuzz_run_directory() {
    let reader = Reader::new();
    let seeds = vec![bundled(&reader.made.files)];
    let read = Box::new(move |input: &[u8], worker| reader.read(input, worker));
    holds(Target { name: "run-directory", seeds, pieces: [&JSON[..], &PIECES].concat(), read }, 50);
}
