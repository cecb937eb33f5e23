//! The table of verdicts by case and version.

use std::collections::{BTreeMap, BTreeSet};

use model::verdict::Verdict;

use crate::markdown;
use crate::measured::{Measured, version_key};
use crate::run::Untested;
use crate::style::{Style, Tone, tame};
use crate::title::{title, titles};
use crate::verdict_words::{UNTESTED, tone, weight, word};

/// The cell of a case without a verdict on a version.
const EMPTY: &str = "-";

/// The table for a terminal, with the versions as sorted columns. The failed claims and the reason
/// of each untested version are below.
pub fn text(rows: &[Measured], untested: &[Untested], style: Style) -> String {
    let table = Table::of(rows, untested);
    let first = table.cases.iter().map(|case| width(case)).chain([width("case")]).max();
    let first = first.unwrap_or_default();
    let widths: Vec<usize> = table.versions.iter().map(|v| table.column_width(v)).collect();
    let mut text = format!("{:<first$}", "case");
    for (version, width) in table.versions.iter().zip(&widths) {
        text += &format!("  {:<width$}", tame(&title(version)));
    }
    text = text.trim_end().to_owned() + "\n";
    for case in &table.cases {
        let mut line = format!("{:<first$}", tame(case));
        for (version, width) in table.versions.iter().zip(&widths) {
            let cell = table.cell(case, version);
            let padding = " ".repeat(width.saturating_sub(cell.word.chars().count()));
            let word = match cell.tone() {
                Some(tone) => style.paint(tone, &cell.word),
                None => cell.word,
            };
            line += &format!("  {word}{padding}");
        }
        text += &format!("{}\n", line.trim_end());
    }
    let failures = failures(rows);
    if !failures.is_empty() {
        text += "\nclaims that failed:\n";
    }
    for failure in failures {
        let Failure { case, versions, claims } = failure;
        let (case, versions, claims) = (tame(&case), titles(&versions), claims.join(", "));
        text += &format!("  {case}  {}: {}\n", tame(&versions), tame(&claims));
    }
    if !untested.is_empty() {
        text += "\nuntested:\n";
    }
    for Untested { argo, reason } in untested {
        text += &format!("  {}: {}\n", tame(&title(argo)), tame(reason));
    }
    text
}

/// The table and the failed claims in Markdown.
pub fn markdown(rows: &[Measured], untested: &[Untested]) -> String {
    let table = Table::of(rows, untested);
    let mut heads = vec!["case".to_owned()];
    heads.extend(table.versions.iter().map(|version| markdown::escape(&title(version))));
    let lines = table.cases.iter().map(|case| {
        let cells = table.versions.iter().map(|version| table.cell(case, version).markdown());
        [markdown::code(case)].into_iter().chain(cells).collect()
    });
    let mut text = markdown::table(&heads, &lines.collect::<Vec<_>>());
    let failures = failures(rows);
    if failures.is_empty() {
        return text;
    }
    text += "\nClaims that failed:\n\n";
    text + &failed_claims(failures)
}

/// The table of the failed claims in Markdown. A cell has all versions with the same failed claims.
fn failed_claims(failures: Vec<Failure>) -> String {
    let heads = ["case", "versions", "claims"].map(str::to_owned);
    let lines = failures.into_iter().map(|Failure { case, versions, claims }| {
        let claims: Vec<String> = claims.iter().map(markdown::code).collect();
        vec![markdown::code(&case), markdown::code(&titles(&versions)), claims.join(", ")]
    });
    markdown::table(&heads, &lines.collect::<Vec<_>>())
}

/// The verdicts by case and version.
pub(crate) struct Table<'a> {
    pub(crate) cases: BTreeSet<&'a str>,
    pub(crate) versions: Vec<&'a str>,
    found: BTreeMap<(&'a str, &'a str), Vec<Verdict>>,
    untested: BTreeSet<&'a str>,
}

/// The cell of a case and a version.
pub(crate) struct Cell {
    pub(crate) word: String,
    pub(crate) worst: Option<Verdict>,
    /// Whether the version is untested and has no verdict.
    pub(crate) untested: bool,
}

impl<'a> Table<'a> {
    pub(crate) fn of(rows: &'a [Measured], untested: &'a [Untested]) -> Self {
        let mut found: BTreeMap<_, Vec<Verdict>> = BTreeMap::new();
        for row in rows {
            let cell = found.entry((row.case.as_str(), row.argo.as_str())).or_default();
            cell.push(row.verdict);
        }
        let untested: BTreeSet<&str> = untested.iter().map(|one| one.argo.as_str()).collect();
        let versions: BTreeSet<&str> = rows.iter().map(|row| row.argo.as_str()).collect();
        let mut versions: Vec<&str> = versions.union(&untested).copied().collect();
        versions.sort_by_key(|version| version_key(version));
        let cases = rows.iter().map(|row| row.case.as_str()).collect();
        Self { cases, versions, found, untested }
    }

    /// The worst verdict of the cell. Different verdicts add its number, as `FAIL 1/3`.
    pub(crate) fn cell(&self, case: &str, version: &str) -> Cell {
        let found = self.found.get(&(case, version)).map(Vec::as_slice).unwrap_or_default();
        let Some(worst) = found.iter().copied().max_by_key(|verdict| weight(*verdict)) else {
            let untested = self.untested.contains(version);
            let word = if untested { UNTESTED } else { EMPTY };
            return Cell { word: word.to_owned(), worst: None, untested };
        };
        let times = found.iter().filter(|verdict| **verdict == worst).count();
        let word = match found.len() {
            all if all == times => word(worst).to_owned(),
            all => format!("{} {times}/{all}", word(worst)),
        };
        Cell { word, worst: Some(worst), untested: false }
    }

    fn column_width(&self, version: &str) -> usize {
        let cells = self.cases.iter().map(|case| self.cell(case, version).word.chars().count());
        cells.chain([width(&title(version))]).max().unwrap_or_default()
    }
}

impl Cell {
    fn tone(&self) -> Option<Tone> {
        if self.untested { Some(Tone::Doubtful) } else { self.worst.map(tone) }
    }

    fn markdown(self) -> String {
        match self.worst {
            Some(Verdict::Fail | Verdict::Fixed) => format!("**{}**", self.word),
            None if self.untested => format!("**{}**", self.word),
            Some(
                Verdict::Pass | Verdict::Unknown | Verdict::KnownIssue | Verdict::NotApplicable,
            )
            | None => self.word,
        }
    }
}

fn width(text: &str) -> usize {
    tame(text).chars().count()
}

struct Failure {
    case: String,
    versions: Vec<String>,
    claims: Vec<String>,
}

/// The failed claims of each case. Versions with the same failed claims are one entry.
fn failures(rows: &[Measured]) -> Vec<Failure> {
    let mut rows: Vec<&Measured> =
        rows.iter().filter(|row| !row.failed_claims.is_empty()).collect();
    rows.sort_by_key(|row| (&row.case, version_key(&row.argo)));
    let mut failures: Vec<Failure> = Vec::new();
    for row in rows {
        let same = |f: &&mut Failure| f.case == row.case && f.claims == row.failed_claims;
        match failures.iter_mut().find(same) {
            Some(failure) if failure.versions.contains(&row.argo) => {}
            Some(failure) => failure.versions.push(row.argo.clone()),
            None => failures.push(Failure {
                case: row.case.clone(),
                versions: vec![row.argo.clone()],
                claims: row.failed_claims.clone(),
            }),
        }
    }
    failures
}
