//! The results of each case on each version, newest first.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use model::history::Versions;
use model::verdict::Verdict;

use super::address;
use super::input::{GivenRun, GivenStatement, Input};
use super::state::State;
use crate::judged::Judged;
use crate::left_out::LeftOut;
use crate::measured::{Measured, version_key};
use crate::statement::Stated;
use crate::verdict_words::weight;

/// One result of a case on a version.
#[derive(Clone, Debug)]
pub(super) struct Seen<'a> {
    /// The worst verdict of the source.
    pub(super) verdict: Verdict,
    pub(super) failed_claims: Vec<String>,
    /// Whether the run left the case out. The verdict *not applicable* then says nothing about the
    /// version.
    pub(super) is_left_out: bool,
    pub(super) source: Source<'a>,
}

/// The source of a result.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source<'a> {
    /// A run directory; the judge has judged the history again.
    Run(&'a GivenRun, Timestamp),
    /// A statement without its run directory.
    Statement(&'a GivenStatement, Timestamp),
    /// The measured table, which has no history.
    Table,
}

impl Source<'_> {
    /// The time of the run; `None` for the measured table.
    pub(super) fn time(self) -> Option<Timestamp> {
        match self {
            Self::Run(_, time) | Self::Statement(_, time) => Some(time),
            Self::Table => None,
        }
    }

    /// The day of the run, or a word for the measured table.
    pub(super) fn day(self) -> String {
        self.time().map_or_else(|| "table".to_owned(), day)
    }

    /// Id of the run, and path of its page; `None` for the measured table.
    pub(super) fn page(self) -> Option<(String, String)> {
        match self {
            Self::Run(given, _) => {
                let id = &given.evidence.run.run;
                Some((format!("run {id}"), address::run(id)))
            }
            Self::Statement(given, _) => {
                let id = &given.statement.predicate.conformance.run;
                Some((format!("statement about run {id}"), address::statement(id)))
            }
            Self::Table => None,
        }
    }

    /// The basis of the verdict in words.
    pub(super) fn basis(self) -> &'static str {
        match self {
            Self::Run(..) => "judged again from its history",
            Self::Statement(..) => "as stated, not judged again",
            Self::Table => "measured table, without a published history",
        }
    }

    /// The order of two results: by time, and a run before a statement about the run.
    fn rank(self) -> (Option<Timestamp>, u8) {
        let kind = match self {
            Self::Run(..) => 2,
            Self::Statement(..) => 1,
            Self::Table => 0,
        };
        (self.time(), kind)
    }
}

/// The day of a time, as in `2026-11-30`.
pub(super) fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}

/// The results of all sources.
pub(super) struct Cells<'a> {
    /// By installation and case.
    found: BTreeMap<&'a str, BTreeMap<&'a str, Vec<Seen<'a>>>>,
    /// The installations, sorted by precedence.
    pub(super) versions: Vec<&'a str>,
    /// Ids of the cases: the cases of the reader, and those with a result.
    pub(super) cases: BTreeSet<&'a str>,
    /// Installations that could not be started, each with the newest run.
    untested: BTreeMap<&'a str, (Timestamp, String)>,
}

impl<'a> Cells<'a> {
    pub(super) fn of(input: &'a Input) -> Self {
        let mut cells = Self {
            found: BTreeMap::new(),
            versions: Vec::new(),
            cases: input.cases.iter().map(|case| case.id.as_str()).collect(),
            untested: BTreeMap::new(),
        };
        input.runs.iter().for_each(|given| cells.add_run(given));
        input.statements.iter().for_each(|given| cells.add_statement(given));
        input.measured.iter().for_each(|row| cells.add_row(row));
        for seen in cells.found.values_mut().flat_map(BTreeMap::values_mut) {
            seen.sort_by_key(|seen| std::cmp::Reverse((!seen.is_left_out, seen.source.rank())));
        }
        let versions = cells.found.keys().chain(cells.untested.keys()).copied();
        cells.versions = versions.collect::<BTreeSet<_>>().into_iter().collect();
        cells.versions.sort_by_key(|version| version_key(version));
        cells.cases.extend(cells.found.values().flat_map(BTreeMap::keys));
        cells
    }

    fn add_run(&mut self, given: &'a GivenRun) {
        let run = &given.evidence.run;
        let sessions = run.sessions();
        let mut times = BTreeMap::new();
        for session in &sessions {
            times.extend(session.histories.iter().map(|path| (path.as_str(), session.started)));
        }
        let mut of_cell: BTreeMap<(&str, &str), Vec<&Judged>> = BTreeMap::new();
        for judged in &run.verdicts {
            let key = (judged.verdict.case.as_str(), judged.verdict.argo.as_str());
            of_cell.entry(key).or_default().push(judged);
        }
        for ((case, argo), judged) in of_cell {
            let worst = judged.into_iter().max_by_key(|one| weight(one.verdict.verdict));
            let Some(worst) = worst else { continue };
            let history = worst.history.as_deref();
            let time = history.and_then(|path| times.get(path)).copied().unwrap_or(run.started);
            let failed = worst.verdict.failed_claims().into_iter().map(str::to_owned);
            let (verdict, failed_claims) = (worst.verdict.verdict, failed.collect());
            let is_left_out = LeftOut::of(&worst.verdict).is_some();
            let source = Source::Run(given, time);
            self.add(case, argo, Seen { verdict, failed_claims, is_left_out, source });
        }
        for one in &run.untested {
            self.add_untested(&one.argo, run.started, one.reason.raw());
        }
    }

