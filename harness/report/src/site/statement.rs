//! The page of a given statement: who, when, how it ran, and what it states.

use model::stance::KnownIssues;

use super::input::GivenStatement;
use super::page::{self, Page};
use super::run::{list, session};
use super::state::State;
use super::{Site, SiteFile, address};
use crate::formats::html::installed;
use crate::line::seconds;
use crate::run::joined;
use crate::statement::Stated;
use crate::tag::Tag;
use crate::title::title;

pub(super) fn page(site: &Site<'_>, given: &GivenStatement) -> SiteFile {
    let stated = &given.statement.predicate.conformance;
    let title = format!("Statement about run {}", stated.run);
    let mut page = Page::new(address::statement(&stated.run), &title);
    let basis = basis(site, &page, given);
    page = page.section("judged", "Not judged again", basis);
    page = page.section("facts", "The run", vec![facts(given)]);
    let verdicts = verdicts(site, &page, given);
    page = page.section("verdicts", "Stated verdicts", verdicts);
    let installed: String = stated.argo.iter().map(installed).collect();
    page.section("installations", "Installations", vec![Tag::new("div").html(&installed)]).file()
}

fn basis(site: &Site<'_>, page: &Page, given: &GivenStatement) -> Vec<Tag> {
    let stated = &given.statement.predicate.conformance;
    let mut tags = vec![Tag::of(
        "p",
        "This page shows what the statement says. The site was built without a check of the \
         signature and of the histories. The command argo-conformance verify checks both.",
    )];
    if !given.statement.is_consistent() {
        let words = "The result and the lists of the statement do not follow from its verdicts.";
        tags.push(Tag::of("p", words).class("changed"));
    }
    let run = site.input.runs.iter().find(|run| run.evidence.run.run == stated.run);
    if let Some(run) = run {
        let link = page.link(&address::run(&run.evidence.run.run), "run directory of this run");
        let words = Tag::new("p").text("The site also has the ").child(&link);
        tags.push(words.text(", which was judged again."));
    }
    tags
}

fn facts(given: &GivenStatement) -> Tag {
    let predicate = &given.statement.predicate;
    let stated = &predicate.conformance;
    let signed = match given.keys.as_slice() {
        [] => "not signed".to_owned(),
        keys => format!("by a key with the id {}; the signature is not checked", keys.join(", ")),
    };
    let stance = match stated.known_issues {
        KnownIssues::Fail => "a known issue is a failure",
        KnownIssues::Expect => "a known issue is a warning",
    };
    let sessions: Vec<String> = stated.sessions.iter().map(session).collect();
    let attempts: usize = stated.attempts.iter().map(|chain| chain.attempts).sum();
    let untested = stated.untested.iter();
    let untested: Vec<String> =
        untested.map(|one| format!("Argo {}: {}", title(&one.argo), one.reason.raw())).collect();
    let pods = if stated.pods.is_none() { String::new() } else { stated.pods.to_string() };
    list([
        ("result", predicate.result.clone()),
        ("signed", signed),
        ("recorded by", format!("argo-conformance {}", stated.recorded_by)),
        ("judged by", format!("argo-conformance {}", stated.judged_by)),
        ("started", stated.started.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()),
        ("took", seconds(stated.elapsed_ms)),
        ("provider", stated.provider.to_string()),
        ("Kubernetes", joined(&stated.kubernetes).raw().to_owned()),
        ("known issues", stance.to_owned()),
        ("pods of cases", pods),
        ("artifact repository", stated.artifact_repository.clone().unwrap_or_default()),
        ("challenge", stated.challenge.clone().unwrap_or_default()),
        ("sessions", sessions.join("; ")),
        ("attempts", attempts.to_string()),
        ("untested", untested.join("; ")),
    ])
}

fn verdicts(site: &Site<'_>, page: &Page, given: &GivenStatement) -> Vec<Tag> {
    let stated = &given.statement.predicate.conformance;
    let rows: Vec<Tag> = stated.verdicts.iter().map(|one| row(site, page, one)).collect();
    if rows.is_empty() {
        return vec![Tag::of("p", "The statement has no verdict.")];
    }
    let heads = ["Case", "Installation", "Verdict", "Claims that fail", "Basis"];
    page::table("list-verdicts", "Stated verdicts", &heads, rows)
}

fn row(site: &Site<'_>, page: &Page, stated: &Stated) -> Tag {
    let head = page.link(&address::case(&stated.case), &stated.case);
    let head = Tag::new("th").attribute("scope", "row").child(&head);
    let head = head.child(&Tag::of("span", site.title(&stated.case)).class("quiet"));
    let version = page.link(&address::version(&stated.argo), &title(&stated.argo));
    let basis = match (&stated.basis, &stated.left_out) {
        (Some(basis), _) => Tag::new("td")
            .child(&Tag::of("code", &basis.history))
            .child(&Tag::of("div", &format!("sha256:{}", basis.history_sha256)).class("quiet")),
        (None, Some(left_out)) => Tag::of("td", left_out.words()),
        (None, None) => Tag::of("td", "no history"),
    };
    Tag::new("tr")
        .child(&head)
        .child(&Tag::new("td").child(&version))
        .child(&Tag::new("td").child(&State::Verdict(stated.verdict).badge()))
        .child(&page::failed(&stated.failed_claims))
        .child(&basis.class("words"))
}
