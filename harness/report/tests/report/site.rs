//! A site about several runs and statements.

use std::collections::{BTreeMap, BTreeSet};

use model::verdict::Verdict;
use report::site::{Changed, GivenRun, GivenStatement, Input, SiteFile, site};
use report::statement::{Judging, Stated, Statement};
use report::{Build, Evidence, LeftOut, Measured};
use rstest::rstest;

use crate::samples::{HOSTILE, evidence, hostile};

const CASE: &str = "artifact-gc/failed-attempt";

fn measured(case: &str, argo: &str, verdict: Verdict) -> Measured {
    let failed = if verdict == Verdict::KnownIssue { vec!["done".to_owned()] } else { Vec::new() };
    Measured { case: case.to_owned(), argo: argo.to_owned(), verdict, failed_claims: failed }
}

/// The first run with another id and time.
fn later() -> Evidence {
    let mut evidence = evidence();
    "r9aa".clone_into(&mut evidence.run.run);
    evidence.run.started = "2026-01-09T03:04:05Z".parse().expect("a time");
    evidence
}

fn given(evidence: Evidence) -> GivenRun {
    GivenRun { evidence, changed: Vec::new() }
}

fn stated(evidence: &Evidence) -> GivenStatement {
    let verdicts = evidence.run.verdicts.iter().map(|judged| Stated::new(&judged.verdict, None));
    let build = Build { version: "0.1.0".to_owned(), ..Build::default() };
    let judging =
        Judging { build: build.clone(), verdicts: verdicts.collect(), attempts: Vec::new() };
    let statement = Statement::of(&evidence.run, &build, judging);
    GivenStatement { statement, keys: vec!["12ab".to_owned()] }
}

fn input(runs: Vec<Evidence>, statements: &[Evidence]) -> Input {
    let cases = evidence().cases.into_values().collect();
    let measured = [
        (CASE, "3.7.0", Verdict::Pass),
        (CASE, "3.5.10", Verdict::Pass),
        ("retry/keeps@dag", "3.7.0", Verdict::NotApplicable),
        ("retry/keeps@steps", "3.7.0", Verdict::KnownIssue),
        (CASE, "3.7.0+settings.ha", Verdict::Pass),
        ("retry/keeps@dag", "3.5.10+to.3.7.0", Verdict::Pass),
    ];
    let measured = measured.map(|(case, argo, verdict)| self::measured(case, argo, verdict)).into();
    let runs = runs.into_iter().map(given).collect();
    let statements = statements.iter().map(stated).collect();
    Input { cases, measured, runs, statements, program: "0.1.0" }
}

fn text<'f>(files: &'f [SiteFile], path: &str) -> &'f str {
    let file = files.iter().find(|file| file.path == path);
    let paths = || files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>();
    &file.unwrap_or_else(|| panic!("no {path} in {:?}", paths())).text
}

/// The cell of a case on a version in the tables of the first page.
fn cell(files: &[SiteFile], case: &str, version: &str) -> String {
    let page = text(files, "index.html");
    let tables = page.split("<table class=\"matrix results\">").skip(1);
    let mut tables = tables.filter_map(|rest| rest.split("</table>").next());
    let found = tables.find_map(|table| {
        let heads = table.split("<th scope=\"col\">").skip(1);
        let column = heads
            .into_iter()
            .position(|head| head.replace("<wbr>", "").contains(&format!(">{version}</a>")))?;
        let row = table.split("<tr>").find(|row| row.contains(&format!(">{case}</a>")))?;
        row.split("<td ").nth(column).map(str::to_owned)
    });
    found.unwrap_or_else(|| panic!("no cell of {case} on {version}"))
}

/// Each link of a page, without links to other sites.
fn links(page: &str) -> Vec<&str> {
    let links = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    links.filter(|link| !link.contains("://")).collect()
}

/// The path that a link of a page names, from the site's directory, and the anchor.
fn target(page: &str, link: &str) -> (String, String) {
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    if path.is_empty() {
        return (page.to_owned(), anchor.to_owned());
    }
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        if part == ".." {
            parts.pop().expect("no link leaves the site");
        } else {
            parts.push(part);
        }
    }
    (parts.join("/"), anchor.to_owned())
}

#[rstest]
#[case::of_one_run(input(vec![evidence()], &[]))]
#[case::of_two_runs_and_a_statement(input(vec![evidence(), later()], &[skewed_statement()]))]
#[case::of_foreign_text(input(vec![evidence(), hostile()], &[hostile()]))]
fn every_link_leads_to_a_file_or_an_anchor(#[case] input: Input) {
    let files = site(&input);
    let texts: BTreeMap<&str, &str> =
        files.iter().map(|file| (file.path.as_str(), file.text.as_str())).collect();
    assert_eq!(texts.len(), files.len(), "each path once");
    let mut count = 0;
    for (page, text) in &texts {
        for link in links(text) {
            let (path, anchor) = target(page, link);
            let found = texts.get(path.as_str()).unwrap_or_else(|| panic!("{page}: {link}"));
            let ids = found.matches(&format!("id=\"{anchor}\"")).count();
            assert!(anchor.is_empty() || ids == 1, "{page}: {link}: {ids} anchors");
            count += 1;
        }
    }
    assert!(count > 100, "{count}");
}

