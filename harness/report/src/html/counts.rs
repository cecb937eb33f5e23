//! The numbers of verdicts by level and by area.

use std::collections::BTreeMap;

use model::verdict::Verdict;

use super::{ORDER, class};
use crate::counts::Counts;
use crate::evidence::Evidence;
use crate::verdict_words::word;
use crate::xml::escape;

/// The levels in the order of the table. A case without a copy in the run directory is unlisted.
const LEVELS: [&str; 4] = ["core", "extended", "provisional", UNLISTED];
const UNLISTED: &str = "unlisted";

/// Two tables: one row a level, one row an area. Each cell is a number of verdicts.
pub(super) fn tables(evidence: &Evidence) -> String {
    let verdicts = &evidence.run.verdicts;
    if verdicts.is_empty() {
        return String::new();
    }
    let mut levels: BTreeMap<&str, Counts> = BTreeMap::new();
    let mut areas: BTreeMap<&str, Counts> = BTreeMap::new();
    for verdict in verdicts.iter().map(|judged| &judged.verdict) {
        let level = evidence.cases.get(&verdict.case).map_or(UNLISTED, |case| case.level.name());
        let area = verdict.case.split('/').next().unwrap_or(&verdict.case);
        levels.entry(level).or_default().add(verdict.verdict);
        areas.entry(area).or_default().add(verdict.verdict);
    }
    let levels = LEVELS.into_iter().filter_map(|name| Some((name, *levels.get(name)?)));
    format!(
        "<div class=\"counts\">\n{}{}</div>\n",
        table("level", "Verdicts by level", "Level", levels),
        table("area", "Verdicts by area", "Area", areas),
    )
}

fn table<'a>(
    id: &str,
    heading: &str,
    first: &str,
    rows: impl IntoIterator<Item = (&'a str, Counts)>,
) -> String {
    let columns = ORDER.map(|verdict| format!("<th scope=\"col\">{}</th>", word(verdict))).concat();
    let rows = rows.into_iter().map(|(name, counts)| {
        let cells = ORDER.map(|verdict| cell(verdict, counts.number(verdict))).concat();
        format!("<tr><th scope=\"row\">{}</th>{cells}</tr>\n", escape(name))
    });
    let rows: String = rows.collect();
    format!(
        "<section aria-labelledby=\"by-{id}\">\n<h2 id=\"by-{id}\">{heading}</h2>\n\
         <div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"by-{id}\">\n\
         <table class=\"matrix numbers\">\n<thead><tr><th scope=\"col\">{first}</th>{columns}</tr>\
         </thead>\n<tbody>\n{rows}</tbody>\n</table>\n</div>\n</section>\n"
    )
}

/// The number, with the verdict's colour unless the number is 0.
fn cell(verdict: Verdict, number: usize) -> String {
    match number {
        0 => "<td class=\"quiet\">0</td>".to_owned(),
        number => format!("<td class=\"{}\">{number}</td>", class(verdict)),
    }
}
