//! The page of a case: the problem, its known issues, its verdicts and their evidence.

use model::Case;
use model::known::KnownIssue;

use super::cells::Seen;
use super::page::{self, Page};
use super::state::State;
use super::{Site, SiteFile, address};
use crate::case_words::{requirement, step};
use crate::formats::html::case::details;
use crate::line::asking;
use crate::tag::Tag;
use crate::title::title;
use crate::verdict_words::weight;

pub(super) fn page(site: &Site<'_>, id: &str) -> SiteFile {
    let case = site.cases.get(id).copied();
    let heading = case.map_or(id, |case| case.title.as_str());
    let mut page = Page::new(address::case(id), heading);
    page.title = format!("{id}: {heading}");
    page = page.add(&Tag::new("p").child(&Tag::of("code", id)));
    if let Some(case) = case {
        page = page.section("problem", "The problem", problem(case));
        page = page.section("known-issues", "Known issues", known_issues(case));
    } else {
        page = page.add(&Tag::of("p", "No case file was given for this case."));
    }
    let verdicts = verdicts(site, &page, id);
    page = page.section("verdicts", "Verdicts by version", verdicts);
    page = page.section("evidence", "Evidence", evidence(site, id));
    page.section("try", "Try it", try_it(site, id)).file()
}

/// The rule, the reason, and what the case does and claims, in the case's words.
fn problem(case: &Case) -> Vec<Tag> {
    let why = Tag::new("p").text("Why: ").child(&Tag::web(&case.why));
    let facts =
        format!("Level: {}. The version of {} decides.", case.level.name(), case.component.name());
    let item = |name: &str, words: &str| {
        Tag::new("li").child(&Tag::of("code", name)).text(&format!(": {words}"))
    };
    let steps = case.plan.steps.iter().map(step).map(|(name, words)| item(&name, &words));
    let claims = case.claims.claims.iter().map(|claim| item(&claim.id, &claim.to_string()));
    let mut tags = vec![why, Tag::of("p", &facts)];
    tags.extend([Tag::of("h3", "Steps"), Tag::new("ol").children(steps)]);
    let required = case.claims.requires.iter().map(|one| Tag::of("li", &requirement(one)));
    let required: Vec<Tag> = required.collect();
    if !required.is_empty() {
        let heading = Tag::of("h3", "Requirements on the history");
        tags.extend([heading, Tag::new("ul").children(required)]);
    }
    tags.extend([Tag::of("h3", "Claims"), Tag::new("ul").children(claims)]);
    tags
}

fn known_issues(case: &Case) -> Vec<Tag> {
    if case.broken.is_empty() {
        return vec![Tag::of("p", "The case declares no known issue.")];
    }
    let rows = case.broken.iter().flat_map(|issue| rows_of(case, issue));
    let heads = ["Line or pair", "Since", "Fixed in", "Claims that fail", "Issue"];
    page::table("list-issues", "Known issues", &heads, rows.collect())
}

/// One row for each affected line or pair of an issue.
fn rows_of(case: &Case, issue: &KnownIssue) -> Vec<Tag> {
    let mut notes = Vec::new();
    notes.extend(issue.predicted.then(|| "predicted, not measured".to_owned()));
    notes.extend(issue.rate.as_ref().map(|rate| format!("shows in {rate}")));
    notes.extend(issue.settings.map(|settings| format!("with settings {}", settings.name())));
    let notes = notes.join(", ");
    let symptom = format!("symptom: {}", issue.shows);
    let claims = Tag::new("td")
        .class("words")
        .child(&Tag::of("code", &issue.claims.join(", ")))
        .child(&Tag::of("div", &symptom).class("quiet"));
    let link = Tag::new("td").class("words").child(&Tag::web(&issue.issue));
    let link = if notes.is_empty() { link } else { link.text(&format!(" ({notes})")) };
    let row = |place: &str, since: &str, fix: &str| {
        let place = Tag::of("th", place).attribute("scope", "row");
        Tag::new("tr")
            .child(&place)
            .child(&Tag::of("td", since))
            .child(&Tag::of("td", fix))
            .child(&claims)
            .child(&link)
    };
    let ends = case.ends(issue);
    let of_line = issue.lines().map(|(line, affected)| {
        let fix = ends.get(line).and_then(|end| end.fix.as_ref());
        let fix = fix.map_or("open".to_owned(), ToString::to_string);
        row(&line.to_string(), &affected.since().to_string(), &fix)
    });
    let of_pair = issue.pairs().iter().map(|pair| row(&pair.to_string(), "", ""));
    of_line.chain(of_pair).collect()
}

