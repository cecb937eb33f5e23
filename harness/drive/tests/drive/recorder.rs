//! The recorder: the content of the file, and the moment of each write.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use drive::recorder::{Observer, Recorder};
use model::history::{Action, Event, EventKind, Header, History, Part, StepOutcome};
use model::{Fact, StepKind, Truth, World};
use rstest::rstest;

use crate::bench::{Bench, Tape, header, phase, plan, read, wait};

fn begun(step: &str) -> EventKind {
    EventKind::StepBegun { step: step.to_owned(), action: Action::Stop }
}

fn probed(trouble: &str) -> EventKind {
    EventKind::Probed { part: Part::Api, error: Some(trouble.to_owned()) }
}

/// Reads the file at each event. Keeps the number of events in the file at that moment.
struct Reader {
    path: PathBuf,
    seen: Arc<Mutex<Vec<(u64, usize)>>>,
}

impl Observer for Reader {
    fn event(&mut self, event: &Event, world: &World) {
        let text = std::fs::read_to_string(&self.path).expect("a file");
        assert!(text.ends_with('\n'), "whole lines only");
        let history = History::parse(&text).expect("a history at every moment");
        assert_eq!(history.events.last(), Some(event), "the event is in the file already");
        if let EventKind::StepEnded { step, outcome } = &event.kind {
            assert_eq!(world.step_outcome(step), Some(outcome), "the world knows of it");
        }
        self.seen.lock().expect("a list").push((event.n, history.events.len()));
    }

    fn settled(&self) -> bool {
        self.seen.lock().expect("a list").len() >= 3
    }
}

fn create(path: &Path) -> Recorder {
    let (events, tape) = Tape::new();
    drop(events);
    Recorder::create(path, &header("ns"), Box::new(tape)).expect("a recorder")
}

#[test]
fn the_header_is_there_before_anything_happens() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("history.jsonl");
    let _recorder = create(&path);
    let text = std::fs::read_to_string(&path).expect("a file");
    assert_eq!(text.lines().count(), 1);
    assert_eq!(serde_json::from_str::<Header>(&text).expect("a header"), header("ns"));
}

#[test]
fn an_event_is_in_the_file_before_anybody_sees_it() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("history.jsonl");
    let seen = Arc::new(Mutex::new(Vec::new()));
    let reader = Reader { path: path.clone(), seen: seen.clone() };
    let recorder = Recorder::create(&path, &header("ns"), Box::new(reader)).expect("a recorder");
    for n in 1..=4 {
        let outcome = StepOutcome::Done(format!("attempt {n}"));
        let ended = EventKind::StepEnded { step: "submit".to_owned(), outcome };
        assert_eq!(recorder.record(ended).expect("written"), n);
        let progress = recorder.changes().borrow().clone();
        assert_eq!((progress.n, progress.settled), (n, n >= 3), "told after the observer was");
    }
    assert_eq!(*seen.lock().expect("a list"), [(1, 1), (2, 2), (3, 3), (4, 4)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_of_many_tasks_are_numbered_as_they_are_in_the_file() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("history.jsonl");
    let recorder = create(&path);
    let writers = (0..8).map(|writer| {
        let recorder = recorder.clone();
        tokio::task::spawn_blocking(move || {
            let words = "x".repeat(writer * 4_000);
            let write = |_| recorder.record(probed(&words)).expect("written");
            (0..50).map(write).collect::<Vec<u64>>()
        })
    });
    let mut given: Vec<u64> = Vec::new();
    for writer in writers.collect::<Vec<_>>() {
        given.extend(writer.await.expect("written"));
    }
    recorder.sync().expect("on the disk");
    given.sort_unstable();
    assert_eq!(given, (1..=400).collect::<Vec<_>>(), "each number is given once");
    let text = std::fs::read_to_string(&path).expect("a file");
    let history = History::parse(&text).expect("rising by one, a line each");
    assert_eq!(history.events.len(), 400);
    assert!(history.events.is_sorted_by_key(|event| event.at), "time does not run backwards");
}

#[test]
fn a_history_is_never_written_over() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("history.jsonl");
    create(&path).record(begun("submit")).expect("written");
    let before = std::fs::read(&path).expect("a file");
    let (_events, tape) = Tape::new();
    let again = Recorder::create(&path, &header("ns"), Box::new(tape));
    let error = again.err().expect("there is one already").to_string();
    assert!(
        error.starts_with("failed to write the history ") && error.contains("exists"),
        "{error}"
    );
    assert_eq!(std::fs::read(&path).expect("a file"), before);
}

/// An event is recorded a time after the last beat of the harness. The history then shows trouble
/// of a harness that stood still too long.
#[rstest]
#[case::in_time(3_000, None)]
#[case::too_late(3_001, Some("the harness stood still for 3s"))]
#[case::much_too_late(75_400, Some("the harness stood still for 75s"))]
#[tokio::test(start_paused = true)]
async fn a_harness_that_stood_still_says_so_before_anything_else(
    #[case] milliseconds: u64,
    #[case] trouble: Option<&str>,
) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("history.jsonl");
    let recorder = create(&path);
    let beat = |trouble: Option<&str>| {
        let trouble = trouble.map(str::to_owned);
        EventKind::Probed { part: Part::Harness, error: trouble }
    };
    // No beat is due before the first one.
    tokio::time::advance(Duration::from_mins(1)).await;
    recorder.record(beat(None)).expect("written");
    tokio::time::advance(Duration::from_millis(milliseconds)).await;
    recorder.record(begun("submit")).expect("written");
    recorder.record(begun("await")).expect("written");
    recorder.record(beat(None)).expect("written");
    let whats: Vec<EventKind> = read(&path).events.into_iter().map(|event| event.kind).collect();
    let stood = trouble.map(|trouble| beat(Some(trouble)));
    let expected =
        [Some(beat(None)), stood, Some(begun("submit")), Some(begun("await")), Some(beat(None))];
    assert_eq!(whats, expected.into_iter().flatten().collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn who_waits_is_woken_by_the_event_and_not_before() {
    let directory = tempfile::tempdir().expect("a directory");
    let recorder = create(&directory.path().join("history.jsonl"));
    let waiter = recorder.clone();
    let waiting = tokio::spawn(async move {
        waiter.until(|world| world.step_outcome("submit").is_some()).await.expect("it goes on");
        waiter.changes().borrow().n
    });
    recorder.record(begun("submit")).expect("written");
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished());
    let outcome = StepOutcome::Done(String::new());
    recorder.record(EventKind::StepEnded { step: "submit".to_owned(), outcome }).expect("written");
    assert_eq!(waiting.await.expect("woken"), 2);
    assert_eq!(recorder.holds(&phase("Running")), Truth::Unknown, "nothing was seen");
    assert_eq!(recorder.holds(&Fact::All(Vec::new())), Truth::True);
}

#[tokio::test(start_paused = true)]
async fn a_run_is_whole_lines_at_every_moment() {
    let bench = Bench::new().await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let reader = Reader { path: bench.history(), seen: seen.clone() };
    let (events, _) = Tape::new();
    let acts = [wait(phase("Running"), 3), StepKind::Delete];
    let history = bench.run_before(plan(acts), Box::new(reader), events).ended().await;
    let seen = seen.lock().expect("a list").len();
    assert_eq!(seen, history.events.len(), "the observer saw all of it");
}
