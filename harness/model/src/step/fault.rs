//! Faults of the object store towards the pods of a case.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::fact::key_matches;
use crate::history::Operation;

/// A fault of the object store from a step on, for some requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreFault {
    /// The operation of the requests.
    pub on: Operation,
    /// The key of the requests, below the case's prefix; `*` at either end stands for anything.
    pub key: String,
    /// The first so many such requests; all of them unless given.
    pub first: Option<usize>,
    /// The fault of these requests.
    pub misbehaviour: Misbehaviour,
}

/// The fault of a request. The list is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Misbehaviour {
    /// It does not reach the store, and is answered with this error.
    Answer(S3Error),
    /// It is held back for so long.
    Delay(Duration),
    /// The connection ends after so many bytes of the answer's body.
    Truncate(u64),
    /// It does not reach the store, and its connection is reset.
    Reset,
}

/// Errors that a store answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum S3Error {
    /// 403
    AccessDenied,
    /// 500
    InternalError,
    /// 503
    SlowDown,
    /// 503 without a body. A proxy before the store answers so, not S3.
    Unavailable,
}

impl StoreFault {
    /// Whether the fault is meant for a request of this operation and key. The key is without the
    /// case's prefix. The limit `first` does not count here.
    pub fn is_meant_for(&self, operation: Operation, key: &str) -> bool {
        self.on == operation && key_matches(&self.key, key)
    }
}

impl S3Error {
    /// Its code in S3, if it has one.
    pub fn code(self) -> Option<&'static str> {
        match self {
            Self::AccessDenied => Some("AccessDenied"),
            Self::InternalError => Some("InternalError"),
            Self::SlowDown => Some("SlowDown"),
            Self::Unavailable => None,
        }
    }

    /// Its status in HTTP.
    pub fn status(self) -> u16 {
        match self {
            Self::AccessDenied => 403,
            Self::InternalError => 500,
            Self::SlowDown | Self::Unavailable => 503,
        }
    }
}

impl fmt::Display for StoreFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("let the store ")?;
        match self.misbehaviour {
            Misbehaviour::Answer(error) => {
                write!(f, "answer {}", error.status())?;
                error.code().map_or(Ok(()), |code| write!(f, " {code}"))?;
            }
            Misbehaviour::Delay(length) => write!(f, "wait {}s", length.as_secs_f64())?,
            Misbehaviour::Truncate(bytes) => write!(f, "cut its answer off after {bytes} bytes")?,
            Misbehaviour::Reset => f.write_str("reset the connection")?,
        }
        match self.first {
            Some(n) => write!(f, " to the first {n} {} of {}", self.on.name(), self.key),
            None => write!(f, " to each {} of {}", self.on.name(), self.key),
        }
    }
}
