//! Reads what is said of requests to the store, and of how it misbehaves.

use super::fact::{bound, key};
use super::fields::{Fields, Reader};
use crate::fact::RequestsFact;
use crate::step::{Misbehaviour, StoreFault};
use crate::vocabulary::{ENDINGS, ERRORS, NOTHING, OPERATIONS, REQUESTS, STORE_FAULT};
use crate::yaml::Node;

/// The key unless one is given.
const ANY: &str = "*";

pub(super) fn fault(node: &Node, r: &mut Reader) -> Option<StoreFault> {
    let mut f = Fields::of(&STORE_FAULT, node, r)?;
    let on = f.required("on", r).and_then(|n| r.one_of(n, "operation", &OPERATIONS));
    let key = f.optional("key").map_or_else(|| Some(ANY.to_owned()), |n| key(n, r));
    let first = f.optional("first").map(|n| r.count(n, 1));
    let Some((word, value)) = f.one(r) else {
        f.nothing_found(r);
        return None;
    };
    f.finish(r);
    let what = match word {
        "answer" => r.one_of(value, "error of the store", &ERRORS).map(Misbehaviour::Answer),
        "delay" => r.duration(value).map(Misbehaviour::Delay),
        "truncate" => r.number(value, 0, u32::MAX.into()).map(Misbehaviour::Truncate),
        _ => Fields::of(&NOTHING, value, r)?.finish(r).then_some(Misbehaviour::Reset),
    };
    let first = first.map_or(Some(None), |n| n.map(Some))?;
    Some(StoreFault { on: on?, key: key?, first, what: what? })
}

pub(super) fn requests(node: &Node, r: &mut Reader) -> Option<RequestsFact> {
    let mut f = Fields::of(&REQUESTS, node, r)?;
    let on = f.required("on", r).and_then(|n| r.one_of(n, "operation", &OPERATIONS));
    let key = f.optional("key").map_or_else(|| Some(ANY.to_owned()), |n| key(n, r));
    let ended = f.optional("ended").map(|n| r.one_of(n, "end of a request", &ENDINGS));
    let count = bound(f, r)?;
    let done = ended.map_or(Some(None), |e| e.map(Some))?;
    Some(RequestsFact { on: on?, key: key?, done, count })
}
