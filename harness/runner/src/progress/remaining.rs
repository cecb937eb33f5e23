//! Remaining time of downloads and builds, from the notices of their stages.
//!
//! Nothing here reads a clock: `now` is the time since the begin of the invocation.

mod planned;

use std::time::Duration;

use provision::cache::CacheError;
use provision::cache::stage_times::StageTimes;
use provision::progress::{Notice, Work, WorkKind};

use report::about;

use planned::{Planned, State, of_any, of_each, pace};

/// Downloads and builds of an invocation, and how far each is.
pub(super) struct Remaining {
    /// Number of downloads at once.
    downloads: f64,
    /// Times of earlier runs of this machine.
    times: StageTimes,
    /// Factor from usual times to times of this machine.
    factor: f64,
    planned: Vec<Planned>,
}

/// Words about a stage, with the separators before them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Outlook {
    /// Place and remaining time: ` (2 of 8), about 14 min left in all`.
    pub(super) left: String,
    /// Next program: `, next: runc 1.3.3`.
    pub(super) next: String,
}

impl Remaining {
    /// No stage yet. Usual times are for two cores, and this machine has `cores`.
    pub(super) fn new(cores: usize, downloads: usize, times: StageTimes) -> Self {
        let number = |number: usize| f64::from(u32::try_from(number.max(1)).unwrap_or(u32::MAX));
        let (downloads, factor) = (number(downloads), 2.0 / number(cores));
        Self { downloads, times, factor, planned: Vec::new() }
    }

    /// Takes a notice.
    pub(super) fn notice(&mut self, notice: &Notice, now: Duration) {
        match notice {
            Notice::Planned { works } => self.plan(works),
            Notice::Started { stage } => self.to(stage, |planned| planned.begin(now)),
            Notice::Advanced { stage, count, .. } => {
                self.to(stage, |planned| planned.advance(*count, now));
            }
            Notice::Failed { stage } => self.planned.retain(|planned| planned.work.stage != *stage),
            Notice::Finished { stage, elapsed } => self.to(stage, |planned| planned.end(*elapsed)),
        }
    }

    fn to(&mut self, stage: &str, change: impl FnOnce(&mut Planned)) {
        if let Some(planned) = self.planned.iter_mut().find(|one| one.work.stage == stage) {
            change(planned);
        }
    }

    fn plan(&mut self, works: &[Work]) {
        self.planned.retain(|one| works.iter().all(|work| work.kind != one.work.kind));
        for work in works {
            let factor = if work.kind == WorkKind::Build { self.factor } else { 1.0 };
            let usual = work.usual.map(|usual| usual.mul_f64(factor));
            let expected = self.times.of(&work.key).or(usual);
            self.planned.push(Planned::new(work.clone(), expected));
        }
    }

    /// Keeps the time of a planned stage for later runs.
    ///
    /// # Errors
    /// The file of the times cannot be written.
    pub(super) fn keep(&mut self, stage: &str, elapsed: Duration) -> Result<(), CacheError> {
        let planned = self.planned.iter().find(|planned| planned.work.stage == stage);
        planned.map_or(Ok(()), |planned| self.times.keep(&planned.work.key, elapsed))
    }

    /// Remaining time of all planned stages. `None`: no stage is left, or a stage has no basis for
    /// a time.
    pub(super) fn left(&self, now: Duration) -> Option<Duration> {
        if self.planned.iter().all(Planned::has_ended) {
            return None;
        }
        let (builds, downloads) = (self.left_of_builds(now)?, self.left_of_downloads(now)?);
        Some(Duration::from_secs_f64(builds.max(downloads)))
    }

