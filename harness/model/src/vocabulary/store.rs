//! The words of requests to the store, for facts and faults.

use super::word::{Choice, Value, Word, choices};
use crate::history::Operation;

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

pub(crate) const ENDINGS: [(&str, bool, &str); 2] = [
    ("done", true, "The object store executed the request, and the client got the whole answer."),
    ("failed", false, "The object store did not execute the request, or the connection broke."),
];
pub(crate) static ENDING_WORDS: [Choice; 2] = choices(&ENDINGS);

pub(crate) const ON: Word =
    Word::new("on", Value::Choice(&OPERATION_WORDS), "DeleteObject", "Operation of the request.")
        .required();

pub(crate) const KEY: Word = Word::new(
    "key",
    Value::Key,
    "'*/result.tgz'",
    "Key of the request below the case's prefix. `*` stands for any text at either end. Default: \
     any key.",
);

/// The key unless one is given.
pub(crate) const ANY_KEY: &str = "*";
