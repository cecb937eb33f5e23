//! The words of requests to the store, for facts and faults.

use super::word::{Choice, Value, Word, choices};
use crate::history::Operation;

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

pub(crate) const ENDINGS: [(&str, bool, &str); 2] = [
    ("done", true, "The store did it, and its answer went back whole."),
    ("failed", false, "It did not, or the connection broke."),
];
pub(crate) static ENDING_WORDS: [Choice; 2] = choices(&ENDINGS);

pub(crate) const ON: Word =
    Word::new("on", Value::Choice(&OPERATION_WORDS), "DeleteObject", "What is asked for.")
        .required();

pub(crate) const KEY: Word = Word::new(
    "key",
    Value::Key,
    "'*/result.tgz'",
    "The key below the case's prefix, in which `*` stands for anything at either end; any unless \
     given.",
);

/// The key unless one is given.
pub(crate) const ANY_KEY: &str = "*";
