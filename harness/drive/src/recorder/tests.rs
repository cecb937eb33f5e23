use std::os::fd::OwnedFd;

use model::history::{Header, Part, Versions};

use super::*;

struct Nobody;

impl Observer for Nobody {
    fn event(&mut self, _: &Event, _: &World) {}

    fn settled(&self) -> bool {
        false
    }
}

fn header() -> Header {
    let text = str::to_owned;
    Header {
        format: (model::history::MAJOR, model::history::MINOR),
        run: text("run-1"),
        case: text("area/case"),
        argo: Versions::all("1"),
        namespace: text("ns"),
        workflow: text("case"),
        started: text("2026-01-01T00:00:00Z"),
        steps: Vec::new(),
        controller: None,
        requests: false,
        challenge: None,
    }
}

/// A file that can be written until the other end is dropped.
fn leaky() -> (std::os::unix::net::UnixStream, File) {
    let (reader, writer) = std::os::unix::net::UnixStream::pair().expect("a pair");
    (reader, File::from(OwnedFd::from(writer)))
}

#[tokio::test]
async fn a_history_that_cannot_be_written_any_more_is_told_to_everybody() {
    let (reader, file) = leaky();
    let recorder = Recorder::begin(file, Path::new("there"), &header(), Box::new(Nobody));
    let recorder = recorder.expect("the header");
    let event = || EventKind::Probed { part: Part::Api, error: None };
    assert_eq!(recorder.record(event()).expect("written"), 1);
    let waiter = recorder.clone();
    let waiting = tokio::spawn(async move { waiter.until(|_| false).await });
    tokio::task::yield_now().await;
    drop(reader);
    let error = recorder.record(event()).expect_err("nobody takes it").to_string();
    assert!(error.starts_with("failed to write the history there: "), "{error}");
    assert_eq!(waiting.await.expect("woken").expect_err("broken").to_string(), error);
    assert_eq!(recorder.record(event()).expect_err("still").to_string(), error);
    assert_eq!(recorder.until(|_| true).await.expect_err("broken").to_string(), error);
    assert_eq!(recorder.changes().borrow().n, 1, "what was not written did not happen");
}

#[test]
fn a_history_without_a_header_is_none() {
    let (reader, file) = leaky();
    drop(reader);
    let begun = Recorder::begin(file, Path::new("there"), &header(), Box::new(Nobody));
    assert!(begun.is_err());
}
