//! The followers of the proxy, and their faults.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::history::{Operation, Request};
use model::step::{Misbehaviour, StoreFault};
use tokio::sync::mpsc::UnboundedSender;

use crate::wire::Message;

/// The followers. All clones share one list.
#[derive(Clone, Default)]
pub(crate) struct Hub {
    followers: Arc<Mutex<Vec<Follower>>>,
}

struct Follower {
    id: u64,
    prefix: String,
    faults: Vec<Armed>,
    tell: UnboundedSender<Message>,
}

/// A fault, and the number of requests that met the fault.
struct Armed {
    step: String,
    fault: StoreFault,
    met: usize,
}

/// The fault that a request meets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Met {
    pub(crate) step: String,
    pub(crate) misbehaviour: Misbehaviour,
}

impl Hub {
    /// Adds a follower. A follower with an empty prefix has no keys of its own.
    pub(crate) fn follow(&self, id: u64, prefix: String, tell: UnboundedSender<Message>) {
        // Every key begins with an empty prefix. No key begins with `\0`.
        let prefix = if prefix.is_empty() { "\0".to_owned() } else { prefix };
        self.followers().push(Follower { id, prefix, faults: Vec::new(), tell });
    }

    /// Removes a follower and its faults.
    pub(crate) fn forget(&self, id: u64) {
        self.followers().retain(|follower| follower.id != id);
    }

    /// Adds a fault of a follower. An unknown follower is ignored.
    pub(crate) fn arm(&self, id: u64, step: String, fault: StoreFault) {
        let mut followers = self.followers();
        if let Some(follower) = followers.iter_mut().find(|follower| follower.id == id) {
            follower.faults.push(Armed { step, fault, met: 0 });
        }
    }

    /// The first fault that is meant for a request for this key. The call counts the request as
    /// met.
    pub(crate) fn meet(&self, operation: Operation, key: &str) -> Option<Met> {
        let mut followers = self.followers();
        let of_key = followers.iter_mut().filter_map(|follower| {
            let below = key.strip_prefix(&follower.prefix)?;
            Some((below, &mut follower.faults))
        });
        for (below, faults) in of_key {
            let meant = faults.iter_mut().find(|armed| {
                armed.fault.first.is_none_or(|first| armed.met < first)
                    && armed.fault.is_meant_for(operation, below)
            });
            if let Some(armed) = meant {
                armed.met += 1;
                return Some(Met {
                    step: armed.step.clone(),
                    misbehaviour: armed.fault.misbehaviour,
                });
            }
        }
        None
    }

    /// Reports a request to each follower whose prefix its key begins with. All followers get a
    /// request that begins with no prefix.
    pub(crate) fn tell(&self, request: &Request, took: u64) {
        let followers = self.followers();
        let is_of = |follower: &&Follower| request.key.starts_with(&follower.prefix);
        let somebodys = followers.iter().any(|follower| is_of(&follower));
        for follower in followers.iter().filter(|follower| !somebodys || is_of(follower)) {
            // A follower that has gone needs no report.
            let _gone = follower.tell.send(Message::Ended { request: request.clone(), took });
        }
    }

    /// Tells every follower that the object store gave no whole answer.
    pub(crate) fn trouble(&self, why: &str) {
        for follower in self.followers().iter() {
            let _gone = follower.tell.send(Message::Trouble { why: why.to_owned() });
        }
    }

    fn followers(&self) -> MutexGuard<'_, Vec<Follower>> {
        self.followers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
