//! The table of cases and versions.

use model::verdict::Verdict;

use super::{class, filter};
use crate::evidence::Evidence;
use crate::judged::Judged;
use crate::matrix::Table;
use crate::measured::Measured;
use crate::title::title;
use crate::xml::escape;

/// The table, one row a case with its title. Each cell with a verdict links to its case.
pub(super) fn table(evidence: &Evidence) -> String {
    let run = &evidence.run;
    if run.verdicts.is_empty() {
        return String::new();
    }
    let rows: Vec<Measured> = run.verdicts.iter().map(|j| Measured::from(&j.verdict)).collect();
    let table = Table::of(&rows, &run.untested);
    let mut text =
        "<h2 id=\"table\">Cases and versions</h2>\n<section class=\"scroll\" tabindex=\"0\" \
         aria-labelledby=\"table\">\n<table class=\"matrix\">\n<thead><tr>\
         <th scope=\"col\">Case</th>"
            .to_owned();
    for version in &table.versions {
        text += &format!("<th scope=\"col\">{}</th>", escape(&title(version)));
    }
    text += "</tr></thead>\n<tbody>\n";
    for case in &table.cases {
        text += &row(evidence, &table, case);
    }
    text + "</tbody>\n</table>\n</section>\n"
}

fn row(evidence: &Evidence, table: &Table, case: &str) -> String {
    let title = evidence.cases.get(case).map(|case| case.title.as_str()).unwrap_or_default();
    let worst = |version: &&str| table.cell(case, version).worst;
    let verdicts: Vec<Verdict> = table.versions.iter().filter_map(worst).collect();
    let mut text = format!(
        "<tr{}><th scope=\"row\"><code>{}</code> <span class=\"quiet\">{}</span></th>",
        filter::data(&verdicts, &[case, title]),
        escape(case),
        escape(title),
    );
    for version in &table.versions {
        let cell = table.cell(case, version);
        let anchor = cell.worst.and_then(|worst| {
            evidence.run.verdicts.iter().position(|Judged { verdict, .. }| {
                verdict.case == case && verdict.argo == *version && verdict.verdict == worst
            })
        });
        text += &match (cell.worst, anchor) {
            (Some(worst), Some(index)) => format!(
                "<td class=\"{}\"><a href=\"#case-{index}\">{}</a></td>",
                class(worst),
                cell.word
            ),
            _ if cell.untested => format!("<td class=\"unknown\">{}</td>", cell.word),
            _ => format!("<td>{}</td>", cell.word),
        };
    }
    text + "</tr>\n"
}
