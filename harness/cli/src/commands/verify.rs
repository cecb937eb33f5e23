//! `verify`: whether a statement holds, by judging the histories again.
//!
//! `docs/trust.md` says what that proves.

pub(crate) mod line;
mod rerun;

use anyhow::Context;
use model::plain_file;
use rundir::history_file::LARGEST_TEXT;
use rundir::statement::check::checked;
use rundir::statement::envelope::PublicKey;
use runner::selection;

use super::certify::list;
use crate::args::VerifyArgs;
use crate::terminal::out;
use rerun::Rerun;

/// Says everything for which the statement is refused, or that it holds. A rerun begins only when
/// nothing else refuses the statement.
pub(crate) async fn verify(args: &VerifyArgs) -> anyhow::Result<u8> {
    let cases = selection::select(&args.cases.selection())?;
    let key = args.key.as_deref().map(PublicKey::read).transpose()?;
    let text = plain_file::text(&args.statement, LARGEST_TEXT)
        .with_context(|| format!("failed to read {}", args.statement.display()))?;
    let statement = match checked(&args.terms(), &cases, key.as_ref(), &text) {
        Err(refusals) => return Ok(refused(&refusals)),
        Ok(statement) => statement,
    };
    let rerun = rerun::rerun(args, &cases, &statement.predicate.conformance).await?;
    let differences = rerun.as_ref().map(Rerun::refusals).unwrap_or_default();
    if !differences.is_empty() {
        return Ok(refused(&differences));
    }
    out::result(&line::words(&statement, &cases, args, rerun.as_ref()));
    list(&statement);
    let result = statement.predicate.conformance.result();
    let Some(rerun) = rerun else { return Ok(result.code()) };
    for warning in rerun.warnings() {
        out::result(&format!("warned: {}", report::tame(&warning)));
    }
    Ok(rerun.result(result).code())
}

/// Prints why it is refused.
fn refused(refusals: &[String]) -> u8 {
    for refusal in refusals {
        out::note(&format!("refused: {}", report::tame(refusal)));
    }
    report::exit::FAIL
}
