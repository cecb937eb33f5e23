//! `certify`: a statement about the installations of a run, made from its directory.

use std::path::Path;

use anyhow::Context;
use model::Case;
use model::verdict::{CaseVerdict, Verdict};
use report::Judged;
use report::statement::{Basis, Stated, Statement};
use sha2::{Digest, Sha256};

use crate::args::CertifyArgs;
use crate::envelope::{Envelope, hex, private_key};
use crate::{evidence, out, rejudge};

/// Judges the run again and writes what came of it.
pub(crate) fn certify(args: &CertifyArgs) -> anyhow::Result<u8> {
    let key = args.key.as_deref().map(private_key).transpose()?;
    let run = evidence::run(&args.directory)?;
    let stated = run.verdicts.iter().map(|judged| state(&args.directory, judged));
    let stated = stated.collect::<anyhow::Result<Vec<_>>>()?;
    let statement = Statement::of(&run, env!("CARGO_PKG_VERSION"), stated);
    let envelope = Envelope::seal(&serde_json::to_string(&statement)?, key.as_ref());
    let text = serde_json::to_string_pretty(&envelope)? + "\n";
    std::fs::write(&args.output, text)
        .with_context(|| format!("write {}", args.output.display()))?;
    let signed = if key.is_some() { "signed" } else { "not signed" };
    let verdicts = statement.predicate.conformance.verdicts.len();
    let result = &statement.predicate.result;
    out::result(&format!("{result}: {verdicts} verdicts, {signed}: {}", args.output.display()));
    Ok(match result.as_str() {
        "PASSED" => report::exit::PASS,
        "FAILED" => report::exit::FAIL,
        _ => report::exit::UNKNOWN,
    })
}

/// A verdict as the history says it now, whatever the run's report says.
fn state(run: &Path, judged: &Judged) -> anyhow::Result<Stated> {
    let Some(history) = &judged.history else {
        let CaseVerdict { case, argo, verdict, .. } = &judged.verdict;
        let shown = verdict.name();
        anyhow::ensure!(
            !rests_on_a_history(*verdict),
            "{case} on Argo {argo}: {shown}, and no history"
        );
        return Ok(Stated::new(&judged.verdict, None));
    };
    let (verdict, case) = rejudge::again(run, history)?;
    let basis = Basis {
        history: history.clone(),
        history_sha256: file_sha256(&run.join(history))?,
        case_sha256: case_sha256(&case),
    };
    Ok(Stated::new(&verdict, Some(basis)))
}

/// Whether a verdict needs a history.
pub(crate) fn rests_on_a_history(verdict: Verdict) -> bool {
    verdict != Verdict::NotApplicable
}

pub(crate) fn file_sha256(path: &Path) -> anyhow::Result<String> {
    let bytes = std::fs::read(path).with_context(|| format!("read {}", path.display()))?;
    Ok(hex(&Sha256::digest(bytes)))
}

/// Of all files of a case, with their names.
pub(crate) fn case_sha256(case: &Case) -> String {
    let mut digest = Sha256::new();
    for (name, text) in &case.source.files {
        digest.update(format!("{name}\n{}\n{text}\n", text.len()));
    }
    hex(&digest.finalize())
}