fn skewed_statement() -> Evidence {
    let mut evidence = crate::samples::skewed();
    "r4cc".clone_into(&mut evidence.run.run);
    evidence
}

#[rstest]
#[case::fail(CASE, "3.5.10", &["class=\"fail\"", "✗", "FAIL", "2026-01-02"])]
#[case::pass(CASE, "3.10.0", &["class=\"pass\"", "✓", "pass", "2026-01-02"])]
#[case::unknown("retry/keeps@dag", "3.5.10", &["class=\"unknown\"", "?", "unknown", "2026-01-02"])]
#[case::known("retry/keeps@steps", "3.5.10", &["class=\"known\"", "◆", "known", "2026-01-02"])]
#[case::fixed("retry/keeps@steps", "3.10.0", &["class=\"fixed\"", "▲", "fixed!", "2026-01-02"])]
#[case::not_applicable("retry/keeps@dag", "3.4.0", &["class=\"na\"", "−", "n/a", "2026-01-02"])]
#[case::untested(CASE, "4.0.1", &["class=\"untested\"", "⊘", "untested"])]
#[case::not_run(CASE, "3.4.0", &["class=\"notrun\"", "·", "not run"])]
#[case::measured(CASE, "3.7.0", &["class=\"pass\"", "pass", "<small>table</small>"])]
#[case::of_other_settings(CASE, "3.7.0+settings.ha", &["class=\"pass\"", "<small>table</small>"])]
#[case::of_a_pair("retry/keeps@dag", "3.5.10→3.7.0", &["class=\"pass\"", "<small>table</small>"])]
fn a_cell_has_colour_symbol_word_and_time(
    #[case] case: &str,
    #[case] version: &str,
    #[case] expected: &[&str],
) {
    let cell = cell(&site(&input(vec![evidence()], &[])), case, version);
    for part in expected {
        assert!(cell.contains(part), "{part}: {cell}");
    }
}

#[test]
fn the_newest_result_is_the_cell_and_the_earlier_ones_stand_on_the_page_of_the_case() {
    let mut second = later();
    second.run.verdicts.retain(|judged| judged.verdict.case == CASE);
    second.run.verdicts[0].verdict.verdict = Verdict::Pass;
    let files = site(&input(vec![evidence(), second], &[]));
    assert!(cell(&files, CASE, "3.5.10").contains("2026-01-09"));
    let page = text(&files, "cases/artifact-gc__failed-attempt.html");
    let earlier = page.split("<tr>").filter(|row| row.contains(">3.5.10</a> (earlier)"));
    assert_eq!(earlier.count(), 2, "the first run and the measured table");
}

#[test]
fn a_case_that_a_run_left_out_replaces_no_result() {
    let mut run = later();
    run.run.verdicts.truncate(1);
    let verdict = &mut run.run.verdicts[0].verdict;
    verdict.verdict = Verdict::NotApplicable;
    verdict.reason = LeftOut::ALL[0].words().into();
    verdict.findings.clear();
    let files = site(&input(vec![run], &[]));
    assert!(cell(&files, CASE, "3.5.10").contains("<small>table</small>"));
}

#[test]
fn the_page_of_a_case_has_the_problem_the_issues_by_line_and_one_command() {
    let mut run = evidence();
    run.run.untested.clear();
    let files = site(&input(vec![run], &[]));
    let page = text(&files, "cases/artifact-gc__failed-attempt.html");
    let (_, body) = page.split_once("</header>").expect("a header");
    insta::assert_snapshot!(body);
}

#[test]
fn the_page_of_a_version_has_its_exposure() {
    let files = site(&input(vec![evidence()], &[]));
    let page = text(&files, "versions/3.7.0.html");
    let (_, body) = page.split_once("</header>").expect("a header");
    insta::assert_snapshot!(body);
}

#[test]
fn a_run_is_judged_again_and_a_statement_is_not() {
    let mut input = input(vec![evidence()], &[skewed_statement()]);
    input.runs[0].changed = vec![Changed {
        case: CASE.to_owned(),
        argo: "3.5.10".to_owned(),
        reported: Verdict::Pass,
        judged: Verdict::Fail,
    }];
    let files = site(&input);
    let run = text(&files, "runs/r7f3.html");
    assert!(run.contains("judged every history of this run again"));
    assert!(run.contains("artifact-gc/failed-attempt on Argo 3.5.10: reported pass, judged FAIL"));
    assert!(run.contains("by provider native") && run.contains("DEFAULT_REQUEUE_TIME"));
    let statement = text(&files, "statements/r4cc.html");
    for part in [
        ">Not judged again</h2>",
        "by a key with the id 12ab; the signature is not checked",
        "argo-conformance 0.1.0",
        "2026-01-02 03:04:05 UTC",
        "native",
        "DEFAULT_REQUEUE_TIME",
    ] {
        assert!(statement.contains(part), "{part}");
    }
}

