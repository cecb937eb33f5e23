//! A static site about several runs and statements: paths and texts of files.
//!
//! | page | see |
//! |---|---|
//! | cases and versions, search, lists of all other pages | `index` |
//! | a case: problem, known issues, verdicts, evidence, command | `case` |
//! | a version: exposure, verdicts, badge | `version` |
//! | a given run directory, judged again | `run` |
//! | a given statement, not judged again | `statement` |
//! | two versions, or two runs of one version | `difference` |
//! | a badge, as SVG and as an endpoint of shields | `badge` |
//! | the changes between runs, as Atom | `feed` |
//!
//! No page makes a request, so the site works from a directory. The same input gives the same
//! bytes: each date comes from a run.

mod address;
mod badge;
mod case;
mod cells;
mod difference;
mod feed;
mod index;
mod input;
mod page;
mod run;
mod search;
mod state;
mod statement;
mod version;

use std::collections::BTreeMap;

use model::Case;

use cells::Cells;
pub use input::{Changed, GivenRun, GivenStatement, Input};

/// A file of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteFile {
    /// Path from the site's directory. Each part has letters, digits and `-.+@_` alone.
    pub path: String,
    /// Text of the file.
    pub text: String,
}

/// The input with its results by case and version.
struct Site<'a> {
    input: &'a Input,
    cells: Cells<'a>,
    /// The cases of the reader, else those of the runs, by id.
    cases: BTreeMap<&'a str, &'a Case>,
}

/// The files of the site, in the order of their paths.
pub fn site(input: &Input) -> Vec<SiteFile> {
    let of_runs = input.runs.iter().flat_map(|given| given.evidence.cases.values());
    let cases = of_runs.chain(&input.cases).map(|case| (case.id.as_str(), case)).collect();
    let site = Site { input, cells: Cells::of(input), cases };
    let differences = difference::all(&site);
    let mut files = vec![index::page(&site, &differences), feed::feed(&site)];
    files.extend(site.cells.cases.iter().map(|case| case::page(&site, case)));
    files.extend(site.cells.versions.iter().map(|v| version::page(&site, v, &differences)));
    files.extend(site.cells.versions.iter().flat_map(|version| badge::files(&site, version)));
    files.extend(input.runs.iter().map(|given| run::page(&site, given, &differences)));
    files.extend(input.statements.iter().map(|given| statement::page(&site, given)));
    files.extend(differences.iter().map(|difference| difference::page(&site, difference)));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

impl<'a> Site<'a> {
    /// The title of a case; empty for a case without a file.
    fn title(&self, case: &str) -> &'a str {
        self.cases.get(case).map(|case| case.title.as_str()).unwrap_or_default()
    }
}
