//! The page of a given run: who, when, how it ran, and how each case was judged.

use super::difference::Difference;
use super::input::GivenRun;
use super::page::{self, Page};
use super::state::State;
use super::{Site, SiteFile, address};
use crate::formats::html::ran_on;
use crate::judged::Judged;
use crate::line::seconds;
use crate::run::RunSession;
use crate::tag::Tag;
use crate::title::title;
use crate::verdict_words::word;

pub(super) fn page(site: &Site<'_>, given: &GivenRun, differences: &[Difference<'_>]) -> SiteFile {
    let run = &given.evidence.run;
    let mut page = Page::new(address::run(&run.run), &format!("Run {}", run.run));
    page = page.section("judged", "Judged again", judged_again(site, given));
    page = page.section("facts", "The run", vec![facts(given)]);
    let untested = run.untested.iter().map(|one| {
        let line = Tag::new("p").child(&State::Untested.badge());
        let line = line.text(&format!(" Argo {}: ", title(&one.argo)));
        line.text(&one.reason)
    });
    page = page.section("untested", "Untested installations", untested.collect());
    let verdicts = verdicts(site, &page, given);
    page = page.section("verdicts", "Verdicts", verdicts);
    let of = differences.iter().filter(|difference| difference.is_of_run(&run.run));
    let items = of.map(|difference| {
        let link = page.link(&difference.path(), &difference.title());
        Tag::new("li").child(&link).text(&format!(": {}", difference.summary()))
    });
    let items: Vec<Tag> = items.collect();
    if !items.is_empty() {
        page = page.section("differences", "Differences", vec![Tag::new("ul").children(items)]);
    }
    page.add(&Tag::new("div").html(&ran_on(&given.evidence))).file()
}

fn judged_again(site: &Site<'_>, given: &GivenRun) -> Vec<Tag> {
    let words = format!(
        "argo-conformance {} judged every history of this run again, with the case files beside \
         the histories. A declared known issue is no failure here.",
        site.input.program
    );
    let mut tags = vec![Tag::of("p", &words)];
    if given.changed.is_empty() {
        tags.push(Tag::of("p", "Every claim has the outcome that the run reported."));
    }
    for one in &given.changed {
        let (before, after) = (word(one.reported), word(one.judged));
        let argo = title(&one.argo);
        let words = format!("{} on Argo {argo}: reported {before}, judged {after}", one.case);
        tags.push(Tag::of("p", &words).class("changed"));
    }
    tags
}

/// A list of names and values.
pub(super) fn list<'t>(facts: impl IntoIterator<Item = (&'t str, String)>) -> Tag {
    let facts = facts.into_iter().filter(|(_, value)| !value.is_empty());
    let facts = facts.flat_map(|(name, value)| [Tag::of("dt", name), Tag::of("dd", &value)]);
    Tag::new("dl").class("facts").children(facts)
}

fn facts(given: &GivenRun) -> Tag {
    let run = &given.evidence.run;
    let request = run.request.as_ref();
    let text = |text: Option<String>| text.unwrap_or_default();
    let sessions = run.sessions();
    let several = sessions.len() > 1;
    let sessions: Vec<String> = sessions.iter().map(session).collect();
    list([
        (
            "recorded by",
            text(request.map(|request| format!("argo-conformance {}", request.program))),
        ),
        ("started", run.started.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()),
        ("took", seconds(run.elapsed_ms)),
        ("provider", run.provider.to_string()),
        ("Kubernetes", crate::run::versions_of_kubernetes(run).raw().to_owned()),
        ("selected cases", text(request.map(|request| request.cases.len().to_string()))),
        ("pods of cases", text(request.map(|request| request.pods.to_string()))),
        (
            "artifact repository",
            text(request.and_then(|request| request.artifact_repository.clone())),
        ),
        ("challenge", text(request.and_then(|request| request.challenge.clone()))),
        ("made of", if several { sessions.join("; ") } else { String::new() }),
    ])
}

/// A session in words.
pub(super) fn session(session: &RunSession) -> String {
    let shard = session.shard.as_ref().map(|shard| format!(", shard {shard}"));
    format!("run {} of {}{}", session.run, session.started, shard.unwrap_or_default())
}

fn verdicts(site: &Site<'_>, page: &Page, given: &GivenRun) -> Vec<Tag> {
    let rows = given.evidence.run.verdicts.iter().map(|judged| row(site, page, judged));
    let rows: Vec<Tag> = rows.collect();
    if rows.is_empty() {
        return vec![Tag::of("p", "The run has no verdict.")];
    }
    let heads = ["Case", "Installation", "Verdict", "Claims that fail", "History"];
    page::table("list-verdicts", "Verdicts", &heads, rows)
}

fn row(site: &Site<'_>, page: &Page, judged: &Judged) -> Tag {
    let verdict = &judged.verdict;
    let target = format!("{}#{}", address::case(&verdict.case), address::anchor(&verdict.argo));
    let head = Tag::new("th").attribute("scope", "row").child(&page.link(&target, &verdict.case));
    let head = head.child(&Tag::of("span", site.title(&verdict.case)).class("quiet"));
    let version = page.link(&address::version(&verdict.argo), &title(&verdict.argo));
    let history = match &judged.history {
        Some(history) => Tag::new("td").child(&Tag::of("code", history)),
        None => Tag::new("td").text(&verdict.reason),
    };
    Tag::new("tr")
        .child(&head)
        .child(&Tag::new("td").child(&version))
        .child(&Tag::new("td").child(&State::Verdict(verdict.verdict).badge()))
        .child(&page::failed(&verdict.failed_claims()))
        .child(&history.class("words"))
}
