//! The chain of attempts: a line for each attempt of a case, written before it.
//!
//! Each line has the hash of the line before. No line can be removed or altered without the lines
//! after it. The first line of each session names its run. A statement carries the hash of the last
//! line. A chain whose whole directory is removed shows nothing. Only a challenge, or a log of
//! somebody else, shows that there was another run.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;
use jiff::Timestamp;
use model::plain_file;
use report::statement::Chain;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::history_file::LARGEST_TEXT;
use crate::layout::directory_of;
use crate::layout::{HISTORIES, SESSIONS};

/// Its file in a run directory.
pub const FILE: &str = "attempts.jsonl";

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    /// SHA-256 of the line before, without its end; `None` of the first.
    previous: Option<String>,
    at: Timestamp,
    entry: Entry,
}

/// The content of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Entry {
    /// A session of a run began.
    Session { run: String },
    /// An attempt is about to be made.
    Attempt(LoggedAttempt),
}

/// The attempt of a case on an Argo.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoggedAttempt {
    /// Id of the run that made it.
    pub run: String,
    /// Name of the installation.
    pub argo: String,
    /// Id of the case.
    pub case: String,
}

/// The log of the attempts of a session.
pub struct AttemptLog {
    run: String,
    to: Mutex<(File, Option<String>)>,
    /// Whether this session noted an attempt.
    has_attempts: AtomicBool,
}

impl AttemptLog {
    /// Goes on with the chain of a run directory, or begins one.
    ///
    /// # Errors
    /// If the chain was altered, or cannot be written.
    pub fn begin(directory: &Path, run: &str) -> anyhow::Result<Self> {
        let path = directory.join(FILE);
        let last = match Links::read(directory, Path::new(FILE)) {
            Ok(links) => links.root,
            Err(error) if error.downcast_ref().is_some_and(is_absent) => None,
            Err(error) => return Err(error),
        };
        let file = OpenOptions::new().create(true).append(true).open(&path);
        let file = file.with_context(|| format!("failed to open {}", path.display()))?;
        let notes = Self {
            run: run.to_owned(),
            to: Mutex::new((file, last)),
            has_attempts: AtomicBool::new(false),
        };
        notes.note(Entry::Session { run: run.to_owned() })?;
        Ok(notes)
    }

    /// Notes an attempt; it is on the disk when this returns.
    ///
    /// # Errors
    /// If it cannot be written: the attempt must not be made then.
    pub fn attempt(&self, argo: &str, case: &str) -> anyhow::Result<()> {
        self.has_attempts.store(true, Ordering::SeqCst);
        let (run, argo, case) = (self.run.clone(), argo.to_owned(), case.to_owned());
        self.note(Entry::Attempt(LoggedAttempt { run, argo, case }))
    }

    /// Whether this session noted an attempt.
    pub fn has_attempts(&self) -> bool {
        self.has_attempts.load(Ordering::SeqCst)
    }

    fn note(&self, entry: Entry) -> anyhow::Result<()> {
        let mut to = self.to.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (file, last) = &mut *to;
        let line = Line { previous: last.clone(), at: Timestamp::now(), entry };
        let line = serde_json::to_string(&line)?;
        let written =
            file.write_all(format!("{line}\n").as_bytes()).and_then(|()| file.sync_data());
        written.with_context(|| format!("failed to write {FILE}"))?;
        *last = Some(hex::encode(Sha256::digest(&line)));
        Ok(())
    }
}

/// Whether a log has sessions alone: the run ended before its first attempt. A run that was killed
/// may leave a last line without its end. The attempt of such a line was not made.
pub(crate) fn is_without_attempts(directory: &Path) -> bool {
    let Ok(text) = plain_file::text(&directory.join(FILE), LARGEST_TEXT) else { return false };
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let mut lines = whole.lines().map(serde_json::from_str::<Line>);
    lines.all(|line| line.is_ok_and(|line| matches!(line.entry, Entry::Session { .. })))
}

fn is_absent(error: &plain_file::PlainFileError) -> bool {
    error.is_absent()
}

/// A chain, read: each line has the hash of the one before.
struct Links {
    file: PathBuf,
    root: Option<String>,
    began: Vec<String>,
    attempts: Vec<LoggedAttempt>,
}

impl Links {
    fn read(directory: &Path, file: &Path) -> anyhow::Result<Self> {
        let text = plain_file::text_in(directory, file, LARGEST_TEXT)?;
        let mut links =
            Self { file: file.to_owned(), root: None, began: Vec::new(), attempts: Vec::new() };
        for (number, text) in (1..).zip(text.split_inclusive('\n')) {
            let altered = || format!("line {number} was altered, or a line before it was removed");
            let text =
                text.strip_suffix('\n').with_context(|| format!("line {number} is incomplete"))?;
            let line: Line = serde_json::from_str(text).with_context(altered)?;
            anyhow::ensure!(line.previous == links.root, altered());
            match line.entry {
                Entry::Session { run } => links.began.push(run),
                Entry::Attempt(of) => {
                    let began = links.began.contains(&of.run);
                    anyhow::ensure!(began, "run {} has no start in the chain", of.run);
                    links.attempts.push(of);
                }
            }
            links.root = Some(hex::encode(Sha256::digest(text)));
        }
        Ok(links)
    }
}

