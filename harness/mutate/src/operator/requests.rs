//! Faults of requests to the object store, and of their record.

use model::fact::RequestFact;
use model::fact::RequestsFact;
use model::history::{EndReason, Operation, Request};
use model::{Claim, EventKind, Fact, History};

use super::{Operator, awaits, demands, every_claim, forbids};
use crate::edit::{each, lingering};

/// Number of repetitions of a request without an end.
const WITHOUT_END: usize = 1_000;

pub(super) const OPERATORS: &[Operator] = &[
    Operator::fault(
        "requests-never-done",
        "the store does nothing of what it is asked for",
        |c| {
            awaits(c, |f| {
                matches!(f, Fact::Requests(RequestFact::Requests(r))
                    if !r.count.admits(0) && r.done != Some(false))
            })
        },
        |history| {
            let refused = each_request(history, |request| {
                let status = if request.is_done() { Some(500) } else { request.status };
                vec![Request { status, ..request.clone() }]
            });
            refused.map(|h| lingering(&h))
        },
    ),
    Operator::fault(
        "requests-never-fail",
        "the store does all that it is asked for",
        |c| {
            awaits(c, |f| {
                matches!(f, Fact::Requests(RequestFact::Requests(r))
                    if !r.count.admits(0) && r.done == Some(false))
            })
        },
        |history| {
            let done = each_request(history, |request| {
                let (status, broken) = (Some(200), false);
                vec![Request { status, broken, ..request.clone() }]
            });
            done.map(|h| lingering(&h))
        },
    ),
    Operator::fault(
        "requests-without-end",
        "each request to the object store comes again and again",
        is_limit,
        |history| each_request(history, |request| vec![request.clone(); WITHOUT_END]),
    ),
    Operator::fault(
        "read-after-deletion",
        "each object is read after it was deleted",
        |c| forbids(c, |f| matches!(f, Fact::Requests(RequestFact::ReadAfterDeletion(_)))),
        read_again,
    ),
    Operator::fault(
        "requests-astray",
        "each request is made for the key of another case too",
        |c| forbids(c, |f| matches!(f, Fact::Requests(RequestFact::Astray(_)))),
        |history| {
            each_request(history, |request| {
                let astray = Request { key: "elsewhere/x".to_owned(), ..request.clone() };
                vec![request.clone(), astray]
            })
        },
    ),
    Operator::blur(
        "fault-never-met",
        "no request met the fault of the store",
        every_claim,
        |history| each_request(history, |request| vec![Request { fault: None, ..request.clone() }]),
    ),
    Operator::blur(
        "proxy-lost",
        "the proxy that tells of requests is gone in the end",
        every_claim,
        |history| {
            let mut lost = history.clone();
            let ended = lost.events.iter_mut().find_map(|event| {
                let EventKind::Ended(reason) = &mut event.kind else { return None };
                Some(reason)
            });
            *ended? = EndReason::HarnessError("the proxy is gone".to_owned());
            Some(lost)
        },
    ),
];

/// Whether the claim has an upper limit of requests.
fn is_limit(claim: &Claim) -> bool {
    let many = |fact: &RequestsFact| fact.count.admits(WITHOUT_END);
    demands(claim, |f| matches!(f, Fact::Requests(RequestFact::Requests(r)) if !many(r)))
        || forbids(claim, |f| matches!(f, Fact::Requests(RequestFact::Requests(r)) if many(r)))
}

/// The history in which the same pod reads each object after its deletion.
fn read_again(history: &History) -> Option<History> {
    let edited = each(history, |event| {
        let mut whats = vec![event.kind.clone()];
        if let EventKind::Requested(request) = &event.kind
            && request.operation.deletes()
            && request.is_done()
        {
            let (operation, asked) = (Operation::GetObject, event.at);
            let read = Request { operation, asked_at: asked, status: Some(404), ..request.clone() };
            whats.push(EventKind::Requested(read));
        }
        whats
    });
    (edited != *history).then_some(edited)
}

/// The history with each request replaced; `None` without a change.
fn each_request(
    history: &History,
    mut change: impl FnMut(&Request) -> Vec<Request>,
) -> Option<History> {
    let edited = each(history, |event| {
        let EventKind::Requested(request) = &event.kind else { return vec![event.kind.clone()] };
        change(request).into_iter().map(EventKind::Requested).collect()
    });
    (edited != *history).then_some(edited)
}
