//! `verify`: whether somebody's statement holds, by judging the histories again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Context;
use model::Case;
use model::history::{Reader, Versions};
use report::run::Part;
use report::statement::{Basis, MAJOR, PREDICATE, STATEMENT, Stated, Statement};

use crate::args::VerifyArgs;
use crate::attempt::Attempt;
use crate::certify::{case_sha256, file_sha256, rests_on_a_history};
use crate::envelope::{Envelope, PublicKey};
use crate::trial::can_be_tried;
use crate::{evidence, out, rejudge, selection};

/// Says everything for which the statement is refused, or that it holds.
pub(crate) fn verify(args: &VerifyArgs) -> anyhow::Result<u8> {
    let cases = selection::select(&args.cases)?;
    let key = args.key.as_deref().map(PublicKey::read).transpose()?;
    let text = std::fs::read_to_string(&args.statement)
        .with_context(|| format!("read {}", args.statement.display()))?;
    let mut refusals = Vec::new();
    match opened(&text, key.as_ref(), &mut refusals) {
        Err(error) => refusals.push(format!("it is no statement: {error:#}")),
        Ok(statement) => {
            about_itself(&statement, args, &mut refusals);
            let stated = &statement.predicate.conformance.verdicts;
            complete(stated, &cases, args, &mut refusals);
            for one in stated {
                let checked = judged_again(one, &statement, &cases, &args.directory);
                refusals.extend(checked.err().map(|error| format!("{}: {error:#}", one.name())));
            }
            for (part, history) in set_aside(&statement) {
                let checked = not_tried_before(part, history, stated, &cases, &args.directory);
                refusals.extend(checked.err().map(|error| format!("{history}: {error:#}")));
            }
            if refusals.is_empty() {
                out::result(&words(&statement, &cases, key.is_some()));
                return Ok(report::exit::PASS);
            }
        }
    }
    for refusal in &refusals {
        out::note(&format!("refused: {refusal}"));
    }
    Ok(report::exit::FAIL)
}

/// The statement in the envelope, and whether the envelope is vouched for.
fn opened(
    text: &str,
    key: Option<&PublicKey>,
    refusals: &mut Vec<String>,
) -> anyhow::Result<Statement> {
    let envelope: Envelope = serde_json::from_str(text)?;
    if let Some(key) = key {
        if envelope.signatures.is_empty() {
            refusals.push("it is not signed, and a signature is required".to_owned());
        } else if !envelope.is_signed_by(key) {
            refusals.push("no signature of it was made with that key".to_owned());
        }
    }
    Ok(serde_json::from_str(&envelope.text()?)?)
}

/// What the statement says of itself.
fn about_itself(statement: &Statement, args: &VerifyArgs, refusals: &mut Vec<String>) {
    let conformance = &statement.predicate.conformance;
    if statement.kind != STATEMENT || statement.predicate_type != PREDICATE {
        refusals.push(format!("it is a {}", statement.predicate_type));
    }
    if conformance.format.0 != MAJOR {
        let (major, minor) = conformance.format;
        refusals.push(format!("its format is {major}.{minor}; this program reads {MAJOR}.x"));
    }
    if !statement.is_consistent() {
        refusals.push("its summary is not what its verdicts say".to_owned());
    }
    let age = jiff::Timestamp::now().duration_since(conformance.started);
    let days = age.as_hours() / 24;
    if days > args.max_age {
        refusals.push(format!("it has expired: it is {days} days old, {} at most", args.max_age));
    }
    if age.is_negative() {
        refusals.push(format!("it is of the future: {}", conformance.started));
    }
    for untested in &conformance.untested {
        refusals.push(format!("Argo {} was not tested: {}", untested.argo, untested.because));
    }
}

/// Every case on every version, once.
fn complete(stated: &[Stated], cases: &[Case], args: &VerifyArgs, refusals: &mut Vec<String>) {
    if stated.is_empty() {
        refusals.push("it has no verdict".to_owned());
    }
    let mut versions: BTreeSet<&str> = stated.iter().map(|s| s.argo.as_str()).collect();
    for wanted in &args.argo {
        if !versions.contains(wanted.as_str()) {
            let there: Vec<&str> = versions.iter().copied().collect();
            refusals.push(format!("it is not about Argo {wanted}, but {}", there.join(", ")));
        }
    }
    versions.retain(|version| args.argo.is_empty() || args.argo.iter().any(|w| w == version));
    for version in versions {
        for case in cases {
            let same = |s: &&Stated| s.argo == version && s.case == case.id;
            match stated.iter().filter(same).count() {
                0 => refusals.push(format!("{} on Argo {version} is not in it", case.id)),
                1 => {}
                times => {
                    let name = &case.id;
                    refusals.push(format!("{name} on Argo {version} is in it {times} times"));
                }
            }
        }
    }
}

