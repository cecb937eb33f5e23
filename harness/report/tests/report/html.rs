use model::history::{Change, EndReason, Kind, Observation};
use model::{Event, EventKind};
use report::html;
use report::timeline::Timeline;
use rstest::rstest;
use serde_json::json;

use crate::samples::{HOSTILE, empty, evidence, hostile};

/// A timeline with foreign text in every place.
fn timeline(text: &str) -> Timeline {
    let object = json!({
        "metadata": { "name": "case", "finalizers": [text] },
        "status": { "phase": text, "nodes": { "n1": {
            "displayName": text, "type": "Pod", "phase": "Running", "startedAt": "" } } },
    });
    let seen = Observation { kind: Kind::Workflow, change: Change::Added, object };
    let end = EventKind::Ended(EndReason::Decided);
    let events = [(1, 1000, EventKind::Observed(seen)), (2, 9000, end)];
    Timeline::of(&events.map(|(n, at, what)| Event { n, at, kind: what }))
}

#[test]
fn a_run_as_a_page() {
    let mut evidence = evidence();
    let history = evidence.run.verdicts[0].history.clone().expect("it was recorded");
    evidence.timelines.insert(history, timeline("Running"));
    let page = html(&evidence);
    let (head, rest) = page.split_once("<style>").expect("a style");
    let (_, body) = rest.split_once("</style>").expect("its end");
    insta::assert_snapshot!(format!("{head}<style></style>{body}"));
}

#[test]
fn the_page_needs_nothing_else() {
    let page = html(&evidence());
    for needs in ["src=", "url(", "@import", "<link", "fetch(", "import("] {
        assert!(!page.contains(needs), "{needs}");
    }
    assert!(page.contains("default-src 'none'"));
    assert_eq!(page.matches("<script").count(), 1, "the filter");
}

/// The rows of the table with this heading: the first cell, and the number under each verdict.
fn counts(page: &str, heading: &str) -> Vec<String> {
    let (_, rest) = page.split_once(&format!("<th scope=\"col\">{heading}</th>")).expect("a table");
    let (table, _) = rest.split_once("</table>").expect("its end");
    let row = |row: &str| {
        let cells =
            row.split('<').filter_map(|tag| tag.split_once('>')).map(|(_, text)| text.trim());
        cells.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
    };
    table.split("</tr>").map(row).filter(|row| !row.is_empty()).collect()
}

#[rstest]
#[case::level("Level", &["core 2 0 0 0 0 1", "extended 0 1 1 1 1 0"])]
#[case::area("Area", &["artifact-gc 2 0 0 0 0 1", "retry 0 1 1 1 1 0"])]
fn a_table_counts_every_verdict(#[case] heading: &str, #[case] rows: &[&str]) {
    let found = counts(&html(&evidence()), heading);
    assert_eq!(found[0], "FAIL unknown fixed! known n/a pass");
    assert_eq!(found[1..], *rows);
}

#[test]
fn a_case_without_a_copy_is_unlisted_and_a_verdict_that_does_not_occur_has_no_column() {
    let mut evidence = evidence();
    evidence.run.verdicts.truncate(2);
    evidence.cases.clear();
    assert_eq!(counts(&html(&evidence), "Level"), ["FAIL", "unlisted 2"]);
}

/// The filtered elements with this tag: verdicts and text.
fn filtered<'a>(page: &'a str, tag: &str) -> Vec<(&'a str, &'a str)> {
    let start = format!("<{tag} data-verdict=\"");
    let element = |rest: &'a str| {
        let (verdicts, rest) = rest.split_once("\" data-text=\"")?;
        Some((verdicts, rest.split_once('"')?.0))
    };
    page.split(&start).skip(1).map(|rest| element(rest).expect("two attributes")).collect()
}

#[test]
fn failures_are_first_whatever_the_order_of_the_run() {
    let mut evidence = evidence();
    let order = |page: &str| {
        let verdicts = filtered(page, "details").into_iter().map(|(verdict, _)| verdict.to_owned());
        verdicts.collect::<Vec<_>>()
    };
    let expected = ["fail", "fail", "unknown", "fixed", "known", "na", "pass"];
    assert_eq!(order(&html(&evidence)), expected);
    evidence.run.verdicts.reverse();
    assert_eq!(order(&html(&evidence)), expected);
}

