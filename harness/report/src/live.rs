//! The state of a run for the bottom rows of a terminal: methods take events, [`Live::rows`] draws.
//!
//! Times are durations since the start of the invocation.

mod row;
mod work;

use std::time::Duration;

use model::verdict::Verdict;

use crate::counts::{Counts, about, time};
use crate::style::Style;
use row::Row;
use work::Work;

/// The size of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Columns of the terminal.
    pub columns: usize,
    /// Rows of the terminal.
    pub rows: usize,
}

/// The stages, versions and cases that are in progress.
#[derive(Clone, Debug, Default)]
pub struct Live {
    stages: Vec<Stage>,
    /// Versions in progress, in the order of their beginnings. At the end of a run the last version
    /// stays.
    versions: Vec<Version>,
    /// Columns of the longest id of a case.
    longest: usize,
    /// Running cases, in the order of their beginnings.
    running: Vec<Case>,
}

#[derive(Clone, Debug)]
struct Stage {
    name: String,
    began: Duration,
    detail: String,
    /// Words after the name.
    left: String,
    /// Words at the end.
    next: String,
}

#[derive(Clone, Debug, Default)]
struct Version {
    argo: String,
    number: usize,
    of: usize,
    cases: usize,
    taken_down: usize,
    counts: Counts,
    ended: bool,
    work: Work,
}

#[derive(Clone, Debug)]
struct Case {
    argo: String,
    id: String,
    began: Duration,
    at: At,
    /// The last seen state that the case waits for, in words.
    saw: String,
}

#[derive(Clone, Debug)]
enum At {
    Beginning,
    Step { name: String, words: String, began: Duration, patience: Option<Duration> },
    Watching(Vec<String>),
}

impl Live {
    /// Begins a stage. An open stage of the same name ends.
    pub fn stage_began(&mut self, name: &str, now: Duration) {
        self.stage_ended(name);
        let (name, none) = (name.to_owned(), String::new);
        self.stages.push(Stage { name, began: now, detail: none(), left: none(), next: none() });
    }

    /// Sets the progress of an open stage, in words.
    pub fn stage_advanced(&mut self, name: &str, detail: &str) {
        if let Some(stage) = self.stages.iter_mut().find(|stage| stage.name == name) {
            detail.clone_into(&mut stage.detail);
        }
    }

    /// Sets the words about the rest of an open stage: `left` after its name, `next` at the end.
    pub fn stage_outlook(&mut self, name: &str, left: &str, next: &str) {
        if let Some(stage) = self.stages.iter_mut().find(|stage| stage.name == name) {
            left.clone_into(&mut stage.left);
            next.clone_into(&mut stage.next);
        }
    }

    /// Ends a stage.
    pub fn stage_ended(&mut self, name: &str) {
        self.stages.retain(|stage| stage.name != name);
    }

    /// Begins version `number` of `of`. All open stages end, and ended versions leave the rows.
    pub fn version_began(&mut self, argo: &str, number: usize, of: usize) {
        self.stages.clear();
        self.versions.retain(|version| !version.ended);
        self.versions.push(Version { argo: argo.to_owned(), number, of, ..Version::default() });
    }

