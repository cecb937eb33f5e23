//! What goes on in a run, for the bottom of a terminal: told what happens, it says the rows.
//!
//! Times are durations since the start of the invocation.

mod row;

use std::time::Duration;

use model::verdict::Verdict;

use crate::counts::{Counts, time};
use crate::style::Style;
use row::Row;

/// The size of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Characters in a row.
    pub columns: usize,
    /// Rows.
    pub rows: usize,
}

/// What goes on.
#[derive(Clone, Debug, Default)]
pub struct Live {
    stages: Vec<Stage>,
    version: Option<Version>,
    cases: usize,
    /// Columns of the longest id of a case.
    longest: usize,
    /// In the order in which they began.
    running: Vec<Case>,
    taken_down: usize,
    counts: Counts,
}

#[derive(Clone, Debug)]
struct Stage {
    name: String,
    began: Duration,
    detail: String,
}

#[derive(Clone, Debug)]
struct Version {
    argo: String,
    number: usize,
    of: usize,
}

#[derive(Clone, Debug)]
struct Case {
    id: String,
    began: Duration,
    at: At,
    /// The state that it waits for, as last seen.
    saw: String,
}

#[derive(Clone, Debug)]
enum At {
    Beginning,
    Step { name: String, words: String, began: Duration, patience: Option<Duration> },
    Watching(Vec<String>),
}

impl Live {
    /// A stage began; one of the same name that goes on begins anew.
    pub fn stage_began(&mut self, name: &str, now: Duration) {
        self.stage_ended(name);
        let name = name.to_owned();
        self.stages.push(Stage { name, began: now, detail: String::new() });
    }

    /// How far a stage is.
    pub fn stage_advanced(&mut self, name: &str, detail: &str) {
        if let Some(stage) = self.stages.iter_mut().find(|stage| stage.name == name) {
            detail.clone_into(&mut stage.detail);
        }
    }

    /// A stage ended.
    pub fn stage_ended(&mut self, name: &str) {
        self.stages.retain(|stage| stage.name != name);
    }

    /// It is the turn of a version. What went on before is over, also what never said so.
    pub fn version(&mut self, argo: &str, number: usize, of: usize) {
        let version = Version { argo: argo.to_owned(), number, of };
        *self = Self { version: Some(version), ..Self::default() };
    }

    /// These cases are to run on the version.
    pub fn cases<'c>(&mut self, ids: impl IntoIterator<Item = &'c str>) {
        let widths: Vec<usize> = ids.into_iter().map(row::width).collect();
        self.cases = widths.len();
        self.longest = widths.into_iter().max().unwrap_or_default();
    }

    /// A case began.
    pub fn case_began(&mut self, id: &str, now: Duration) {
        let id = id.to_owned();
        self.running.push(Case { id, began: now, at: At::Beginning, saw: String::new() });
    }

    /// A case does a step: with a patience, it waits for what `words` say.
    pub fn step_began(
        &mut self,
        id: &str,
        name: &str,
        words: &str,
        patience: Option<Duration>,
        now: Duration,
    ) {
        let (name, words) = (name.to_owned(), words.to_owned());
        self.to(id, At::Step { name, words, began: now, patience });
    }

    /// A case has no more steps to do; these claims are not decided.
    pub fn watches(&mut self, id: &str, claims: Vec<String>) {
        self.to(id, At::Watching(claims));
    }

    /// The state that a case waits for, in words, as it was seen now.
    pub fn saw(&mut self, id: &str, words: String) {
        if let Some(case) = self.running.iter_mut().find(|case| case.id == id) {
            case.saw = words;
        }
    }

    /// There is a verdict on a case, which is taken down now.
    pub fn verdict(&mut self, id: &str, verdict: Verdict) {
        self.counts.add(verdict);
        self.running.retain(|case| case.id != id);
        self.taken_down += 1;
    }

    /// Nothing more is done for a case, with or without a verdict.
    pub fn case_ended(&mut self, id: &str) {
        let before = self.running.len();
        self.running.retain(|case| case.id != id);
        if self.running.len() == before {
            self.taken_down = self.taken_down.saturating_sub(1);
        }
    }

    fn to(&mut self, id: &str, at: At) {
        if let Some(case) = self.running.iter_mut().find(|case| case.id == id) {
            case.at = at;
            case.saw.clear();
        }
    }

    /// The rows, none wider than the terminal: an empty one, what goes on, the sum. A quarter of
    /// the terminal is left for what was printed above; what has no room is counted.
    pub fn rows(&self, size: Size, now: Duration, style: Style) -> Vec<String> {
        let stages = self.stages.iter().map(|stage| stage.row(now));
        let id = self.longest.min(size.columns * 2 / 5);
        let mut rows: Vec<Row> = stages.collect();
        rows.extend(self.running.iter().map(|case| case.row(id, now)));
        let room = (size.rows - size.rows / 4).saturating_sub(2);
        if rows.len() > room {
            let more = rows.len() - room.saturating_sub(1);
            rows.truncate(room.saturating_sub(1));
            if room > 0 {
                rows.push(Row::default().quiet(&format!("  … and {more} more")));
            }
        }
        rows.push(self.sum(now));
        if size.rows > 2 {
            rows.insert(0, Row::default());
        }
        rows.into_iter().map(|row| row.fit(size.columns, style)).collect()
    }

    fn sum(&self, now: Duration) -> Row {
        let row = Row::default().quiet(&format!("{:>6}  ", time(now)));
        let Some(Version { argo, number, of }) = &self.version else {
            return row.say("getting ready");
        };
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
        let waiting = self.cases.saturating_sub(decided + self.running.len());
        let rest =
            [(self.running.len(), "running"), (waiting, "waiting"), (self.taken_down, "ending")];
        let rest = rest.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}"));
        let rest = rest.collect::<Vec<_>>().join(", ");
        if rest.is_empty() { row } else { row.say("; ").say(&rest) }
    }
}

impl Stage {
    fn row(&self, now: Duration) -> Row {
        let row = elapsed(Row::default().say("  "), self.began, now).say(&self.name);
        if self.detail.is_empty() { row } else { row.quiet(&format!(": {}", self.detail)) }
    }
}

impl Case {
    fn row(&self, width: usize, now: Duration) -> Row {
        let row = elapsed(Row::default().say("  "), self.began, now);
        let row = row.id(&self.id, width).say("  ");
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