    fn add_statement(&mut self, given: &'a GivenStatement) {
        let conformance = &given.statement.predicate.conformance;
        let mut of_cell: BTreeMap<(&str, &str), Vec<&Stated>> = BTreeMap::new();
        for stated in &conformance.verdicts {
            let key = (stated.case.as_str(), stated.argo.as_str());
            of_cell.entry(key).or_default().push(stated);
        }
        for ((case, argo), stated) in of_cell {
            let worst = stated.into_iter().max_by_key(|stated| weight(stated.verdict));
            let Some(worst) = worst else { continue };
            let (verdict, failed_claims) = (worst.verdict, worst.failed_claims.clone());
            let is_left_out = worst.left_out.is_some();
            let source = Source::Statement(given, conformance.started);
            self.add(case, argo, Seen { verdict, failed_claims, is_left_out, source });
        }
        for one in &conformance.untested {
            self.add_untested(&one.argo, conformance.started, one.reason.raw());
        }
    }

    fn add_row(&mut self, row: &'a Measured) {
        let (verdict, failed_claims) = (row.verdict, row.failed_claims.clone());
        let (is_left_out, source) = (false, Source::Table);
        let seen = Seen { verdict, failed_claims, is_left_out, source };
        self.add(&row.case, &row.argo, seen);
    }

    fn add(&mut self, case: &'a str, argo: &'a str, seen: Seen<'a>) {
        self.found.entry(argo).or_default().entry(case).or_default().push(seen);
    }

    fn add_untested(&mut self, version: &'a str, time: Timestamp, reason: &str) {
        let before = self.untested.get(version).map(|(before, _)| *before);
        if before.is_none_or(|before| before <= time) {
            self.untested.insert(version, (time, reason.to_owned()));
        }
    }

    /// The results of a case on a version, newest first. A run that left the case out is last.
    pub(super) fn seen(&self, case: &str, version: &str) -> &[Seen<'a>] {
        let seen = self.found.get(version).and_then(|cases| cases.get(case));
        seen.map(Vec::as_slice).unwrap_or_default()
    }

    /// The newest result of a case on a version.
    pub(super) fn newest(&self, case: &str, version: &str) -> Option<&Seen<'a>> {
        self.seen(case, version).first()
    }

    /// The state of a case on a version.
    pub(super) fn state(&self, case: &str, version: &str) -> State {
        match self.newest(case, version) {
            Some(seen) => State::Verdict(seen.verdict),
            None if self.untested.contains_key(version) => State::Untested,
            None => State::NotRun,
        }
    }

    /// The time and the reason of the newest run that could not start a version.
    pub(super) fn untested(&self, version: &str) -> Option<&(Timestamp, String)> {
        self.untested.get(version)
    }

    /// The cases with a result on a version, each with its newest result.
    pub(super) fn of_version(&self, version: &str) -> Vec<(&'a str, &Seen<'a>)> {
        let cases = self.found.get(version).into_iter().flatten();
        cases.filter_map(|(case, seen)| Some((*case, seen.first()?))).collect()
    }

    /// The day of the newest and of the oldest result of a version.
    pub(super) fn days(&self, version: &str) -> String {
        let cells = self.of_version(version);
        let mut times: Vec<Timestamp> =
            cells.iter().filter_map(|(_, seen)| seen.source.time()).collect();
        times.sort_unstable();
        let from_table = cells.len() - times.len();
        let days = match (times.first().copied().map(day), times.last().copied().map(day)) {
            (Some(first), Some(last)) if first == last => last,
            (Some(first), Some(last)) => format!("{first} to {last}"),
            _ => String::new(),
        };
        match (days.is_empty(), from_table) {
            (true, 0) => "no result".to_owned(),
            (true, _) => "measured table".to_owned(),
            (false, 0) => days,
            (false, count) => format!("{days}, and {count} from the measured table"),
        }
    }

    /// The newest results as rows of a measured table. A case that a run left out has no row.
    pub(super) fn rows(&self) -> Vec<Measured> {
        let row = |argo: &str, case: &str, seen: &Seen<'_>| Measured {
            case: case.to_owned(),
            argo: argo.to_owned(),
            verdict: seen.verdict,
            failed_claims: seen.failed_claims.clone(),
        };
        let versions = self.versions.iter();
        let rows = versions.flat_map(|version| {
            let cells = self.of_version(version).into_iter();
            let cells = cells.filter(|(_, seen)| !seen.is_left_out);
            cells.map(|(case, seen)| row(version, case, seen))
        });
        rows.collect()
    }
}

/// The tables of a site: groups of installations that a reader compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    /// One version of all components, with the settings of a run by default.
    Releases,
    /// Components of other versions, other settings, or another Kubernetes.
    Variations,
    /// Pairs of versions.
    Upgrades,
}

impl Group {
    pub(super) const ALL: [Self; 3] = [Self::Releases, Self::Variations, Self::Upgrades];

    /// The group of an installation by its name.
    pub(super) fn of(version: &str) -> Self {
        let versions = Versions::of_name(version);
        if versions.to.is_some() {
            Self::Upgrades
        } else if versions.name() == versions.controller {
            Self::Releases
        } else {
            Self::Variations
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Releases => "Releases and commits",
            Self::Variations => "Other components and settings",
            Self::Upgrades => "Upgrades",
        }
    }

    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Releases => "table-versions",
            Self::Variations => "table-variations",
            Self::Upgrades => "table-upgrades",
        }
    }
}
