//! Requests to the store, as the proxy before it saw them.

use serde::{Deserialize, Serialize};

/// A request to the store that has come to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The address that it came from: that of a pod, as the pod's status says it.
    pub from: String,
    /// The operation of the request.
    pub operation: Operation,
    /// The bucket.
    pub bucket: String,
    /// The key, or of a listing its prefix; whole, with the case's prefix.
    pub key: String,
    /// Milliseconds since the start at which the request came.
    pub asked_at: u64,
    /// Status of the answer; `None` if the connection broke before there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Bytes of its body that reached the store.
    pub sent: u64,
    /// Bytes of the answer's body that went back.
    pub received: u64,
    /// The connection broke before all of the answer was through.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub broken: bool,
    /// Name of the step whose fault it met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

impl Request {
    /// Whether the operation was done, and the answer went back whole. A status from 200 to 399
    /// says done.
    pub fn is_done(&self) -> bool {
        !self.broken && self.status.is_some_and(|status| (200..400).contains(&status))
    }

    /// The end of the request, in words.
    pub fn ending(&self) -> String {
        let how = match (self.status, self.broken) {
            (None, _) => "no answer".to_owned(),
            (Some(status), false) => status.to_string(),
            (Some(status), true) => format!("{status}, cut off after {} bytes", self.received),
        };
        let fault = self.fault.as_ref().map(|step| format!(" by {step}"));
        how + &fault.unwrap_or_default()
    }
}

/// An operation of a store, by its name in S3. The list is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "S3's documentation says what each does")]
pub enum Operation {
    GetObject,
    HeadObject,
    PutObject,
    CopyObject,
    DeleteObject,
    DeleteObjects,
    ListObjectsV2,
    ListObjects,
    CreateMultipartUpload,
    UploadPart,
    CompleteMultipartUpload,
    AbortMultipartUpload,
    /// An operation on a bucket, or an operation that has no word here.
    Other,
}

impl Operation {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::GetObject => "GetObject",
            Self::HeadObject => "HeadObject",
            Self::PutObject => "PutObject",
            Self::CopyObject => "CopyObject",
            Self::DeleteObject => "DeleteObject",
            Self::DeleteObjects => "DeleteObjects",
            Self::ListObjectsV2 => "ListObjectsV2",
            Self::ListObjects => "ListObjects",
            Self::CreateMultipartUpload => "CreateMultipartUpload",
            Self::UploadPart => "UploadPart",
            Self::CompleteMultipartUpload => "CompleteMultipartUpload",
            Self::AbortMultipartUpload => "AbortMultipartUpload",
            Self::Other => "Other",
        }
    }

    /// Whether it takes objects away, when it is done.
    pub fn deletes(self) -> bool {
        matches!(self, Self::DeleteObject | Self::DeleteObjects)
    }

    /// Whether it writes an object, when it is done.
    pub fn writes(self) -> bool {
        matches!(self, Self::PutObject | Self::CopyObject | Self::CompleteMultipartUpload)
    }
}