    /// Seconds until the end of the last build. The fetch of the next source goes on during a
    /// build, and a build waits for its own source. Two builds at once share the machine.
    fn left_of_builds(&self, now: Duration) -> Option<f64> {
        let paces = [WorkKind::Fetch, WorkKind::Build].map(|kind| pace(self.of(kind), now, of_any));
        let (mut fetched, mut built) = (0.0, 0.0_f64);
        for one in &self.planned {
            match one.work.kind {
                WorkKind::Fetch => fetched += one.left(paces[0], now)?,
                WorkKind::Build if one.is_waiting() => {
                    built = built.max(fetched) + one.left(paces[1], now)?;
                }
                WorkKind::Build => built += one.left(paces[1], now)?,
                WorkKind::Download => {}
            }
        }
        Some(built)
    }

    /// Seconds until the end of the last download.
    fn left_of_downloads(&self, now: Duration) -> Option<f64> {
        let pace = pace(self.of(WorkKind::Download), now, of_each);
        let (mut longest, mut sum) = (0.0_f64, 0.0);
        for one in self.of(WorkKind::Download) {
            let left = one.left(pace, now)?;
            (longest, sum) = (longest.max(left), sum + left);
        }
        Some(longest.max(sum / self.downloads))
    }

    fn of(&self, kind: WorkKind) -> impl Iterator<Item = &Planned> {
        self.planned.iter().filter(move |one| one.work.kind == kind)
    }

    /// The programs of a plan in one line: `build 2 programs, about 40 s: etcd 3.6.7, runc 1.3.3`.
    /// `None`: the plan has fewer than two programs.
    pub(super) fn announcement(&self, works: &[Work], now: Duration) -> Option<String> {
        let kind = works.last()?.kind;
        let programs = works.iter().filter(|work| work.kind == kind);
        let programs: Vec<&str> = programs.map(|work| work.program.as_str()).collect();
        let (number, verb) = (programs.len(), kind.verb());
        let left = self.left(now).map(|left| format!(", {}", about(left))).unwrap_or_default();
        let line = format!("{verb} {number} programs{left}: {}", programs.join(", "));
        (number > 1).then_some(line)
    }

    /// Words about a stage. A build has its place and the next program. One stage at once has the
    /// remaining time: a build if one runs, else the first stage that runs.
    pub(super) fn outlook(&self, stage: &str, now: Duration) -> Outlook {
        let mut outlook = Outlook::default();
        let Some(at) = self.planned.iter().position(|one| one.work.stage == stage) else {
            return outlook;
        };
        let kind = self.planned[at].work.kind;
        let several = self.of(kind).count() > 1;
        if kind == WorkKind::Build && several {
            let number = self.planned[..=at].iter().filter(|one| one.work.kind == kind).count();
            outlook.left = format!(" ({number} of {})", self.of(kind).count());
            let mut later = self.planned[at + 1..].iter().filter(|one| one.work.kind == kind);
            if let Some(next) = later.find(|one| one.is_waiting()) {
                outlook.next = format!(", next: {}", next.work.program);
            }
        }
        let left = self.left(now).filter(|_| self.shown_with() == Some(at));
        if let Some(left) = left {
            let open = self.planned.iter().filter(|one| !one.has_ended()).count();
            let in_all = if open > 1 { " in all" } else { "" };
            outlook.left.extend([", ", &about(left), " left", in_all]);
        }
        outlook
    }

    /// Index of the stage that has the remaining time.
    fn shown_with(&self) -> Option<usize> {
        let runs = |one: &&Planned| matches!(one.state, State::Running { .. });
        let build = |one: &&Planned| one.work.kind == WorkKind::Build;
        let found = self.planned.iter().find(|one| runs(one) && build(one));
        let found = found.or_else(|| self.planned.iter().find(runs))?;
        self.planned.iter().position(|one| std::ptr::eq(one, found))
    }

    /// The stages that run, each with its words.
    pub(super) fn running(&self, now: Duration) -> Vec<(&str, Outlook)> {
        let runs = |one: &&Planned| matches!(one.state, State::Running { .. });
        let stages = self.planned.iter().filter(runs).map(|one| one.work.stage.as_str());
        stages.map(|stage| (stage, self.outlook(stage, now))).collect()
    }
}

#[cfg(test)]
mod tests;