#[test]
fn the_differences_are_of_consecutive_versions_of_variations_and_of_consecutive_runs() {
    let files = site(&input(vec![evidence(), later()], &[]));
    let paths = files.iter().map(|file| file.path.as_str());
    let paths: Vec<&str> = paths.filter(|path| path.starts_with("differences/")).collect();
    insta::assert_snapshot!(paths.join("\n"));
}

#[test]
fn the_page_of_a_difference_names_each_case_that_differs() {
    let files = site(&input(vec![evidence()], &[]));
    let page = text(&files, "differences/3.5.10_.3.7.0.html");
    assert!(page.contains(">2 cases differ, 0 the same.<") || page.contains("cases differ"));
    let rows: Vec<&str> = page.split("<tr>").filter(|row| row.contains("<td>")).collect();
    let row = rows.iter().find(|row| row.contains("artifact-gc/failed-attempt")).expect("a row");
    assert!(
        row.contains("FAIL") && row.contains("never-orphaned") && row.contains("pass"),
        "{row}"
    );
}

/// The titles of the entries.
fn entries(files: &[SiteFile]) -> Vec<String> {
    let entries = text(files, "feed.xml").split("<entry>").skip(1);
    let title = |entry: &str| {
        let (_, rest) = entry.split_once("<title>").expect("a title");
        rest.split('<').next().unwrap_or_default().to_owned()
    };
    entries.map(title).collect()
}

#[test]
fn the_feed_has_the_runs_and_each_change_newest_first() {
    assert_eq!(entries(&site(&input(vec![evidence()], &[]))), ["Run r7f3"]);
    let mut second = later();
    second.run.verdicts[0].verdict.verdict = Verdict::Pass;
    second.run.verdicts[0].verdict.findings.clear();
    let files = site(&input(vec![evidence(), second], &[]));
    let change = "artifact-gc/failed-attempt on Argo 3.5.10: FAIL → pass";
    assert_eq!(entries(&files), [change, "Run r9aa", "Run r7f3"]);
    assert!(text(&files, "feed.xml").contains("<updated>2026-01-09T03:04:05Z</updated>"));
}

#[rstest]
#[case::failed("3.5.10", "1 failed, 1 unknown, 1 known issue", "red")]
#[case::known("3.7.0", "1 known issue, 1 passed", "blueviolet")]
#[case::passed("3.7.0+settings.ha", "1 passed", "brightgreen")]
#[case::untested("4.0.1", "untested", "lightgrey")]
fn a_badge_has_the_worst_verdict_first(
    #[case] version: &str,
    #[case] message: &str,
    #[case] colour: &str,
) {
    let files = site(&input(vec![evidence()], &[]));
    let badge: serde_json::Value =
        serde_json::from_str(text(&files, &format!("badges/{version}.json"))).expect("JSON");
    let expected = serde_json::json!({
        "schemaVersion": 1, "label": format!("Argo {version}"), "message": message, "color": colour
    });
    assert_eq!(badge, expected);
    let svg = text(&files, &format!("badges/{version}.svg"));
    assert!(svg.contains(&format!("aria-label=\"Argo {version}: {message}\"")), "{svg}");
}

#[test]
fn the_search_has_its_index_inside_and_no_page_asks_for_anything() {
    let files = site(&input(vec![evidence()], &[skewed_statement()]));
    let index = text(&files, "index.html");
    let (_, script) = index.split_once("<script>").expect("a script");
    for part in [
        "[\"artifact-gc/failed-attempt\",",
        "https://github.com/argoproj/argo-workflows/issues/13161",
        "\"cases/artifact-gc__failed-attempt.html\"",
        "[\"Argo 3.5.10→3.7.0\",",
        "[\"run r7f3\",",
        "[\"statement about run r4cc\",",
    ] {
        assert!(script.contains(part), "{part}: {script}");
    }
    for file in files.iter().filter(|file| file.text.starts_with("<!DOCTYPE html>")) {
        for needs in ["src=", "url(", "@import", "fetch(", "import(", "rel=\"stylesheet\""] {
            assert!(!file.text.contains(needs), "{}: {needs}", file.path);
        }
        assert!(
            file.text.contains("default-src &#39;none&#39;")
                || file.text.contains("default-src 'none'")
        );
    }
}

#[test]
fn no_text_becomes_markup_or_a_path() {
    let mut input = input(vec![hostile()], &[hostile()]);
    input.measured.push(measured(HOSTILE, &format!("../../{HOSTILE}"), Verdict::Fail));
    let files = site(&input);
    for SiteFile { path, text } in &files {
        assert!(!text.contains("<script>alert") && !text.contains(HOSTILE), "{path}");
        let scripts = text.matches("<script").count();
        assert!(scripts <= usize::from(path == "index.html"), "{path}");
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{path}");
        assert!(!path.starts_with('/') && !path.contains(".."), "{path}");
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.+@_/".contains(c);
        assert!(path.chars().all(plain), "{path}");
    }
    let lower: BTreeSet<String> = files.iter().map(|file| file.path.to_lowercase()).collect();
    assert_eq!(lower.len(), files.len());
}
