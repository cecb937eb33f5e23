//! The known issues of a version in HTML, for a site.

use super::{Basis, Exposed, Exposure};
use crate::tag::Tag;

/// The issues of the version by area. `page` gives the address of the page of a case.
pub(crate) fn issues(exposure: &Exposure, page: &dyn Fn(&str) -> String) -> Vec<Tag> {
    let version = &exposure.version;
    let basis = match &version.column {
        Some(column) if *column == version.version => "Measured".to_owned(),
        Some(column) => format!("Measured as {column}"),
        None => "Declared, not measured".to_owned(),
    };
    let count = Tag::of("p", &format!("{basis}: {}.", count(version.issues.len())));
    let mut tags = vec![count];
    tags.extend(details(&version.issues, page));
    tags
}

/// The changes by the upgrade; none without an upgrade.
pub(crate) fn upgrade(exposure: &Exposure, page: &dyn Fn(&str) -> String) -> Vec<Tag> {
    let Some(upgrade) = &exposure.upgrade else { return Vec::new() };
    let parts = [
        ("Fixes", &upgrade.fixes),
        ("Introduces", &upgrade.introduces),
        ("Shows while executors of the version before run", &upgrade.during),
        ("Keeps", &upgrade.keeps),
    ];
    let part = |(words, issues): (&str, &Vec<Exposed>)| {
        let heading = Tag::of("h3", &format!("{words}: {}", count(issues.len())));
        let list = (!issues.is_empty()).then(|| list(issues, page));
        [heading].into_iter().chain(list)
    };
    parts.into_iter().flat_map(part).collect()
}

fn count(issues: usize) -> String {
    match issues {
        1 => "1 known issue".to_owned(),
        n => format!("{n} known issues"),
    }
}

fn details(issues: &[Exposed], page: &dyn Fn(&str) -> String) -> Vec<Tag> {
    let areas = issues.chunk_by(|a, b| a.area() == b.area());
    areas.flat_map(|area| [Tag::of("h3", area[0].area()), list(area, page)]).collect()
}

fn list(issues: &[Exposed], page: &dyn Fn(&str) -> String) -> Tag {
    Tag::new("ul").class("issues").children(issues.iter().map(|exposed| item(exposed, page)))
}

fn item(exposed: &Exposed, page: &dyn Fn(&str) -> String) -> Tag {
    let case = Tag::new("a").attribute("href", &page(&exposed.case));
    let mark = match exposed.basis {
        Basis::Predicted => " (predicted)",
        Basis::Declared => " (declared, not measured)",
        Basis::Measured => "",
    };
    let mut item = Tag::new("li")
        .child(&case.child(&Tag::of("code", &exposed.case)))
        .text(&format!(" {}{mark}", exposed.title))
        .child(&Tag::new("br"))
        .text("fails: ")
        .child(&Tag::of("code", &exposed.claims.join(", ")))
        .text(" · issue: ")
        .child(&Tag::web(&exposed.issue));
    for (words, places) in ends(exposed) {
        item = item.text(&format!(" · {words} {}", places.join(", ")));
    }
    let pairs = exposed.pairs.iter().map(ToString::to_string).collect::<Vec<_>>();
    if !pairs.is_empty() {
        item = item.text(&format!(" · pairs: {}", pairs.join(", ")));
    }
    item
}

/// The releases with the fix, and the lines without one, each with the words before them.
fn ends(exposed: &Exposed) -> Vec<(&'static str, Vec<String>)> {
    let (mut fixes, mut open) = (Vec::new(), Vec::new());
    for (line, end) in &exposed.ends {
        let mark = if end.predicted { " (predicted)" } else { "" };
        match &end.fix {
            Some(fix) => fixes.push(format!("{fix}{mark}")),
            None => open.push(format!("{line}{mark}")),
        }
    }
    let ends = [("fixed in", fixes), ("open in", open)];
    ends.into_iter().filter(|(_, places)| !places.is_empty()).collect()
}
