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
/// A verdict that does not occur in the run has no column.
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
    let occurs = |verdict: &Verdict| verdicts.iter().any(|j| j.verdict.verdict == *verdict);
    let columns: Vec<Verdict> = ORDER.into_iter().filter(occurs).collect();
    format!(
        "<div class=\"counts\">\n{}{}</div>\n",
        table("level", "Level", &columns, levels),
        table("area", "Area", &columns, areas),
    )
}

fn table<'a>(
    id: &str,
    heading: &str,
    columns: &[Verdict],
    rows: impl IntoIterator<Item = (&'a str, Counts)>,
) -> String {
    let heads = columns.iter().map(|verdict| format!("<th scope=\"col\">{}</th>", word(*verdict)));
    let heads: String = heads.collect();
    let rows = rows.into_iter().map(|(name, counts)| {
        let cells = columns.iter().map(|verdict| cell(*verdict, counts.number(*verdict)));
        format!("<tr><th scope=\"row\">{}</th>{}</tr>\n", escape(name), cells.collect::<String>())
    });
    let rows: String = rows.collect();
    format!(
        "<div>\n<h2 id=\"by-{id}\">Verdicts by {id}</h2>\n\
         <section class=\"scroll\" tabindex=\"0\" aria-labelledby=\"by-{id}\">\n\
         <table class=\"matrix numbers\">\n<thead><tr><th scope=\"col\">{heading}</th>{heads}</tr>\
         </thead>\n<tbody>\n{rows}</tbody>\n</table>\n</section>\n</div>\n"
    )
}

/// The number, with the verdict's colour unless the number is 0.
fn cell(verdict: Verdict, number: usize) -> String {
    match number {
        0 => "<td class=\"quiet\">0</td>".to_owned(),
        number => format!("<td class=\"{}\">{number}</td>", class(verdict)),
    }
}
