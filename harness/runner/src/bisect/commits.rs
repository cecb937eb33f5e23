//! `bisect` by commits of a git repository.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use model::hints::chain;
use model::verdict::Verdict;
use provision::git::{Git, Repository};
use provision::program::BuildError;

use super::range::Range;
use super::range::short;
use super::record::{CommitState, Outcome, Question, Record, TRIES, Try};
use super::search::Search;
use super::table;
use super::{BisectConfig, no_end, one_case, run_config};
use crate::console::Console;
use crate::context::RunContext;
use crate::installation::spec;
use crate::run;
use rundir::error::{Error, Problem};
use rundir::manifest;

/// A search by commits that goes on.
struct CommitSearch {
    context: Arc<RunContext>,
    range: Range,
    record: Record,
    place: String,
    cache: Option<std::path::PathBuf>,
}

/// Tries the case on commits between the two.
pub(super) async fn bisect(
    config: BisectConfig,
    place: &str,
    console: Arc<dyn Console>,
) -> anyhow::Result<u8> {
    let (range, place) = look(&config, place)?;
    let cases = one_case(&config)?;
    let settings = config.profile.name();
    let question = Question::new(&cases[0], &range, settings);
    let known = match &config.out {
        Some(directory) => Record::read(directory, &question)?,
        None => None,
    };
    let context = match (&known, &config.out) {
        (Some(_), Some(directory)) => {
            RunContext::within(run_config(&config), cases, directory, console)?
        }
        _ => RunContext::open(run_config(&config), cases, console)?,
    };
    // A new directory is locked already.
    let _lock = known.as_ref().map(|_| manifest::lock(&context.session().directory)).transpose()?;
    let record = known.unwrap_or_else(|| Record::new(question));
    let cache = config.programs.cache;
    let mut search = CommitSearch { context, range, record, place, cache };
    search.record.write(search.directory())?;
    search.go().await
}

/// The commits between the ends, and the absolute place of the repository.
fn look(config: &BisectConfig, place: &str) -> anyhow::Result<(Range, String)> {
    let guard = spec::guard()?;
    let opened = Git::find(&guard, &std::env::vars_os().collect()).and_then(|git| {
        let repository = Repository::open(&git, place, "", config.programs.cache.as_deref())?;
        Ok((git, repository))
    });
    let (git, repository) = opened.map_err(|error| {
        let hint = error.hint();
        let problem = Problem::of(&error.into()).with_hint_of(hint).of_flag("--repository");
        Error::one(report::exit::USAGE, problem)
    })?;
    let range = Range::of(&git, &repository, &config.good, &config.bad)?;
    Ok((range, repository.place().to_owned()))
}

impl CommitSearch {
    fn directory(&self) -> &Path {
        &self.context.session().directory
    }

    /// Tries both ends, then commits in the middle.
    async fn go(&mut self) -> anyhow::Result<u8> {
        let count = self.range.tried.len();
        let (good, bad) = if self.range.is_fixed() { (count - 1, 0) } else { (0, count - 1) };
        for (at, wanted, word) in
            [(good, CommitState::Passes, "pass"), (bad, CommitState::Fails, "fail")]
        {
            self.say(&format!("the end that must {word}: {count} commits in the range"), at);
            let state = self.settle(at).await?;
            if self.is_stopped(state) {
                return Ok(self.stopped());
            }
            if state != wanted {
                return Ok(self.no_end(at, word));
            }
        }
        let mut search = Search::new(count);
        while let Some(at) = search.next() {
            let left = search.left();
            let steps = usize::BITS - left.leading_zeros();
            let each = self.record.mean_seconds().map(|s| format!(", {s} s each"));
            let each = each.unwrap_or_default();
            self.say(&format!("{left} commits left, about {steps} steps{each}"), at);
            match self.settle(at).await? {
                CommitState::Passes => search.tell(at, self.range.is_fixed()),
                CommitState::Fails => search.tell(at, !self.range.is_fixed()),
                CommitState::Nothing => search.skip(at),
                CommitState::TryAgain => return Ok(self.stopped()),
            }
        }
        let found = search.found();
        self.context.session().console.result(&table::words(&self.range, &self.record, &found));
        self.context
            .session()
            .console
            .note(&format!("histories and logs: {}", self.directory().display()));
        Ok(if found.between.is_empty() { report::exit::PASS } else { report::exit::UNKNOWN })
    }

    /// Says how far the search is, and which commit comes.
    fn say(&self, what: &str, at: usize) {
        let link = self.range.link(at);
        self.context.session().console.note(&format!(
            "{what}; next {} {}",
            short(&link.commit),
            link.subject
        ));
    }

    /// Tries a commit until its verdict is known, or often enough.
    async fn settle(&mut self, at: usize) -> anyhow::Result<CommitState> {
        let commit = self.range.link(at).commit.clone();
        loop {
            let state = self.record.state(&commit);
            if state != CommitState::TryAgain {
                return Ok(state);
            }
            let tried = self.one(&commit).await?;
            if self.context.session().stop.is_cancelled() {
                return Ok(CommitState::TryAgain);
            }
            let (outcome, reason) = (tried.outcome, tried.reason.clone());
            self.record.tries.push(tried);
            self.record.write(self.directory())?;
            let count = self.record.of(&commit).count();
            let (commit, words) = (short(&commit), outcome.words());
            match outcome {
                Outcome::Pass | Outcome::Fail => {}
                Outcome::Unknown => {
                    self.context.session().console.note(&format!(
                        "{commit} is unknown, attempt {count} of {TRIES}: {reason}"
                    ));
                }
                Outcome::NotApplicable | Outcome::NotBuilt => {
                    self.context
                        .session()
                        .console
                        .note(&format!("{commit} is skipped, {words}: {reason}"));
                }
            }
        }
    }