/// The chains of a run directory: its own, or those of the runs that were merged.
#[derive(Default)]
pub struct AttemptLogs {
    links: Vec<Links>,
    wrong: Vec<String>,
}

impl AttemptLogs {
    /// Reads them, and what is wrong with them.
    pub fn read(directory: &Path) -> Self {
        let mut attempts = Self::default();
        attempts.within(directory, Path::new(""));
        attempts
    }

    fn within(&mut self, directory: &Path, place: &Path) {
        let file = place.join(FILE);
        match Links::read(directory, &file) {
            Ok(links) => self.links.push(links),
            Err(error) if error.downcast_ref().is_some_and(is_absent) => {
                let sessions = std::fs::read_dir(directory.join(place).join(SESSIONS));
                let sessions = sessions.into_iter().flatten().filter_map(Result::ok);
                let mut sessions: Vec<_> = sessions.map(|session| session.file_name()).collect();
                sessions.sort();
                if sessions.is_empty() {
                    self.wrong.push(format!("{} is missing", file.display()));
                }
                for session in sessions {
                    self.within(directory, &place.join(SESSIONS).join(session));
                }
            }
            Err(error) => self.wrong.push(format!("{}: {error:#}", file.display())),
        }
    }

    /// Each chain, for a statement.
    pub fn chains(&self) -> Vec<Chain> {
        let chain = |links: &Links| Chain {
            file: links.file.display().to_string(),
            root: links.root.clone().unwrap_or_default(),
            attempts: links.attempts.len(),
        };
        self.links.iter().map(chain).collect()
    }

    /// Runs that began in them.
    pub fn began(&self) -> impl Iterator<Item = &str> {
        self.links.iter().flat_map(|links| &links.began).map(String::as_str)
    }

    /// The attempts of each case on each Argo, by Argo and case.
    pub fn of_cases(&self) -> BTreeMap<(&str, &str), Vec<&LoggedAttempt>> {
        let mut of: BTreeMap<_, Vec<&LoggedAttempt>> = BTreeMap::new();
        for one in self.links.iter().flat_map(|links| &links.attempts) {
            of.entry((one.argo.as_str(), one.case.as_str())).or_default().push(one);
        }
        of
    }

    /// Everything that is wrong with them, and every attempt that the run directory does not show.
    ///
    /// The directory of an attempt is made before its line is written, and its history after.
    pub fn unaccounted(&self, directory: &Path) -> Vec<String> {
        let mut wrong = self.wrong.clone();
        let mut there = kept(directory);
        for ((argo, case), attempts) in self.of_cases() {
            let AttemptCount { directories, histories } =
                there.remove(&(argo.to_owned(), directory_of(case))).unwrap_or_default();
            let noted = attempts.len();
            let times = |n: usize| if n == 1 { "once".to_owned() } else { format!("{n} times") };
            if directories < noted {
                let (noted, there) = (times(noted), directories);
                wrong.push(format!(
                    "{case} was tried on Argo {argo} {noted}, and {there} of the attempts are \
                     present"
                ));
            } else if histories > noted {
                wrong.push(format!(
                    "{case} has {histories} histories on Argo {argo}, and was tried {}",
                    times(noted)
                ));
            }
        }
        for ((argo, case), kept) in there {
            if kept.histories > 0 {
                wrong.push(format!("{argo}/{case} has a history, and {FILE} has no attempt of it"));
            }
        }
        wrong
    }
}

/// Histories that were set aside, from the run directory.
pub fn set_aside(directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for argo in names(directory).into_iter().filter(|name| name != SESSIONS) {
        let place = Path::new(&argo).join(HISTORIES[1]);
        for name in names(&directory.join(&place)) {
            let history = place.join(name).join("history.jsonl");
            let there = directory.join(&history).symlink_metadata().is_ok();
            found.extend(there.then(|| history.display().to_string()));
        }
    }
    found
}

/// Names of what is in a directory.
fn names(place: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(place).into_iter().flatten().filter_map(Result::ok);
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// How many attempts of a case on an Argo a run directory shows.
#[derive(Default)]
struct AttemptCount {
    directories: usize,
    /// Those of them that have a history.
    histories: usize,
}

/// The attempts that a run directory shows, by Argo and by the directory of the case.
fn kept(directory: &Path) -> BTreeMap<(String, String), AttemptCount> {
    let mut kept: BTreeMap<_, AttemptCount> = BTreeMap::new();
    for argo in names(directory).into_iter().filter(|name| name != SESSIONS) {
        for histories in HISTORIES {
            let place = directory.join(&argo).join(histories);
            for name in names(&place) {
                let case = name.split('~').next().unwrap_or(&name).to_owned();
                let history = place.join(&name).join("history.jsonl");
                let of = kept.entry((argo.clone(), case)).or_default();
                of.directories += 1;
                of.histories += usize::from(history.symlink_metadata().is_ok());
            }
        }
    }
    kept
}
