//! What the harness and the proxy say to each other: JSON, a line each.

use model::history::Request;
use model::step::StoreFault;
use serde::{Deserialize, Serialize};

/// What the harness says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Order {
    /// First of all: tell me of requests for keys that begin so.
    Follow {
        /// The case's prefix.
        prefix: String,
    },
    /// From here on, misbehave towards those requests.
    Fault {
        /// Name of the step.
        step: String,
        /// How.
        fault: StoreFault,
    },
}

/// What the proxy says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Word {
    /// From here on every request is told.
    Following,
    /// From here on every request that the fault is meant for meets it.
    Faulty {
        /// Name of the step.
        step: String,
    },
    /// A request has ended; its `asked` is 0.
    Ended {
        /// Which.
        request: Request,
        /// Milliseconds that it took.
        took: u64,
    },
    /// The store could not be reached.
    Trouble {
        /// Why.
        why: String,
    },
}

/// A line of it.
pub(crate) fn line(value: &impl Serialize) -> Vec<u8> {
    // Enums of text and numbers: there is nothing to fail.
    let mut line = serde_json::to_vec(value).unwrap_or_default();
    line.push(b'\n');
    line
}
