//! The messages between the harness and the proxy: one JSON value a line.

use model::history::Request;
use model::step::StoreFault;
use serde::{Deserialize, Serialize};

/// A message of the harness.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Order {
    /// The first order: report the requests for keys that begin with the prefix.
    Follow {
        /// Prefix of the case's keys.
        prefix: String,
    },
    /// Apply the fault to the follower's requests from now on.
    Fault {
        /// Name of the step.
        step: String,
        /// The operation, the keys, the number of requests, and the misbehaviour.
        fault: StoreFault,
    },
}

/// A message of the proxy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Message {
    /// The proxy reports the follower's requests from now on.
    Following,
    /// The proxy applies the fault from now on.
    Faulty {
        /// Name of the step.
        step: String,
    },
    /// A request has ended. Field `asked` of the request is 0.
    Ended {
        /// The request, with its status and its numbers of bytes.
        request: Request,
        /// Duration of the request, in milliseconds.
        took: u64,
    },
    /// The object store gave no whole answer.
    Trouble {
        /// The cause, as text.
        why: String,
    },
}

/// A message as one line of JSON.
pub(crate) fn line(value: &impl Serialize) -> Vec<u8> {
    // The serialization of enums of text and numbers does not fail.
    let mut line = serde_json::to_vec(value).unwrap_or_default();
    line.push(b'\n');
    line
}