    /// Sets the cases of a version, by id.
    pub fn cases<'c>(&mut self, argo: &str, ids: impl IntoIterator<Item = &'c str>) {
        let widths: Vec<usize> = ids.into_iter().map(row::width).collect();
        if let Some(version) = self.of(argo) {
            version.cases = widths.len();
        }
        self.longest = widths.into_iter().max().unwrap_or_default();
    }

    /// Sets the usual seconds of the cases that begin from now on.
    pub fn expect<'c>(
        &mut self,
        argo: &str,
        cases: impl IntoIterator<Item = (&'c str, u64)>,
        now: Duration,
    ) {
        if let Some(version) = self.of(argo) {
            version.work = Work::of(cases, now);
        }
    }

    /// Ends a version and its running cases.
    pub fn version_ended(&mut self, argo: &str) {
        self.running.retain(|case| case.argo != argo);
        if let Some(version) = self.of(argo) {
            version.ended = true;
        }
        if self.versions.iter().any(|version| !version.ended) {
            self.versions.retain(|version| !version.ended);
        }
    }

    /// Begins a case on a version.
    pub fn case_began(&mut self, argo: &str, id: &str, now: Duration) {
        let (argo, id) = (argo.to_owned(), id.to_owned());
        self.running.push(Case { argo, id, began: now, at: At::Beginning, saw: String::new() });
    }

    /// Begins a step of a case. A step with a patience waits for the state in `words`.
    pub fn step_began(
        &mut self,
        (argo, id): (&str, &str),
        name: &str,
        words: &str,
        patience: Option<Duration>,
        now: Duration,
    ) {
        let (name, words) = (name.to_owned(), words.to_owned());
        self.to(argo, id, At::Step { name, words, began: now, patience });
    }

    /// Ends the steps of a case. The case waits for these undecided claims.
    pub fn watches(&mut self, argo: &str, id: &str, claims: Vec<String>) {
        self.to(argo, id, At::Watching(claims));
    }

    /// Sets the state that a case waits for, in words.
    pub fn saw(&mut self, argo: &str, id: &str, words: String) {
        if let Some(case) = self.running.iter_mut().find(|case| case.is(argo, id)) {
            case.saw = words;
        }
    }

    /// Counts the verdict of a case. The case counts as ending until [`Live::case_ended`].
    pub fn verdict(&mut self, argo: &str, id: &str, verdict: Verdict) {
        self.running.retain(|case| !case.is(argo, id));
        if let Some(version) = self.of(argo) {
            version.counts.add(verdict);
            version.work.decide(id, verdict);
            version.taken_down += 1;
        }
    }

    /// Ends a case, with or without a verdict.
    pub fn case_ended(&mut self, argo: &str, id: &str) {
        let before = self.running.len();
        self.running.retain(|case| !case.is(argo, id));
        let decided = self.running.len() == before;
        if let Some(version) = self.of(argo).filter(|_| decided) {
            version.taken_down = version.taken_down.saturating_sub(1);
        }
    }

    fn to(&mut self, argo: &str, id: &str, at: At) {
        if let Some(case) = self.running.iter_mut().find(|case| case.is(argo, id)) {
            case.at = at;
            case.saw.clear();
        }
    }

    fn of(&mut self, argo: &str) -> Option<&mut Version> {
        self.versions.iter_mut().find(|version| version.argo == argo)
    }

    /// The rows, none wider than the terminal: an empty row, stages and cases, the counts by
    /// version.
    ///
    /// A quarter of the terminal stays free for the printed lines above. A row counts the stages
    /// and cases without room.
    pub fn rows(&self, size: Size, now: Duration, style: Style) -> Vec<String> {
        let stages = self.stages.iter().map(|stage| stage.row(now));
        let mut rows: Vec<Row> = stages.collect();
        rows.extend(self.cases_that_run(size, now));
        let sums = self.sums(now);
        let room = (size.rows - size.rows / 4).saturating_sub(1 + sums.len());
        if rows.len() > room {
            let more = rows.len() - room.saturating_sub(1);
            rows.truncate(room.saturating_sub(1));
            if room > 0 {
                rows.push(Row::default().quiet(&format!("  … and {more} more")));
            }
        }
        rows.extend(sums);
        if size.rows > 2 {
            rows.insert(0, Row::default());
        }
        rows.into_iter().map(|row| row.fit(size.columns, style)).collect()
    }

    /// The rows of running cases. Each row names the version if the cases run on several versions.
    fn cases_that_run(&self, size: Size, now: Duration) -> impl Iterator<Item = Row> {
        let id = self.longest.min(size.columns * 2 / 5);
        let argo = |case: &Case| row::width(&case.argo);
        let mut versions = self.running.iter().map(|case| &case.argo);
        let first = versions.next();
        let one = versions.all(|argo| Some(argo) == first);
        let argo = if one { 0 } else { self.running.iter().map(argo).max().unwrap_or_default() };
        self.running.iter().map(move |case| case.row(argo, id, now))
    }

    /// The rows of counts. The last row has the time.
    fn sums(&self, at: Duration) -> Vec<Row> {
        let now = Row::default().quiet(&format!("{:>6}  ", time(at)));
        let Some((last, before)) = self.versions.split_last() else {
            return vec![now.say("getting ready")];
        };
        let before = before.iter().map(|version| (Row::default().say("        "), version));
        let sums = before.chain([(now, last)]).map(|(row, version)| {
            let running = self.running.iter().filter(|case| case.argo == version.argo);
            let running: Vec<&Case> = running.collect();
            let begun = running.iter().map(|case| (case.id.as_str(), case.began));
            let left = version.work.left(begun, at);
            version.sum(row, running.len(), left)
        });
        sums.collect()
    }
}

