//! The body of a request. The proxy counts its bytes.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, SizeHint};

use crate::body::{BodyError, Source};

/// The body of a request, on its way to the object store.
pub(crate) struct Upload {
    source: Source,
    count: Arc<Upstream>,
}

/// The progress of the body of a request.
#[derive(Default)]
pub(crate) struct Upstream {
    bytes: AtomicU64,
    broken: AtomicBool,
}

impl Upstream {
    /// Number of bytes sent to the object store.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// True if the client broke off before the end of the body.
    pub(crate) fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Relaxed)
    }
}

impl Upload {
    pub(crate) fn new(source: Source, count: Arc<Upstream>) -> Self {
        Self { source, count }
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let polled = self.source.poll(cx);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                let length = frame.data_ref().map_or(0, |data| data.len() as u64);
                self.count.bytes.fetch_add(length, Ordering::Relaxed);
            }
            Poll::Ready(Some(Err(_))) => self.count.broken.store(true, Ordering::Relaxed),
            Poll::Ready(None) | Poll::Pending => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.source.is_over()
    }

    fn size_hint(&self) -> SizeHint {
        self.source.length()
    }
}