#[rstest]
#[case::fail("Failures (2)", true)]
#[case::unknown("Unknown (1)", true)]
#[case::fixed("Fixed (1)", true)]
#[case::known("Known issues (1)", false)]
#[case::not_applicable("Not applicable (1)", false)]
#[case::pass("Passes (1)", false)]
fn a_case_that_needs_a_look_is_open(#[case] heading: &str, #[case] open: bool) {
    let page = html(&evidence());
    let (_, rest) = page.split_once(&format!(">{heading}</h2>")).expect("a section");
    let (section, _) = rest.split_once("</section>").expect("its end");
    let opened = section.matches(" open>").count();
    assert_eq!(opened, if open { section.matches("<details").count() } else { 0 });
}

#[test]
fn the_filter_finds_a_case_by_id_title_version_and_reason_in_lower_case() {
    let page = html(&evidence());
    let (verdict, text) = filtered(&page, "details")[0];
    assert_eq!(verdict, "fail");
    for word in ["artifact-gc/", "a failed attempt's artifact |", "3.5.10", "1 of 2 claims"] {
        assert!(text.contains(word), "{word}: {text}");
    }
    let rows = filtered(&page, "tr");
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().any(|(verdicts, _)| *verdicts == "na unknown"), "{rows:?}");
}

#[test]
fn the_filter_offers_each_verdict_of_the_run_and_waits_for_its_script() {
    let mut evidence = evidence();
    evidence.run.verdicts.truncate(3);
    let page = html(&evidence);
    let options: Vec<&str> =
        page.split("<option value=\"").skip(1).filter_map(|o| o.split('"').next()).collect();
    assert_eq!(options, ["", "fail", "unknown"]);
    let (form, _) = page.split_once("<form ").expect("a form").1.split_once('>').expect("its end");
    assert!(form.ends_with(" hidden"), "{form}");
    assert!(!filtered(&page, "details").is_empty() && !page.contains("<details hidden"));
}

#[test]
fn a_summary_has_the_title_and_the_fix_of_a_known_issue() {
    let page = html(&evidence());
    let known =
        page.split("<summary>").skip(1).find(|summary| summary.contains("\"verdict known\""));
    let (known, body) = known.and_then(|known| known.split_once("</summary>")).expect("one");
    assert!(known.contains("Retry keeps what succeeded") && known.contains(", fixed in 3.5.11"));
    assert!(body.contains("<a href=\"https://github.com/argoproj/argo-workflows/issues/13161\">"));
}

/// The labels on the track and below it, of a step that takes `took` of 10,000 ms.
#[rstest]
#[case::whole(9_000, true)]
#[case::narrow(1_000, false)]
fn a_label_is_whole_in_its_bar_or_below(#[case] took: u64, #[case] inside: bool) {
    let mut evidence = evidence();
    let history = evidence.run.verdicts[0].history.clone().expect("it was recorded");
    let label = "Running and waiting";
    let object = |phase: &str| json!({ "metadata": {}, "status": { "phase": phase } });
    let seen =
        |phase| Observation { kind: Kind::Workflow, change: Change::Added, object: object(phase) };
    let events = [(1, 0, seen(label)), (2, took, seen("Failed")), (3, 10_000, seen(""))];
    let events = events.map(|(n, at, seen)| Event { n, at, kind: EventKind::Observed(seen) });
    evidence.timelines.insert(history, Timeline::of(&events));
    let page = html(&evidence);
    assert_eq!(page.contains(&format!(">{label}</span>")), inside);
    let below = page.split("class=\"below\">").skip(1).filter_map(|rest| rest.split('<').next());
    assert_eq!(below.filter(|text| text.contains(label)).count() > 0, !inside);
}

#[test]
fn every_link_of_the_table_leads_somewhere() {
    let page = html(&evidence());
    let targets: Vec<&str> =
        page.split("href=\"#").skip(1).filter_map(|r| r.split('"').next()).collect();
    assert!(targets.len() >= 6, "{targets:?}");
    for target in targets {
        assert_eq!(page.matches(&format!("id=\"{target}\"")).count(), 1, "{target}");
    }
}

#[test]
fn a_run_of_nothing_says_so() {
    assert!(html(&empty()).contains("nothing ran: no case was selected"));
}

#[test]
fn no_text_becomes_markup() {
    let mut evidence = hostile();
    evidence.timelines.insert(HOSTILE.to_owned(), timeline(HOSTILE));
    let page = html(&evidence);
    assert!(!page.contains("<script>alert") && !page.contains(HOSTILE));
    assert_eq!(page.matches("<script").count(), 1, "the filter");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;"));
    assert!(page.chars().all(|c| c == '\n' || !c.is_control()));
}
