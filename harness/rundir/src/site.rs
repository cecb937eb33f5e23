//! The input of a site from run directories and statements, and the files of the site.

use std::fs::File;
use std::io::Write;
use std::num::NonZero;
use std::path::{Path, PathBuf};

use anyhow::Context;
use judge::KnownIssues;
use model::verdict::{CaseVerdict, Outcome};
use model::{Case, plain_file};
use report::Measured;
use report::site::{Changed, GivenRun, GivenStatement, Input, SiteFile};
use report::statement::Statement;

use crate::error::{Error, Problem};
use crate::history_file::LARGEST_TEXT;
use crate::statement::envelope::Envelope;
use crate::{evidence, key_material, layout, strict_json, verdicts};

/// The flag that names the site's directory.
const FLAG: &str = "--output";

/// One argument, read.
enum Given {
    Run(Box<GivenRun>),
    Statement(Box<GivenStatement>),
}

/// Reads run directories and statements, and judges every history of the directories again.
///
/// # Errors
/// Every problem of every argument and of the site's directory.
pub fn read(
    arguments: &[PathBuf],
    output: &Path,
    known_secrets: &[String],
    cases: Vec<Case>,
    measured: Vec<Measured>,
) -> anyhow::Result<Input> {
    let (mut runs, mut statements) = (Vec::new(), Vec::new());
    let (mut code, mut problems) = (report::exit::USAGE, Vec::new());
    if let Err(error) = layout::fresh(output, FLAG) {
        add(error, &mut code, &mut problems);
    }
    for (argument, given) in arguments.iter().zip(all_given(arguments, known_secrets, &cases)) {
        match given {
            Ok(Given::Run(run)) => runs.push((argument, *run)),
            Ok(Given::Statement(statement)) => statements.push((argument, *statement)),
            Err(error) => add(error, &mut code, &mut problems),
        }
    }
    runs.sort_by_key(|(_, run)| (run.evidence.run.started, run.evidence.run.run.clone()));
    statements.sort_by_key(|(_, given)| {
        let stated = &given.statement.predicate.conformance;
        (stated.started, stated.run.clone())
    });
    let ids = runs.iter().map(|(path, run)| (*path, run.evidence.run.run.as_str()));
    problems.extend(twice(ids, "run"));
    let ids = statements.iter();
    let ids = ids.map(|(path, given)| (*path, given.statement.predicate.conformance.run.as_str()));
    problems.extend(twice(ids, "statements about run"));
    if !problems.is_empty() {
        return Err(Error::all(code, problems).into());
    }
    let runs = runs.into_iter().map(|(_, run)| run).collect();
    let statements = statements.into_iter().map(|(_, statement)| statement).collect();
    let program = env!("CARGO_PKG_VERSION");
    Ok(Input { cases, measured, runs, statements, program })
}

/// Adds the problems of an error. A wrong file has its own exit code.
fn add(error: anyhow::Error, code: &mut u8, problems: &mut Vec<Problem>) {
    match error.downcast::<Error>() {
        Ok(Error { code: of, problems: all, hint }) => {
            if of != report::exit::USAGE {
                *code = of;
            }
            let last = all.len().saturating_sub(1);
            let all = all.into_iter().enumerate();
            problems.extend(all.map(|(at, problem)| match &hint {
                Some(hint) if at == last => problem.with_hint(hint.clone()),
                _ => problem,
            }));
        }
        Err(error) => {
            *code = report::exit::BAD_CASE;
            problems.push(Problem::of(&error));
        }
    }
}

/// A problem for each run that two arguments have. Each has one page.
fn twice<'a>(ids: impl Iterator<Item = (&'a PathBuf, &'a str)>, words: &str) -> Vec<Problem> {
    let mut ids: Vec<(&PathBuf, &str)> = ids.collect();
    ids.sort_by_key(|(_, id)| *id);
    let same = ids.windows(2).filter(|pair| pair[0].1 == pair[1].1);
    let problem = |pair: &[(&PathBuf, &str)]| {
        let (one, other) = (pair[0].0.display(), pair[1].0.display());
        let message =
            format!("invalid arguments: {one} and {other} are both {words} {}", pair[0].1);
        Problem::new(message).with_hint("Name each run once.")
    };
    same.map(problem).collect()
}

