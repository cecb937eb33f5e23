//! `known`: the known issues of an installation, without a cluster.

use std::collections::BTreeSet;

use model::history::Versions;
use model::known::KnownIssue;
use model::{Case, ReleaseLine};
use report::Measured;
use report::exposure::{self, Exposure};
use semver::Version;

use crate::args::{KnownArgs, KnownFormat};
use crate::measured;
use crate::terminal::out;
use rundir::error::{Error, Problem};
use runner::selection;

/// Prints the known issues of a version, and what an upgrade changes.
pub(crate) fn known(args: &KnownArgs) -> anyhow::Result<u8> {
    let cases = selection::select(&args.cases.selection())?;
    let measured = measured::rows()?;
    let texts = std::iter::once(&args.version).chain(&args.upgrade);
    let (mut versions, mut wrong) = (Vec::new(), Vec::new());
    for text in texts {
        match version(text, &cases, &measured) {
            Ok(version) => versions.push(version),
            Err(problem) => wrong.push(problem),
        }
    }
    if !wrong.is_empty() {
        return Err(Error::all(report::exit::USAGE, wrong).into());
    }
    let mut versions = versions.into_iter();
    let Some(version) = versions.next() else { return Ok(report::exit::USAGE) };
    let exposure = Exposure::of(&cases, &measured, &version, versions.next().as_ref());
    let text = match args.format {
        KnownFormat::Text => exposure::text(&exposure, out::style()),
        KnownFormat::Json => exposure::json(&exposure),
    };
    out::result(&text);
    Ok(report::exit::PASS)
}

/// An installation of which something is known, or the error with its hint. The text is a version
/// or the name of an installation.
fn version(text: &str, cases: &[Case], measured: &[Measured]) -> Result<Versions, Problem> {
    let versions = Versions::of_name(text.strip_prefix('v').unwrap_or(text));
    let parts = |one: &Versions| [&one.controller, &one.executor, &one.cli].map(String::clone);
    let lines = known_lines(cases, measured);
    for part in parts(&versions.first()).into_iter().chain(parts(versions.last())) {
        let version = part.parse::<Version>().map_err(|error| {
            Problem::new(format!("invalid version: `{part}`: {error}")).with_hint(
                "Write a version such as 3.7.18, or a name such as 3.5.8+executor.3.4.17.",
            )
        })?;
        let line = ReleaseLine::of(&version);
        if !lines.contains(&line) {
            let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
            let hint = format!("Name a version of one of these lines: {}.", lines.join(", "));
            let message = format!("invalid version: `{part}`: no case names the line {line}");
            return Err(Problem::new(message).with_hint(hint));
        }
    }
    Ok(versions)
}

/// The lines that a case declares or a run has measured.
fn known_lines(cases: &[Case], measured: &[Measured]) -> BTreeSet<ReleaseLine> {
    let declared = cases.iter().flat_map(|case| &case.broken).flat_map(KnownIssue::lines);
    let rows = measured.iter().filter_map(|row| row.argo.parse().ok());
    let rows = rows.map(|version| ReleaseLine::of(&version));
    declared.map(|(line, _)| *line).chain(rows).collect()
}

#[cfg(test)]
mod tests {
    use model::parse::CaseFiles;
    use model::verdict::Verdict;
    use rstest::rstest;

    use super::*;

    const CASE: &str = "title: A rule\nwhy: https://example.org/1\nlevel: core\n\
                        component: argo\n\
                        broken: [{ lines: { '3.5': all, '4.0': all }, claims: [done], shows: { phase: Running } }]\n\
                        steps: [{ submit: workflow.yaml }]\n\
                        claims: [{ id: done, eventually: { phase: completed }, within: 30s }]\n";

    fn cases() -> Vec<Case> {
        let files = [("case.yaml", CASE), ("workflow.yaml", "kind: Workflow\n")];
        let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
        let directory = std::path::Path::new("cases/a/one");
        let input = CaseFiles { directory, id: "a/one", files: &files };
        model::parse::cases(&input).expect("a case")
    }

    #[rstest]
    #[case("3.5.10", Ok("3.5.10"))]
    #[case("v3.5.10", Ok("3.5.10"))]
    #[case("3.7.18", Ok("3.7.18"))]
    #[case("4.0.5+git.79bd7e1a9c52", Ok("4.0.5+git.79bd7e1a9c52"))]
    #[case("3.7.18+executor.3.5.10", Ok("3.7.18+executor.3.5.10"))]
    #[case(
        "3.7.18+executor.2.12.13",
        Err(
            "error: invalid version: `2.12.13`: no case names the line 2.12\nhint: Name a version of one of these lines: 3.5, 3.7, 4.0."
        )
    )]
    #[case(
        "3.5",
        Err(
            "error: invalid version: `3.5`: unexpected end of input while parsing minor version number\nhint: Write a version such as 3.7.18, or a name such as 3.5.8+executor.3.4.17."
        )
    )]
    #[case(
        "newest",
        Err(
            "error: invalid version: `newest`: unexpected character 'n' while parsing major version number\nhint: Write a version such as 3.7.18, or a name such as 3.5.8+executor.3.4.17."
        )
    )]
    #[case(
        "2.12.13",
        Err(
            "error: invalid version: `2.12.13`: no case names the line 2.12\nhint: Name a version of one of these lines: 3.5, 3.7, 4.0."
        )
    )]
    fn versions(#[case] text: &str, #[case] expected: Result<&str, &str>) {
        let (case, argo) = ("a/one".to_owned(), "3.7.1".to_owned());
        let rows = [Measured { case, argo, verdict: Verdict::Pass, failed_claims: Vec::new() }];
        let found = version(text, &cases(), &rows);
        let found = found.map(|versions| versions.name()).map_err(|problem| problem.to_string());
        assert_eq!(found, expected.map(str::to_owned).map_err(str::to_owned));
    }

    #[test]
    fn every_wrong_version_is_told_at_once() {
        let cases = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases");
        let level = crate::args::UpTo::Provisional;
        let args = KnownArgs {
            cases: crate::args::CaseArgs { cases: Vec::new(), directory: cases, level },
            version: "new".to_owned(),
            upgrade: Some("newer".to_owned()),
            format: KnownFormat::Text,
        };
        let error = known(&args).expect_err("no versions");
        let explained = error.downcast_ref::<Error>().expect("explained");
        assert_eq!(explained.code, report::exit::USAGE);
        let text = explained.text();
        assert!(text.contains("`new`") && text.contains("`newer`"), "{text}");
    }
}
