//! Requests to the store, as far as facts read them.

use super::World;
use crate::fact::{RequestsFact, key_matches};
use crate::history::{Operation, Request};
use crate::truth::Truth;

/// A request and when it had ended.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) ended: u64,
    pub(super) request: Request,
}

impl World {
    /// Whether anything was asked of the store for the case.
    pub(super) fn has_requests(&self) -> bool {
        self.requests().next().is_some()
    }

    pub(super) fn count_requests(&self, fact: &RequestsFact) -> Truth {
        let meant = self.requests().filter(|(key, Made { request, .. })| {
            request.operation == fact.on
                && key_matches(&fact.key, key)
                && fact.done.is_none_or(|done| request.is_done() == done)
        });
        self.when_recorded(|| fact.count.admits(meant.count()))
    }

    /// The number of requests elsewhere; `None` if requests are not recorded.
    pub(super) fn count_astray(&self) -> Option<usize> {
        self.requests_recorded.then(|| self.astray().count())
    }

    /// Whether an object was read that had been deleted and not been written since.
    pub(super) fn was_read_after_deletion(&self, meant: &str) -> Truth {
        let reads = self.requests().enumerate().filter(|(_, (key, made))| {
            made.request.operation == Operation::GetObject && key_matches(meant, key)
        });
        let mut late = reads.filter(|(index, (key, read))| {
            let before = self.requests().take(*index).filter(|(other, made)| {
                other == key && made.ended <= read.request.asked_at && made.request.is_done()
            });
            let changes = before.map(|(_, made)| made.request.operation);
            let last = changes.filter(|what| what.deletes() || what.writes()).last();
            last.is_some_and(Operation::deletes)
        });
        self.when_recorded(|| late.next().is_some())
    }

    pub(super) fn describe_requests(&self, on: Option<Operation>) -> String {
        if !self.requests_recorded {
            return "requests to the store were not recorded".to_owned();
        }
        let asked = self.requests().filter(|(_, m)| on.is_none_or(|on| m.request.operation == on));
        let words = in_a_row(asked.map(|(key, made)| words(&made.request, key)));
        match (words.is_empty(), on) {
            (false, _) => words.join(", "),
            (true, Some(on)) => format!("no {} was asked for", on.name()),
            (true, None) => "nothing was asked of the store".to_owned(),
        }
    }

    pub(super) fn describe_astray(&self) -> String {
        let words = in_a_row(self.astray().map(|request| words(request, &request.key)));
        if words.is_empty() {
            "no request of the case's pods went elsewhere".to_owned()
        } else {
            words.join(", ")
        }
    }

    /// The requests for keys below the case's prefix, each with its key below it.
    fn requests(&self) -> impl Iterator<Item = (&str, &Made)> {
        self.requests.iter().filter_map(|made| Some((self.below(&made.request)?, made)))
    }

    /// Those that pods of the case made for other keys.
    fn astray(&self) -> impl Iterator<Item = &Request> {
        let requests = self.requests.iter().map(|made| &made.request);
        requests.filter(|request| {
            let ours = || self.pods.values().any(|pod| pod.is_at(&request.from));
            self.below(request).is_none() && ours()
        })
    }

    /// The key below the case's prefix, if it is below it.
    fn below<'r>(&self, request: &'r Request) -> Option<&'r str> {
        request.key.strip_prefix(&self.namespace)?.strip_prefix('/')
    }

    fn when_recorded(&self, test: impl FnOnce() -> bool) -> Truth {
        if self.requests_recorded { Truth::of(test()) } else { Truth::Unknown }
    }
}

fn words(request: &Request, key: &str) -> String {
    format!("{} {key}: {}", request.operation.name(), request.ending())
}

/// The words, with those that repeat in a row joined: `GetObject a: 200 (3 times)`.
fn in_a_row(all: impl Iterator<Item = String>) -> Vec<String> {
    let mut counted: Vec<(String, usize)> = Vec::new();
    for words in all {
        match counted.last_mut() {
            Some((last, times)) if *last == words => *times += 1,
            _ => counted.push((words, 1)),
        }
    }
    let said = |(words, times)| if times == 1 { words } else { format!("{words} ({times} times)") };
    counted.into_iter().map(said).collect()
}
