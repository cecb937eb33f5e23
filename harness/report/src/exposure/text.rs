//! The known issues of a version for a terminal.

use super::{Basis, Exposed, Exposure};
use crate::style::{Style, Tone, tame};

/// The issues by area, each with claims, link and fixes. The changes of an upgrade follow.
pub fn text(exposure: &Exposure, style: Style) -> String {
    let before = &exposure.version;
    let mut text = head("Argo", &before.version, before.column.as_deref(), style);
    text += &format!("{}\n", count(before.issues.len()));
    text += &details(&before.issues, before.column.is_some(), style);
    let Some(upgrade) = &exposure.upgrade else { return text };
    text +=
        &format!("\n{}", head("Upgrade to", &upgrade.version, upgrade.column.as_deref(), style));
    text += &short("fixes", &upgrade.fixes, Tone::Good, style);
    text += &short("keeps", &upgrade.keeps, Tone::Known, style);
    text += &format!("{}\n", part("introduces", &upgrade.introduces, Tone::Bad, style));
    text += &details(&upgrade.introduces, upgrade.column.is_some(), style);
    if upgrade.during.is_empty() {
        return text;
    }
    let words = "shows while executors of the version before run: ";
    text += &format!("\n{words}{}\n", style.paint(Tone::Bad, &count(upgrade.during.len())));
    text + &details(&upgrade.during, upgrade.column.is_some(), style)
}

fn head(words: &str, version: &str, column: Option<&str>, style: Style) -> String {
    let basis = match column {
        Some(column) if column == version => "measured".to_owned(),
        Some(column) => format!("measured as {}", tame(column)),
        None => "declared, not measured".to_owned(),
    };
    format!("{} ({basis})\n", style.paint(Tone::Strong, &tame(&format!("{words} {version}"))))
}

fn count(issues: usize) -> String {
    match issues {
        1 => "1 known issue".to_owned(),
        n => format!("{n} known issues"),
    }
}

fn part(verb: &str, issues: &[Exposed], tone: Tone, style: Style) -> String {
    style.paint(tone, &format!("{verb} {}", count(issues.len())))
}

/// The issues on one line each.
fn short(verb: &str, issues: &[Exposed], tone: Tone, style: Style) -> String {
    let mut text = format!("{}\n", part(verb, issues, tone, style));
    for exposed in issues {
        text += &format!("  {}: {}\n", tame(&exposed.case), tame(&exposed.claims.join(", ")));
    }
    text
}

/// The issues by area, in full.
fn details(issues: &[Exposed], measured: bool, style: Style) -> String {
    let mut text = String::new();
    for area in issues.chunk_by(|a, b| a.area() == b.area()) {
        text += &format!("\n{}\n", style.paint(Tone::Strong, &tame(area[0].area())));
        for exposed in area {
            text += &detail(exposed, measured);
        }
    }
    text
}

/// One issue. A basis other than that of the version is named.
fn detail(exposed: &Exposed, measured: bool) -> String {
    let mark = match exposed.basis {
        Basis::Predicted => " (predicted)",
        Basis::Declared if measured => " (declared, not measured)",
        Basis::Declared | Basis::Measured => "",
    };
    let mut text = format!("  {}{mark}\n", tame(&exposed.title));
    text += &format!("    case   {}\n", tame(&exposed.case));
    text += &format!("    fails  {}\n", tame(&exposed.claims.join(", ")));
    text += &format!("    issue  {}\n", tame(&exposed.issue));
    let lines = exposed.ends.iter().map(|(line, end)| {
        let fix = end.fix.as_ref().map_or("open".to_owned(), ToString::to_string);
        let mark = if end.predicted { " (predicted)" } else { "" };
        format!("{line}: {fix}{mark}")
    });
    let lines: Vec<String> = lines.collect();
    if !lines.is_empty() {
        text += &format!("    fixed  {}\n", lines.join(", "));
    }
    for pair in &exposed.pairs {
        text += &format!("    pair   {}\n", tame(&pair.to_string()));
    }
    text
}