impl Version {
    fn sum(&self, row: Row, running: usize, left: Option<Duration>) -> Row {
        let Self { argo, number, of, .. } = self;
        let row = match of {
            1 => row.strong(&format!("Argo {argo}")),
            _ => row.strong(&format!("Argo {argo} ({number} of {of})")),
        };
        if self.cases == 0 {
            return row.say("  being put up");
        }
        let decided = self.counts.ran() + self.counts.not_applicable;
        let mut row = row.say(&format!("  {decided} of {}", self.cases));
        let counts = self.counts.parts();
        for (index, (tone, words)) in counts.into_iter().enumerate() {
            row = row.say(if index == 0 { ": " } else { ", " }).tone(tone, &words);
        }
        let waiting = self.cases.saturating_sub(decided + running);
        let rest = [(running, "running"), (waiting, "waiting"), (self.taken_down, "ending")];
        let rest = rest.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}"));
        let left = left.map(|left| format!("{} left", about(left)));
        let rest = rest.chain(left).collect::<Vec<_>>().join(", ");
        if rest.is_empty() { row } else { row.say("; ").say(&rest) }
    }
}

impl Stage {
    fn row(&self, now: Duration) -> Row {
        let row = elapsed(Row::default().say("  "), self.began, now).say(&self.name);
        let row = row.say(&self.left);
        let detail =
            if self.detail.is_empty() { String::new() } else { format!(": {}", self.detail) };
        row.quiet(&detail).quiet(&self.next)
    }
}

impl Case {
    fn is(&self, argo: &str, id: &str) -> bool {
        self.argo == argo && self.id == id
    }

    /// The row of the case: `argo` columns for the version, none if 0, and `id` columns for the id.
    fn row(&self, argo: usize, id: usize, now: Duration) -> Row {
        let mut row = elapsed(Row::default().say("  "), self.began, now);
        if argo > 0 {
            row = row.quiet(&format!("{:argo$}  ", self.argo));
        }
        let row = row.id(&self.id, id).say("  ");
        let row = match &self.at {
            At::Beginning => row.quiet("its namespace is made"),
            At::Step { name, words, patience: None, .. } => row.say(&format!("{name}: {words}")),
            At::Step { name, words, began, patience: Some(patience) } => {
                let waited = now.saturating_sub(*began).as_secs();
                let of = patience.as_secs();
                row.say(&format!("{name} {waited}/{of}s: ")).strong(words)
            }
            At::Watching(claims) => row.say("not decided: ").strong(&claims.join(", ")),
        };
        if self.saw.is_empty() { row } else { row.quiet(&format!("; now {}", self.saw)) }
    }
}

fn elapsed(row: Row, began: Duration, now: Duration) -> Row {
    row.quiet(&format!("{:>6}  ", time(now.saturating_sub(began))))
}
