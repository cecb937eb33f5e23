//! The differences between two versions, or between two given runs of one version.

use std::collections::BTreeMap;

use model::history::Versions;
use model::verdict::Verdict;

use super::cells::{Group, day};
use super::input::GivenRun;
use super::page::{self, Page};
use super::state::State;
use super::{Site, SiteFile, address};
use crate::exposure::{self, Exposure};
use crate::left_out::LeftOut;
use crate::tag::Tag;
use crate::title::title;
use crate::verdict_words::weight;

/// The verdicts of cases at both ends, with the claims that failed.
type Column = BTreeMap<String, (Verdict, Vec<String>)>;

/// Two columns that a reader compares.
pub(super) struct Difference<'a> {
    ends: Ends<'a>,
    changed: Vec<Change>,
    /// Number of cases with the same verdict and the same failed claims at both ends.
    same: usize,
    /// Cases with a verdict at one end alone: at the first, at the second.
    alone: [Vec<String>; 2],
}

/// The two ends of a difference.
#[derive(Clone, Copy)]
enum Ends<'a> {
    Versions(&'a str, &'a str),
    Runs { version: &'a str, from: &'a GivenRun, to: &'a GivenRun },
}

/// A case with another result at the second end.
pub(super) struct Change {
    pub(super) case: String,
    pub(super) before: (Verdict, Vec<String>),
    pub(super) after: (Verdict, Vec<String>),
}

/// Every difference of the site: consecutive versions, each variation and its version, and
/// consecutive runs of one version. A pair without a common case has none.
pub(super) fn all<'a>(site: &Site<'a>) -> Vec<Difference<'a>> {
    let versions = &site.cells.versions;
    let releases: Vec<&str> =
        versions.iter().copied().filter(|one| Group::of(one) == Group::Releases).collect();
    let consecutive = releases.windows(2).map(|pair| (pair[0], pair[1]));
    let variations = versions.iter().filter(|one| Group::of(one) == Group::Variations);
    let variations = variations.filter_map(|one| {
        let base = Versions::of_name(one).controller;
        releases.iter().find(|release| **release == base).map(|release| (*release, *one))
    });
    let of_versions = consecutive.chain(variations).map(|(from, to)| {
        let column = |version| column_of(site, version);
        Difference::new(Ends::Versions(from, to), &column(from), &column(to))
    });
    let of_runs = versions.iter().flat_map(|version| {
        let of: Vec<(&GivenRun, Column)> = site
            .input
            .runs
            .iter()
            .filter_map(|given| {
                let column = column_of_run(given, version);
                (!column.is_empty()).then_some((given, column))
            })
            .collect();
        let pairs = of.windows(2).map(|pair| {
            let ends = Ends::Runs { version, from: pair[0].0, to: pair[1].0 };
            Difference::new(ends, &pair[0].1, &pair[1].1)
        });
        pairs.collect::<Vec<_>>()
    });
    let all: Vec<Difference<'_>> = of_versions.chain(of_runs).collect();
    all.into_iter().filter(|one| one.same + one.changed.len() > 0).collect()
}

fn column_of(site: &Site<'_>, version: &str) -> Column {
    let cells = site.cells.of_version(version).into_iter().filter(|(_, seen)| !seen.is_left_out);
    cells
        .map(|(case, seen)| (case.to_owned(), (seen.verdict, seen.failed_claims.clone())))
        .collect()
}

/// The worst verdict of each case of a run on a version.
fn column_of_run(given: &GivenRun, version: &str) -> Column {
    let mut column = Column::new();
    for judged in &given.evidence.run.verdicts {
        let verdict = &judged.verdict;
        let failed = verdict.failed_claims().into_iter().map(str::to_owned).collect();
        if LeftOut::of(verdict).is_some() {
            continue;
        }
        let before = column.get(&verdict.case).map(|(before, _)| weight(*before));
        if verdict.argo == version && before.is_none_or(|before| before < weight(verdict.verdict)) {
            column.insert(verdict.case.clone(), (verdict.verdict, failed));
        }
    }
    column
}

impl<'a> Difference<'a> {
    fn new(ends: Ends<'a>, before: &Column, after: &Column) -> Self {
        let mut changed = Vec::new();
        let mut same = 0;
        for (case, before) in before {
            match after.get(case) {
                Some(after) if after == before => same += 1,
                Some(after) => changed.push(Change {
                    case: case.clone(),
                    before: before.clone(),
                    after: after.clone(),
                }),
                None => {}
            }
        }
        let alone = [(before, after), (after, before)].map(|(one, other)| {
            one.keys().filter(|case| !other.contains_key(*case)).cloned().collect()
        });
        Self { ends, changed, same, alone }
    }

    /// Whether one of its ends is the version.
    pub(super) fn is_of(&self, version: &str) -> bool {
        match self.ends {
            Ends::Versions(from, to) => from == version || to == version,
            Ends::Runs { version: of, .. } => of == version,
        }
    }