/// Judges the history of one verdict by this program's own case.
fn judged_again(
    stated: &Stated,
    statement: &Statement,
    cases: &[Case],
    run: &Path,
) -> anyhow::Result<()> {
    let known: BTreeMap<&str, &Case> = cases.iter().map(|case| (case.id.as_str(), case)).collect();
    // A case that is not asked for counts for nothing.
    let Some(case) = known.get(stated.case.as_str()) else { return Ok(()) };
    let Some(basis) = &stated.basis else {
        let version = rejudge::version_of(case, &Versions::of_name(&stated.argo))?;
        let provider = &statement.predicate.conformance.provider;
        let applies = case.not_applicable(&version).is_none() && can_be_tried(case, provider);
        anyhow::ensure!(!applies, "the case applies there, and there is no history");
        anyhow::ensure!(!rests_on_a_history(stated.verdict), "there is no history");
        return Ok(());
    };
    let Basis { history, history_sha256, case_sha256: case_digest } = basis;
    anyhow::ensure!(
        case_sha256(case) == *case_digest,
        "it was judged by another case of that name"
    );
    let path = rejudge::inside(run, history)?;
    anyhow::ensure!(file_sha256(&path)? == *history_sha256, "its history was altered");
    of_this(stated, statement, history, &path)?;
    let verdict = rejudge::by(case, &path, judge::KnownIssues::Fail)?;
    let now = Stated::new(&verdict, stated.basis.clone());
    anyhow::ensure!(
        now == *stated,
        "its history says {}: {}",
        verdict.verdict.name(),
        verdict.reason
    );
    Ok(())
}

/// Histories that broke off and whose cases were tried once more, with their parts.
fn set_aside(statement: &Statement) -> impl Iterator<Item = (&Part, &String)> {
    let parts = statement.predicate.conformance.parts.iter();
    parts.flat_map(|part| part.broken_off.iter().map(move |history| (part, history)))
}

/// Whether such a try decided nothing: else its case was tried until it passed.
fn not_tried_before(
    part: &Part,
    history: &str,
    stated: &[Stated],
    cases: &[Case],
    run: &Path,
) -> anyhow::Result<()> {
    let path = rejudge::inside(run, history)?;
    let id = evidence::header(&path)?.context("there is no such history")?.case;
    let Some(case) = cases.iter().find(|case| case.id == id) else { return Ok(()) };
    let attempt = Attempt::read(case, &path)?.context("it is empty")?;
    let run = &attempt.header.run;
    anyhow::ensure!(*run == part.run, "it is of run {run}");
    let tried = format!("{id} was tried before on Argo {}", attempt.verdict.argo);
    anyhow::ensure!(!attempt.is_over(), "{tried}, to its end: {}", attempt.verdict.reason);
    let of = stated.iter().filter(|s| s.case == id && s.argo == attempt.verdict.argo);
    let failed: Vec<&str> = of.flat_map(|s| &s.failed_claims).map(String::as_str).collect();
    let taken_back = attempt.taken_back(&failed).join(", ");
    anyhow::ensure!(taken_back.is_empty(), "{tried}, and then failed: {taken_back}");
    Ok(())
}

/// Whether the history is of this case, this run, and an Argo that was read back in it.
fn of_this(
    stated: &Stated,
    statement: &Statement,
    history: &str,
    path: &Path,
) -> anyhow::Result<()> {
    let conformance = &statement.predicate.conformance;
    let file = std::io::BufReader::new(std::fs::File::open(path)?);
    let reader = Reader::open(file)?;
    let header = reader.header();
    anyhow::ensure!(header.case == stated.case, "its history is of case {}", header.case);
    let argo = &header.argo;
    anyhow::ensure!(argo.name() == stated.argo, "its history is of Argo {}", argo.name());
    let is_of = conformance.is_of(&header.run, history);
    anyhow::ensure!(is_of, "its history is of run {}", header.run);
    let ran = conformance.argo.iter().any(|argo| argo.versions == header.argo);
    anyhow::ensure!(ran, "its history is of Argo {}, which was not read back", header.argo.name());
    Ok(())
}

fn words(statement: &Statement, cases: &[Case], signed: bool) -> String {
    let conformance = &statement.predicate.conformance;
    let known = |stated: &&Stated| cases.iter().any(|case| case.id == stated.case);
    let others = conformance.verdicts.len() - conformance.verdicts.iter().filter(known).count();
    let others = match others {
        0 => String::new(),
        n => format!(" ({n} of them not judged again: their cases were not asked for)"),
    };
    let versions: BTreeSet<&str> =
        conformance.verdicts.iter().map(|stated| stated.argo.as_str()).collect();
    let versions: Vec<&str> = versions.into_iter().collect();
    let signed = if signed { "signed with that key" } else { "by whom was not asked" };
    format!(
        "it holds: {}, {} verdicts{others} on Argo {}, run {} of {}, {signed}",
        statement.predicate.result,
        conformance.verdicts.len(),
        versions.join(", "),
        conformance.run,
        conformance.started
    )
}
