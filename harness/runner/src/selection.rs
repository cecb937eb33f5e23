//! The selection of cases, by globs and level.

use globset::{Glob, GlobSet, GlobSetBuilder};
use model::Case;
use model::diagnostic::{Diagnostic, nearest};

use crate::config::{Selection, StoredConfig};
use crate::console::Console;
use rundir::error::{Error, Problem};

/// The cases that the command line means.
///
/// # Errors
/// Everything wrong with the case files, or an invalid pattern. A selection of no case is an error
/// with its own exit code: a run of nothing is never green.
pub fn select(selection: &Selection) -> anyhow::Result<Vec<Case>> {
    let found = model::discover::cases(&selection.directory);
    if !found.diagnostics.is_empty() {
        return Err(malformed(&found.diagnostics));
    }
    let ids: Vec<&str> = found.cases.iter().map(|case| case.id.as_str()).collect();
    let mut unmatched = Vec::new();
    for pattern in &selection.patterns {
        let matcher = globs(std::slice::from_ref(pattern))?;
        if !ids.iter().any(|id| matcher.is_match(id)) {
            let hint = nearest(pattern, &ids).map(|near| format!("; did you mean `{near}`?"));
            unmatched.push(format!(
                "invalid --case: no case matches `{pattern}`{}",
                hint.unwrap_or_default()
            ));
        }
    }
    if !unmatched.is_empty() || found.cases.is_empty() {
        let what = if unmatched.is_empty() {
            format!("failed to find cases: {} has none", selection.directory.display())
        } else {
            unmatched.join("\n")
        };
        let hint =
            "Name the directory with --cases, or print the ids with `argo-conformance list`.";
        return Err(Error::nothing_ran(what).with_hint(hint).into());
    }
    let matcher = globs(&selection.patterns)?;
    let all = selection.patterns.is_empty();
    let meant = |case: &Case| case.level <= selection.level && (all || matcher.is_match(&case.id));
    let selected: Vec<Case> = found.cases.into_iter().filter(meant).collect();
    if selected.is_empty() {
        let hint = "Select every level with `--level provisional`.";
        return Err(Error::nothing_ran("invalid --level: no selected case has that level")
            .with_hint(hint)
            .into());
    }
    Ok(selected)
}

/// The cases that upgrade Argo.
///
/// # Errors
/// There is none.
pub(crate) fn upgrades(cases: Vec<Case>) -> anyhow::Result<Vec<Case>> {
    let found: Vec<Case> = cases.into_iter().filter(Case::needs_pair).collect();
    if found.is_empty() {
        let error = Error::nothing_ran("invalid --case: no selected case has a step `upgrade`");
        return Err(error.with_hint("Select cases of `upgrade/*`.").into());
    }
    Ok(found)
}

/// The cases about the stored workflows of a recorded run. `console` gets each workflow without a
/// case.
///
/// # Errors
/// A history cannot be read, or there is no case.
pub(crate) fn stored(
    selection: &Selection,
    of: &StoredConfig,
    console: &dyn Console,
) -> anyhow::Result<Vec<Case>> {
    let matcher = globs(&selection.patterns)?;
    let all = selection.patterns.is_empty();
    let meant = |case: &Case| case.level <= selection.level && (all || matcher.is_match(&case.id));
    let now = jiff::Timestamp::now();
    let found = rundir::stored::cases(&of.directory, &of.versions, meant, now)?;
    for left_out in &found.left_out {
        console.note(&format!("not stored: {left_out}"));
    }
    if found.cases.is_empty() {
        let (run, argo) = (of.directory.display(), of.versions.name());
        let error = Error::nothing_ran(format!(
            "invalid --from-objects: {run} has no selected workflow of Argo {argo} to store"
        ));
        return Err(error.with_hint("Select other cases with --case.").into());
    }
    Ok(found.cases)
}

/// Everything that is wrong with case files.
pub fn malformed(diagnostics: &[Diagnostic]) -> anyhow::Error {
    let mut lines: Vec<Problem> =
        diagnostics.iter().map(|one| Problem::diagnostic(one.to_string())).collect();
    let sum = match lines.len() {
        1 => "1 problem".to_owned(),
        n => format!("{n} problems"),
    };
    lines.push(Problem::new(format!("{sum} in case files")));
    Error::all(report::exit::BAD_CASE, lines).into()
}

fn globs(patterns: &[String]) -> anyhow::Result<GlobSet> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let glob = Glob::new(pattern)
            .map_err(|error| Error::usage(format!("invalid pattern: `{pattern}`: {error}")))?;
        set.add(glob);
    }
    Ok(set.build()?)
}
