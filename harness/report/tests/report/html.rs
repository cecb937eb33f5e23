use model::history::{Change, EndReason, Kind, Seen};
use model::{Event, What};
use report::html;
use report::timeline::Timeline;
use serde_json::json;

use crate::samples::{HOSTILE, empty, evidence, hostile};

/// A timeline with foreign text in every place.
fn timeline(text: &str) -> Timeline {
    let object = json!({
        "metadata": { "name": "case", "finalizers": [text] },
        "status": { "phase": text, "nodes": { "n1": {
            "displayName": text, "type": "Pod", "phase": "Running", "startedAt": "" } } },
    });
    let seen = Seen { kind: Kind::Workflow, change: Change::Added, object };
    let end = What::Ended(EndReason::Decided);
    let events = [(1, 1000, What::Seen(seen)), (2, 9000, end)];
    Timeline::of(&events.map(|(n, at, what)| Event { n, at, what }))
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
    for needs in ["<script", "src=", "url(", "@import", "<link"] {
        assert!(!page.contains(needs), "{needs}");
    }
}

#[test]
fn what_needs_a_look_comes_first_and_open() {
    let page = html(&evidence());
    let first = page.find("What needs a look").expect("something does");
    let rest = page.find("All else").expect("the rest");
    let (looked, rest) = page[first..].split_at(rest - first);
    assert_eq!(looked.matches("<details").count(), looked.matches("<details open>").count());
    assert!(
        looked.contains(">FAIL<") && looked.contains(">unknown<") && looked.contains(">fixed!<")
    );
    assert!(rest.contains(">pass<") && !rest.contains(" open>"));
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
    assert!(!page.contains("<script") && !page.contains(HOSTILE));
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;"));
    assert!(page.chars().all(|c| c == '\n' || !c.is_control()));
}
