//! The page of a version: its known issues, its newest results, its badge.

use model::history::Versions;

use super::difference::Difference;
use super::page::{self, Page};
use super::state::State;
use super::{Site, SiteFile, address, badge, index};
use crate::exposure::{self, Exposure};
use crate::line::asking;
use crate::tag::Tag;
use crate::title::title;

pub(super) fn page(site: &Site<'_>, name: &str, differences: &[Difference<'_>]) -> SiteFile {
    let mut page = Page::new(address::version(name), &format!("Argo Workflows {}", title(name)));
    page = page.add(&Tag::new("p").html(&badge::svg(site, name)));
    let counts = index::counts(site, name);
    if !counts.is_empty() {
        let words = format!("Newest results: {counts}. Run on: {}.", site.cells.days(name));
        page = page.add(&Tag::of("p", &words));
    }
    if let Some((time, reason)) = site.cells.untested(name) {
        let words = format!(" in the run of {}: {reason}", super::cells::day(*time));
        page = page.add(&Tag::new("p").child(&State::Untested.badge()).text(&words));
    }
    let versions = Versions::of_name(name);
    let exposure = Exposure::of(&site.input.cases, &site.cells.rows(), &versions, None);
    let path = page.path.clone();
    let link = |case: &str| address::from(&path, &address::case(case));
    page = page.section("exposure", "Known issues", exposure::issues(&exposure, &link));
    let verdicts = verdicts(site, &page, name);
    page = page.section("verdicts", "Newest results by case", verdicts);
    let changes = changes(&page, name, differences);
    page = page.section("differences", "Differences", changes);
    page.section("try", "Try it", vec![commands(name)]).file()
}

fn verdicts(site: &Site<'_>, page: &Page, name: &str) -> Vec<Tag> {
    let rows = site.cells.of_version(name).into_iter().map(|(case, seen)| {
        let target = format!("{}#{}", address::case(case), address::anchor(name));
        let head = Tag::new("th").attribute("scope", "row").child(&page.link(&target, case));
        let head = head.child(&Tag::of("span", site.title(case)).class("quiet"));
        let basis = Tag::of("td", seen.source.basis()).class("words");
        let basis = match seen.source.page() {
            Some((words, target)) => basis.text(": ").child(&page.link(&target, &words)),
            None => basis,
        };
        Tag::new("tr")
            .child(&head)
            .child(&Tag::new("td").child(&State::Verdict(seen.verdict).badge()))
            .child(&page::failed(&seen.failed_claims))
            .child(&Tag::of("td", &seen.source.day()))
            .child(&basis)
    });
    let rows: Vec<Tag> = rows.collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let heads = ["Case", "Verdict", "Claims that fail", "Run on", "Basis"];
    page::table("list-verdicts", "Newest results by case", &heads, rows)
}

fn changes(page: &Page, name: &str, differences: &[Difference<'_>]) -> Vec<Tag> {
    let of = differences.iter().filter(|difference| difference.is_of(name));
    let items = of.map(|difference| {
        let link = page.link(&difference.path(), &difference.title());
        Tag::new("li").child(&link).text(&format!(": {}", difference.summary()))
    });
    let items: Vec<Tag> = items.collect();
    if items.is_empty() { Vec::new() } else { vec![Tag::new("ul").children(items)] }
}

fn commands(name: &str) -> Tag {
    let commands = format!("argo-conformance run {}\nargo-conformance known {name}", asking(name));
    Tag::new("pre").class("scroll mono").attribute("tabindex", "0").text(&commands)
}