    /// Whether one of its ends is the run.
    pub(super) fn is_of_run(&self, run: &str) -> bool {
        match self.ends {
            Ends::Versions(..) => false,
            Ends::Runs { from, to, .. } => {
                [from, to].iter().any(|given| given.evidence.run.run == run)
            }
        }
    }

    pub(super) fn path(&self) -> String {
        match self.ends {
            Ends::Versions(from, to) => address::versions(from, to),
            Ends::Runs { version, from, to } => {
                address::runs(version, &from.evidence.run.run, &to.evidence.run.run)
            }
        }
    }

    /// The words of both ends.
    fn ends(&self) -> [String; 2] {
        match self.ends {
            Ends::Versions(from, to) => {
                [from, to].map(|version| format!("Argo {}", title(version)))
            }
            Ends::Runs { from, to, .. } => [from, to].map(|given| {
                let run = &given.evidence.run;
                format!("run {} of {}", run.run, day(run.started))
            }),
        }
    }

    pub(super) fn title(&self) -> String {
        let [from, to] = self.ends();
        match self.ends {
            Ends::Versions(..) => format!("{from} and {to}"),
            Ends::Runs { version, .. } => format!("Argo {}: {from} and {to}", title(version)),
        }
    }

    pub(super) fn summary(&self) -> String {
        let noun = if self.changed.len() == 1 { "case differs" } else { "cases differ" };
        format!("{} {noun}, {} the same", self.changed.len(), self.same)
    }

    /// The run at the second end with the changes since the run at the first end.
    pub(super) fn of_runs(&self) -> Option<(&'a str, &'a GivenRun, &[Change])> {
        match self.ends {
            Ends::Versions(..) => None,
            Ends::Runs { version, to, .. } => Some((version, to, &self.changed)),
        }
    }
}

pub(super) fn page(site: &Site<'_>, difference: &Difference<'_>) -> SiteFile {
    let mut page = Page::new(difference.path(), &difference.title());
    let summary = format!("{}.", difference.summary());
    let links = targets(difference).into_iter().map(|(target, words)| page.link(&target, &words));
    let links: Vec<Tag> = links.collect();
    let links = links.iter().enumerate().fold(Tag::new("p"), |line, (at, link)| {
        let line = if at == 0 { line } else { line.text(" · ") };
        line.child(link)
    });
    page = page.add(&links).add(&Tag::of("p", &summary));
    let changed = changed(site, &page, difference);
    page = page.section("changed", "Cases that differ", changed);
    if let Ends::Versions(from, to) = difference.ends {
        let (before, after) = (Versions::of_name(from), Versions::of_name(to));
        let rows = site.cells.rows();
        let exposure = Exposure::of(&site.input.cases, &rows, &before, Some(&after));
        let path = page.path.clone();
        let link = |case: &str| address::from(&path, &address::case(case));
        let words = format!("Known issues of an upgrade from {} to {}", title(from), title(to));
        page = page.section("upgrade", &words, exposure::upgrade(&exposure, &link));
    }
    let ends = difference.ends();
    let alone = difference.alone.iter().zip(ends).filter(|(cases, _)| !cases.is_empty());
    let alone: Vec<Tag> = alone
        .flat_map(|(cases, end)| {
            let items = cases
                .iter()
                .map(|case| Tag::new("li").child(&page.link(&address::case(case), case)));
            [Tag::of("h3", &format!("Only {end}")), Tag::new("ul").children(items)]
        })
        .collect();
    page.section("alone", "Cases with a result at one end alone", alone).file()
}

/// The pages of both ends.
fn targets(difference: &Difference<'_>) -> [(String, String); 2] {
    let [first, second] = difference.ends();
    match difference.ends {
        Ends::Versions(from, to) => {
            [(address::version(from), first), (address::version(to), second)]
        }
        Ends::Runs { from, to, .. } => {
            let run = |given: &GivenRun| address::run(&given.evidence.run.run);
            [(run(from), first), (run(to), second)]
        }
    }
}

fn changed(site: &Site<'_>, page: &Page, difference: &Difference<'_>) -> Vec<Tag> {
    let result = |(verdict, failed): &(Verdict, Vec<String>)| {
        let cell = Tag::new("td").child(&State::Verdict(*verdict).badge());
        if failed.is_empty() {
            return cell;
        }
        cell.text(" ").child(&Tag::of("code", &failed.join(", ")))
    };
    let rows = difference.changed.iter().map(|change| {
        let name = page.link(&address::case(&change.case), &change.case);
        let head = Tag::new("th").attribute("scope", "row").child(&name);
        let head = head.child(&Tag::of("span", site.title(&change.case)).class("quiet"));
        let row = Tag::new("tr").child(&head);
        row.child(&result(&change.before)).child(&result(&change.after))
    });
    let rows: Vec<Tag> = rows.collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let [first, second] = difference.ends();
    page::table("list-changed", "Cases that differ", &["Case", &first, &second], rows)
}
