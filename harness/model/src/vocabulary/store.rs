//! The words of requests to the store, and of how it misbehaves.

use super::fact::BOUNDS;
use super::{Choice, MOST, Map, Value, Word, choices};
use crate::history::Operation;
use crate::step::S3Error;

pub(crate) const OPERATIONS: [(&str, Operation, &str); 12] = [
    ("GetObject", Operation::GetObject, "An object is read."),
    ("HeadObject", Operation::HeadObject, "It is asked whether an object is there."),
    ("PutObject", Operation::PutObject, "An object is written in one piece."),
    ("CopyObject", Operation::CopyObject, "An object is written from another one."),
    ("DeleteObject", Operation::DeleteObject, "An object is deleted."),
    ("DeleteObjects", Operation::DeleteObjects, "Several objects are deleted at once."),
    ("ListObjectsV2", Operation::ListObjectsV2, "Objects are listed; the key is the prefix."),
    ("ListObjects", Operation::ListObjects, "The same, by the older version of the operation."),
    ("CreateMultipartUpload", Operation::CreateMultipartUpload, "A write in parts begins."),
    ("UploadPart", Operation::UploadPart, "A part is written."),
    ("CompleteMultipartUpload", Operation::CompleteMultipartUpload, "A write in parts ends."),
    ("AbortMultipartUpload", Operation::AbortMultipartUpload, "A write in parts is given up."),
];
static OPERATION_WORDS: [Choice; 12] = choices(&OPERATIONS);

pub(crate) const ERRORS: [(&str, S3Error, &str); 4] = [
    ("AccessDenied", S3Error::AccessDenied, "With status 403."),
    ("InternalError", S3Error::InternalError, "With status 500."),
    ("SlowDown", S3Error::SlowDown, "With status 503."),
    ("Unavailable", S3Error::Unavailable, "Status 503 alone, without an error of S3."),
];
static ERROR_WORDS: [Choice; 4] = choices(&ERRORS);

pub(crate) const ENDINGS: [(&str, bool, &str); 2] = [
    ("done", true, "The store did it, and its answer went back whole."),
    ("failed", false, "It did not, or the connection broke."),
];
static ENDING_WORDS: [Choice; 2] = choices(&ENDINGS);

const ON: Word =
    Word::new("on", Value::Choice(&OPERATION_WORDS), "DeleteObject", "What is asked for.")
        .required();

const KEY: Word = Word::new(
    "key",
    Value::Key,
    "'*/result.tgz'",
    "The key below the case's prefix, in which `*` stands for anything at either end; any unless \
     given.",
);

pub(crate) static STORE_FAULT: Map = Map {
    what: "a fault of the store",
    one_of: &[
        Word::new(
            "answer",
            Value::Choice(&ERROR_WORDS),
            "SlowDown",
            "The request does not reach the store, and is answered with this error.",
        ),
        Word::new("delay", Value::Duration, "3s", "The request is held back for so long."),
        Word::new(
            "truncate",
            Value::Number(0, u32::MAX as u64),
            "100",
            "The connection ends after so many bytes of the answer's body.",
        ),
        Word::new(
            "reset",
            Value::Map(&super::NOTHING),
            "{}",
            "The request does not reach the store, and its connection is reset.",
        ),
    ],
    beside: &[
        ON,
        KEY,
        Word::new(
            "first",
            Value::Number(1, MOST),
            "2",
            "The first so many such requests; all of them unless given.",
        ),
    ],
};

pub(crate) static REQUESTS: Map = Map {
    what: "a count of requests",
    one_of: &BOUNDS,
    beside: &[
        ON,
        KEY,
        Word::new(
            "ended",
            Value::Choice(&ENDING_WORDS),
            "done",
            "How they ended; either way unless given.",
        ),
    ],
};