/// The newest result of each version, with earlier ones below.
fn verdicts(site: &Site<'_>, page: &Page, id: &str) -> Vec<Tag> {
    let rows = site.cells.versions.iter().flat_map(|version| {
        let seen = site.cells.seen(id, version).iter().enumerate();
        seen.map(|(at, seen)| row(page, version, seen, at == 0)).collect::<Vec<_>>()
    });
    let rows: Vec<Tag> = rows.collect();
    if rows.is_empty() {
        return vec![Tag::of("p", "Not run: no result of this case was given.")];
    }
    let heads = ["Installation", "Verdict", "Claims that fail", "Run on", "Basis"];
    page::table("list-verdicts", "Verdicts by version", &heads, rows)
}

fn row(page: &Page, version: &str, seen: &Seen<'_>, is_newest: bool) -> Tag {
    let name = page.link(&address::version(version), &title(version));
    let mut head = Tag::new("th").attribute("scope", "row").child(&name);
    if !is_newest {
        head = head.text(" (earlier)");
    }
    let basis = Tag::of("td", seen.source.basis());
    let basis = match seen.source.page() {
        Some((words, target)) => basis.text(": ").child(&page.link(&target, &words)),
        None => basis,
    };
    let row = Tag::new("tr");
    let row = if is_newest { row.id(&address::anchor(version)) } else { row };
    row.child(&head)
        .child(&Tag::new("td").child(&State::Verdict(seen.verdict).badge()))
        .child(&page::failed(&seen.failed_claims))
        .child(&Tag::of("td", &seen.source.day()))
        .child(&basis.class("words"))
}

/// Each history of the case, newest run first, with its claims and its timeline.
fn evidence(site: &Site<'_>, id: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    for (number, given) in site.input.runs.iter().enumerate().rev() {
        let evidence = &given.evidence;
        let of_case = evidence.run.verdicts.iter().enumerate();
        let of_case =
            of_case.filter(|(_, judged)| judged.verdict.case == id && judged.history.is_some());
        let drawn: Vec<String> = of_case
            .map(|(at, judged)| details(evidence, judged, &format!("run-{number}-{at}"), false))
            .collect();
        if !drawn.is_empty() {
            let run = &evidence.run;
            let started = run.started.strftime("%Y-%m-%d %H:%M:%S UTC");
            tags.push(Tag::of("h3", &format!("Run {} of {started}", run.run)));
            tags.push(Tag::new("div").html(&drawn.concat()));
        }
    }
    if tags.is_empty() {
        tags.push(Tag::of("p", "No history of this case was given."));
    }
    tags
}

/// The command that repeats the case, on the version with the worst newest result.
fn try_it(site: &Site<'_>, id: &str) -> Vec<Tag> {
    let cells = &site.cells;
    let of_version = |version: &&str| cells.newest(id, version).map(|seen| weight(seen.verdict));
    let worst = cells.versions.iter().filter_map(|version| Some((of_version(version)?, *version)));
    let command = match worst.max_by_key(|(weight, _)| *weight) {
        Some((_, version)) => format!("argo-conformance run {} --case {id}", asking(version)),
        None => format!("argo-conformance run --case {id}"),
    };
    vec![Tag::new("pre").class("scroll mono").attribute("tabindex", "0").text(&command)]
}