/// Each argument, read on a thread of its own.
fn all_given(
    arguments: &[PathBuf],
    known_secrets: &[String],
    cases: &[Case],
) -> Vec<anyhow::Result<Given>> {
    let most = std::thread::available_parallelism().map_or(1, NonZero::get);
    let share = arguments.len().div_ceil(most).max(1);
    std::thread::scope(|scope| {
        let read = |arguments: &[PathBuf]| {
            arguments.iter().map(|one| given(one, known_secrets, cases)).collect::<Vec<_>>()
        };
        let threads = arguments.chunks(share).map(|share| scope.spawn(move || read(share)));
        let threads: Vec<_> = threads.collect();
        let threads = threads.into_iter();
        threads.flat_map(|thread| thread.join().unwrap_or_else(|_| vec![Err(died())])).collect()
    })
}

fn died() -> anyhow::Error {
    anyhow::anyhow!("failed to read the arguments: a thread ended early")
}

fn given(argument: &Path, known_secrets: &[String], cases: &[Case]) -> anyhow::Result<Given> {
    if argument.is_dir() {
        return std::thread::scope(|scope| {
            let refused =
                scope.spawn(|| key_material::refuse(&[argument.to_owned()], known_secrets));
            let run = run(argument, cases);
            let refused = refused.join().unwrap_or_else(|_| Err(died()));
            refused.and_then(|()| Ok(Given::Run(Box::new(run?))))
        });
    }
    let statement = statement(argument).map_err(|error| {
        let message = format!("invalid argument: {}: {error:#}", argument.display());
        Error::usage(message).with_hint("Name a run directory, or a file that `certify` wrote.")
    })?;
    Ok(Given::Statement(Box::new(statement)))
}

/// The run with the verdicts that its histories give now. Known issues are expected. Another thread
/// draws the histories meanwhile.
fn run(directory: &Path, cases: &[Case]) -> anyhow::Result<GivenRun> {
    let mut evidence = evidence::read_with(directory, Path::new(""), cases)?;
    let reported = evidence.run.clone();
    let (judged, timelines) = std::thread::scope(|scope| {
        let drawn = scope.spawn(|| evidence::timelines(directory, &reported));
        let judged = verdicts::judge_again_as(directory, &mut evidence, KnownIssues::Expect);
        (judged, drawn.join().unwrap_or_else(|_| Err(died())))
    });
    judged?;
    evidence.timelines = timelines?;
    let now = evidence.run.verdicts.iter().map(|judged| &judged.verdict);
    let both = reported.verdicts.iter().map(|judged| &judged.verdict).zip(now);
    let changed = both.filter_map(|(was, now)| changed(was, now)).collect();
    Ok(GivenRun { evidence, changed })
}

/// The verdict, if a claim has another outcome. The stance towards known issues does not count.
fn changed(was: &CaseVerdict, now: &CaseVerdict) -> Option<Changed> {
    let outcomes = |verdict: &CaseVerdict| -> Vec<(String, Outcome)> {
        verdict.findings.iter().map(|finding| (finding.claim.clone(), finding.outcome)).collect()
    };
    (outcomes(was) != outcomes(now)).then(|| Changed {
        case: now.case.clone(),
        argo: now.argo.clone(),
        reported: was.verdict,
        judged: now.verdict,
    })
}

fn statement(path: &Path) -> anyhow::Result<GivenStatement> {
    let text = plain_file::text(path, LARGEST_TEXT)?;
    let envelope: Envelope =
        strict_json::from_str(&text).context("it is neither a run directory nor a statement")?;
    let statement: Statement = strict_json::from_str(&envelope.text()?)?;
    let keys = envelope.signatures.into_iter().map(|signature| signature.keyid).collect();
    Ok(GivenStatement { statement, keys })
}

/// Writes the files into a directory that is missing or empty.
///
/// # Errors
/// The directory has files, or a file cannot be written.
pub fn write(output: &Path, files: &[SiteFile]) -> anyhow::Result<()> {
    let output = layout::fresh(output, FLAG)?;
    for SiteFile { path, text } in files {
        let path = output.join(path);
        let write = || {
            std::fs::create_dir_all(path.parent().unwrap_or(&output))?;
            File::create_new(&path)?.write_all(text.as_bytes())
        };
        write().with_context(|| format!("failed to write {}", path.display()))?;
    }
    Ok(())
}
