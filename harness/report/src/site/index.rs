//! The first page: search, cases and versions, lists of all other pages.

use model::versions::ARROW;

use super::cells::{Cells, Group, day};
use super::difference::Difference;
use super::page::{self, Page};
use super::state::State;
use super::{Site, SiteFile, address, search};
use crate::counts::Counts;
use crate::tag::Tag;
use crate::title::title;
use crate::verdict_words::word;

/// Path of the page.
const PATH: &str = "index.html";

pub(super) fn page(site: &Site<'_>, differences: &[Difference<'_>]) -> SiteFile {
    let page = Page::new(PATH.to_owned(), "Conformance of Argo Workflows");
    let mut page = page.add(&Tag::of("p", &summary(site))).add(&search::form());
    page = page.section("legend", "Results by case and version", vec![legend(), note()]);
    for group in Group::ALL {
        page = page.all(table(site, group));
    }
    let versions = versions(site);
    page = page.section("versions", "Versions", versions);
    page = page.section("cases", "Cases", cases(site));
    page = page.section("runs", "Runs and statements", given(site));
    page = page.section("differences", "Differences", changes(differences));
    page.script = Some(search::script(site));
    page.file()
}

fn summary(site: &Site<'_>) -> String {
    let Cells { versions, cases, .. } = &site.cells;
    let times = site.input.runs.iter().map(|given| given.evidence.run.started);
    let statements = &site.input.statements;
    let stated = statements.iter().map(|given| given.statement.predicate.conformance.started);
    let mut times: Vec<_> = times.chain(stated).collect();
    times.sort_unstable();
    let span = match (times.first().copied().map(day), times.last().copied().map(day)) {
        (Some(first), Some(last)) if first == last => format!(" of {first}"),
        (Some(first), Some(last)) => format!(" of {first} to {last}"),
        _ => String::new(),
    };
    let given = |count: usize, noun: &str| match count {
        1 => format!("1 {noun}"),
        count => format!("{count} {noun}s"),
    };
    format!(
        "{} and {}, from {} and {}{span} and the measured table.",
        given(cases.len(), "case"),
        given(versions.len(), "installation"),
        given(site.input.runs.len(), "run"),
        given(statements.len(), "statement"),
    )
}

/// Each state with its meaning.
fn legend() -> Tag {
    let items = State::ALL.into_iter().flat_map(|state| {
        let name = Tag::new("dt").child(&state.badge());
        [name, Tag::of("dd", state.meaning())]
    });
    Tag::new("dl").class("legend").children(items)
}

fn note() -> Tag {
    Tag::of("p", "The date below a result is the day of its run. ")
        .child(&Tag::of("code", "table"))
        .text(" stands for the measured table of this project, which has no published history.")
}

/// The table of a group with its heading; nothing for a group without a result.
fn table(site: &Site<'_>, group: Group) -> Vec<Tag> {
    let cells = &site.cells;
    let versions: Vec<&str> =
        cells.versions.iter().copied().filter(|version| Group::of(version) == group).collect();
    let has_result =
        |case: &&&str| versions.iter().any(|version| cells.newest(case, version).is_some());
    let rows: Vec<Tag> =
        cells.cases.iter().filter(has_result).map(|case| row(site, case, &versions)).collect();
    if versions.is_empty() {
        return Vec::new();
    }
    let heads = versions.iter().map(|version| {
        let link = Tag::new("a").attribute("href", &address::version(version));
        Tag::new("th").attribute("scope", "col").child(&breakable(link, &title(version)))
    });
    let case = Tag::of("th", "Case").attribute("scope", "col");
    let head = Tag::new("thead").child(&Tag::new("tr").child(&case).children(heads));
    let table = Tag::new("table").class("matrix results").child(&head);
    let heading = Tag::of("h3", group.title());
    let label = format!("Results: {}", group.title());
    vec![heading, page::boxed(group.id(), &label, &table, rows)]
}

/// Adds a name that can break after each `+` and each arrow.
fn breakable(tag: Tag, name: &str) -> Tag {
    let parts = name.split_inclusive(['+', ARROW]).enumerate();
    parts.fold(tag, |tag, (at, part)| {
        let tag = if at == 0 { tag } else { tag.child(&Tag::new("wbr")) };
        tag.text(part)
    })
}

fn row(site: &Site<'_>, case: &str, versions: &[&str]) -> Tag {
    let name = Tag::link(&address::case(case), case);
    let mut head = Tag::new("th").attribute("scope", "row").child(&name);
    let title = site.title(case);
    if !title.is_empty() {
        head = head.child(&Tag::of("span", title).class("quiet"));
    }
    let cells = versions.iter().map(|version| cell(site, case, version));
    Tag::new("tr").child(&head).children(cells)
}

