//! The words of requests to the store, and of how it misbehaves.

use super::fact::BOUNDS;
use super::{Choice, MOST, Map, Value, Word, choices};
use crate::history::Operation;
use crate::step::S3Error;

pub(crate) const OPERATIONS: [(&str, Operation, &str); 12] = [
    ("GetObject", Operation::GetObject, "The request reads an object."),
    ("HeadObject", Operation::HeadObject, "The request reads the metadata of an object."),
    ("PutObject", Operation::PutObject, "The request writes an object in one piece."),
    ("CopyObject", Operation::CopyObject, "The request copies an object."),
    ("DeleteObject", Operation::DeleteObject, "The request deletes an object."),
    ("DeleteObjects", Operation::DeleteObjects, "The request deletes several objects."),
    (
        "ListObjectsV2",
        Operation::ListObjectsV2,
        "The request lists objects. Its key is the prefix.",
    ),
    (
        "ListObjects",
        Operation::ListObjects,
        "The request lists objects by the older operation. Its key is the prefix.",
    ),
    (
        "CreateMultipartUpload",
        Operation::CreateMultipartUpload,
        "The request begins a write in parts.",
    ),
    ("UploadPart", Operation::UploadPart, "The request writes a part."),
    (
        "CompleteMultipartUpload",
        Operation::CompleteMultipartUpload,
        "The request completes a write in parts.",
    ),
    (
        "AbortMultipartUpload",
        Operation::AbortMultipartUpload,
        "The request abandons a write in parts.",
    ),
];
static OPERATION_WORDS: [Choice; 12] = choices(&OPERATIONS);

pub(crate) const ERRORS: [(&str, S3Error, &str); 4] = [
    ("AccessDenied", S3Error::AccessDenied, "The status is 403."),
    ("InternalError", S3Error::InternalError, "The status is 500."),
    ("SlowDown", S3Error::SlowDown, "The status is 503."),
    ("Unavailable", S3Error::Unavailable, "The status is 503, without an S3 error."),
];
static ERROR_WORDS: [Choice; 4] = choices(&ERRORS);

pub(crate) const ENDINGS: [(&str, bool, &str); 2] = [
    ("done", true, "The object store executed the request, and the client got the whole answer."),
    ("failed", false, "The object store did not execute the request, or the connection broke."),
];
static ENDING_WORDS: [Choice; 2] = choices(&ENDINGS);

const ON: Word =
    Word::new("on", Value::Choice(&OPERATION_WORDS), "DeleteObject", "Operation of the request.")
        .required();

const KEY: Word = Word::new(
    "key",
    Value::Key,
    "'*/result.tgz'",
    "Key of the request below the case's prefix. `*` stands for any text at either end. Default: \
     any key.",
);

pub(crate) static STORE_FAULT: Map = Map {
    what: "a fault of the object store",
    one_of: &[
        Word::new(
            "answer",
            Value::Choice(&ERROR_WORDS),
            "SlowDown",
            "The proxy answers the request with this error. The request does not reach the \
             object store.",
        ),
        Word::new("delay", Value::Duration, "3s", "The proxy delays the request by this time."),
        Word::new(
            "truncate",
            Value::Number(0, u32::MAX as u64),
            "100",
            "The connection ends after this number of bytes of the answer's body.",
        ),
        Word::new(
            "reset",
            Value::Map(&super::NOTHING),
            "{}",
            "The proxy resets the connection. The request does not reach the object store.",
        ),
    ],
    beside: &[
        ON,
        KEY,
        Word::new(
            "first",
            Value::Number(1, MOST),
            "2",
            "Number of requests that meet the fault. Default: all.",
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
            "End of the requests. Default: either.",
        ),
    ],
};