    /// One try of a commit, in a directory of its own.
    async fn one(&self, commit: &str) -> anyhow::Result<Try> {
        let began = Instant::now();
        let text = format!("git:{}@{commit}", self.place);
        let mut spec = spec::of_text(&text, self.cache.as_deref())?;
        spec.profile = self.context.profile();
        let under = self.directory().join(format!("try-{}", self.record.tries.len() + 1));
        if under.exists() {
            // A try that broke off.
            std::fs::remove_dir_all(&under)?;
        }
        let ran = run::on(&self.context, spec, &under).await;
        let elapsed_ms = model::milliseconds(began.elapsed());
        let blank = |outcome, reason| Try {
            commit: commit.to_owned(),
            outcome,
            reason,
            failed: Vec::new(),
            history: None,
            elapsed_ms,
        };
        let found = match ran {
            Ok(found) => found,
            Err(error) if does_not_build(&error) => {
                return Ok(blank(Outcome::NotBuilt, chain(error.as_ref())));
            }
            // A stop is no outcome.
            Err(error) if self.context.session().stop.is_cancelled() => {
                return Ok(blank(Outcome::Unknown, chain(error.as_ref())));
            }
            Err(error) => return Err(error),
        };
        let Some(judged) = found.judged.into_iter().next() else {
            let reason =
                found.untested.into_iter().map(|untested| untested.reason.raw().to_owned()).next();
            return Ok(blank(Outcome::Unknown, reason.unwrap_or_default()));
        };
        let outcome = outcome(judged.verdict.verdict);
        let failed = judged.verdict.failed_claims().iter().map(ToString::to_string).collect();
        let inside = |path: &String| {
            let path = Path::new(path);
            path.strip_prefix(self.directory()).unwrap_or(path).display().to_string()
        };
        let history = judged.history.as_ref().map(inside);
        Ok(Try { failed, history, ..blank(outcome, judged.verdict.reason.raw().to_owned()) })
    }

    fn is_stopped(&self, state: CommitState) -> bool {
        state == CommitState::TryAgain && self.context.session().stop.is_cancelled()
    }

    /// Says how to go on.
    fn stopped(&self) -> u8 {
        let directory = self.directory().display();
        self.context
            .session()
            .console
            .note(&format!("stopped; run the same command with --out {directory} to resume"));
        report::exit::UNKNOWN
    }

    fn no_end(&self, at: usize, wanted: &str) -> u8 {
        let commit = &self.range.link(at).commit;
        let last = self.record.of(commit).last();
        let (found, reason) = last.map_or((Verdict::Unknown, ""), |last| {
            let verdict = match last.outcome {
                Outcome::Pass => Verdict::Pass,
                Outcome::Fail => Verdict::Fail,
                Outcome::NotApplicable => Verdict::NotApplicable,
                Outcome::Unknown | Outcome::NotBuilt => Verdict::Unknown,
            };
            (verdict, last.reason.as_str())
        });
        no_end(&*self.context.session().console, commit, wanted, found, reason)
    }
}

/// The outcome that a verdict is.
fn outcome(verdict: Verdict) -> Outcome {
    match verdict {
        Verdict::Pass | Verdict::Fixed => Outcome::Pass,
        Verdict::Fail | Verdict::KnownIssue => Outcome::Fail,
        Verdict::Unknown => Outcome::Unknown,
        Verdict::NotApplicable => Outcome::NotApplicable,
    }
}

/// Words of a build that this machine ended, and not the source.
const OF_THIS_MACHINE: [&str; 3] =
    ["no space left on device", "signal: killed", "cannot allocate memory"];

/// Whether an error is about the source, and not about this machine.
fn does_not_build(error: &anyhow::Error) -> bool {
    let Some(error) = error.downcast_ref::<BuildError>() else { return false };
    match error {
        BuildError::Failed { output, .. } => {
            !OF_THIS_MACHINE.iter().any(|words| output.contains(words))
        }
        BuildError::Refused(_) | BuildError::GoTooOld { .. } => true,
        BuildError::Go(_)
        | BuildError::NoCCompiler { .. }
        | BuildError::DiskFull { .. }
        | BuildError::NoExec { .. }
        | BuildError::Unreachable { .. }
        | BuildError::Run { .. }
        | BuildError::Tree(_)
        | BuildError::Git(_)
        | BuildError::Cache(_)
        | BuildError::Cancelled => false,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::the_source("cmd/argo/main.go:2:15: undefined: undefined", true)]
    #[case::the_disk("write $WORK/b001/_pkg_.a: no space left on device", false)]
    #[case::the_memory("link: signal: killed", false)]
    fn a_build_may_fail_for_the_source_or_the_machine(#[case] output: &str, #[case] source: bool) {
        let (stage, command) = ("build argo".to_owned(), "go build".to_owned());
        let error = BuildError::Failed { stage, command, output: output.to_owned() };
        assert_eq!(does_not_build(&error.into()), source);
    }

    #[test]
    fn an_unreachable_proxy_says_nothing_of_a_commit() {
        let (proxy, reason) = ("https://proxy.example".to_owned(), "dial tcp".to_owned());
        assert!(!does_not_build(&BuildError::Unreachable { proxy, reason }.into()));
    }
}