/// A result links to its row on the page of the case.
fn cell(site: &Site<'_>, case: &str, version: &str) -> Tag {
    let state = site.cells.state(case, version);
    let cell = Tag::new("td").class(state.class());
    match site.cells.newest(case, version) {
        Some(seen) => {
            let address = format!("{}#{}", address::case(case), address::anchor(version));
            let link = Tag::new("a").attribute("href", &address).children(state.label());
            cell.child(&link).child(&Tag::of("small", &seen.source.day()))
        }
        None => cell.children(state.label()),
    }
}

/// The installations with the numbers of their newest results.
fn versions(site: &Site<'_>) -> Vec<Tag> {
    let rows = site.cells.versions.iter().map(|version| {
        let name = Tag::link(&address::version(version), &title(version));
        let head = Tag::new("th").attribute("scope", "row").child(&name);
        let results = match site.cells.of_version(version).len() {
            0 => State::Untested.word().to_owned(),
            _ => counts(site, version),
        };
        let days = site.cells.days(version);
        let badge =
            Tag::link(&address::badge(version, "svg"), &format!("badge of {}", title(version)));
        let cells = [Tag::of("td", &results), Tag::of("td", &days), Tag::new("td").child(&badge)];
        Tag::new("tr").child(&head).children(cells)
    });
    let heads = ["Installation", "Results", "Run on", "Badge"];
    page::table("list-versions", "Versions", &heads, rows.collect())
}

/// The number of each verdict of a version, in words.
pub(super) fn counts(site: &Site<'_>, version: &str) -> String {
    let mut counts = Counts::default();
    for (_, seen) in site.cells.of_version(version) {
        counts.add(seen.verdict);
    }
    let parts = State::ALL.into_iter().filter_map(|state| match state {
        State::Verdict(verdict) => Some((verdict, counts.number(verdict))),
        State::Untested | State::NotRun => None,
    });
    let parts = parts.filter(|(_, number)| *number > 0);
    let parts = parts.map(|(verdict, number)| format!("{number} {}", word(verdict)));
    parts.collect::<Vec<_>>().join(", ")
}

fn cases(site: &Site<'_>) -> Vec<Tag> {
    let cases: Vec<&str> = site.cells.cases.iter().copied().collect();
    let area = |case: &str| case.split('/').next().unwrap_or_default().to_owned();
    let areas = cases.chunk_by(|a, b| area(a) == area(b));
    let of_area = |cases: &[&str]| {
        let items = cases.iter().map(|case| {
            let item = Tag::new("li").child(&Tag::link(&address::case(case), *case));
            item.text(" ").child(&Tag::of("span", site.title(case)).class("quiet"))
        });
        [Tag::of("h3", &area(cases[0])), Tag::new("ul").children(items)]
    };
    areas.flat_map(of_area).collect()
}

/// The given runs and statements, newest first.
fn given(site: &Site<'_>) -> Vec<Tag> {
    let runs = site.input.runs.iter().map(|given| {
        let run = &given.evidence.run;
        let versions = run.argo.iter().map(|argo| argo.versions.title()).collect::<Vec<_>>();
        let words = format!("run {}", run.run);
        (run.started, address::run(&run.run), words, "judged again", versions)
    });
    let statements = site.input.statements.iter().map(|given| {
        let stated = &given.statement.predicate.conformance;
        let versions = stated.argo.iter().map(|argo| argo.versions.title()).collect::<Vec<_>>();
        let words = format!("statement about run {}", stated.run);
        (stated.started, address::statement(&stated.run), words, "not judged again", versions)
    });
    let mut all: Vec<_> = runs.chain(statements).collect();
    all.sort();
    let items = all.into_iter().rev().map(|(started, address, words, basis, versions)| {
        let item = Tag::new("li").child(&Tag::link(&address, &words));
        item.text(&format!(" of {}, {basis}: Argo {}", day(started), versions.join(", ")))
    });
    vec![Tag::new("ul").children(items)]
}

fn changes(differences: &[Difference<'_>]) -> Vec<Tag> {
    let items = differences.iter().map(|difference| {
        let link = Tag::link(&difference.path(), &difference.title());
        Tag::new("li").child(&link).text(&format!(": {}", difference.summary()))
    });
    let items: Vec<Tag> = items.collect();
    if items.is_empty() { Vec::new() } else { vec![Tag::new("ul").children(items)] }
}
