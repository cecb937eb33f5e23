//! Bodies on their way through: counted, and cut off where a fault says so.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};

use http_body_util::Full;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};

use crate::exchange::Tally;

/// Why a body ends before its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyError {
    #[error("{0}")]
    Passed(#[from] hyper::Error),
    #[error("cut off")]
    Cut,
}

/// Where a body comes from.
pub(crate) enum Source {
    Whole(Full<Bytes>),
    Stream(Incoming),
}

impl Source {
    pub(crate) fn whole(bytes: impl Into<Bytes>) -> Self {
        Self::Whole(Full::new(bytes.into()))
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match self {
            Self::Whole(body) => Pin::new(body).poll_frame(cx).map_err(|never| match never {}),
            Self::Stream(body) => Pin::new(body).poll_frame(cx).map_err(BodyError::from),
        }
    }

    fn is_over(&self) -> bool {
        match self {
            Self::Whole(body) => body.is_end_stream(),
            Self::Stream(body) => body.is_end_stream(),
        }
    }

    fn length(&self) -> SizeHint {
        match self {
            Self::Whole(body) => body.size_hint(),
            Self::Stream(body) => body.size_hint(),
        }
    }
}

/// The body of a request.
pub(crate) struct Upload {
    source: Source,
    count: Arc<Upstream>,
}

/// What became of the body of a request.
#[derive(Default)]
pub(crate) struct Upstream {
    bytes: AtomicU64,
    broken: AtomicBool,
}

impl Upstream {
    /// Bytes that went to the store.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Whether the client went away in the middle of it.
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

/// The body of an answer. The request is told before the last of it goes back.
pub(crate) struct Answer {
    source: Source,
    tally: Tally,
    length: Option<u64>,
    received: u64,
    /// It is cut off after so many bytes.
    limit: Option<u64>,
    /// What is before the cut has been handed over.
    at_limit: bool,
}

impl Answer {
    pub(crate) fn new(source: Source, mut tally: Tally, limit: Option<u64>) -> Self {
        let length = source.length().exact();
        if source.is_over() {
            tally.end(0, false);
        }
        Self { source, tally, length, received: 0, limit, at_limit: false }
    }

    /// What of the frame goes back.
    fn pass(&mut self, data: &Bytes) -> Bytes {
        let left = self.limit.map(|limit| limit.saturating_sub(self.received));
        let left = left.and_then(|left| usize::try_from(left).ok()).unwrap_or(usize::MAX);
        self.at_limit = data.len() > left;
        let passed = data.slice(..data.len().min(left));
        self.received += passed.len() as u64;
        if self.at_limit {
            self.tally.end(self.received, true);
        } else if self.length.is_some_and(|length| self.received >= length) {
            self.tally.end(self.received, false);
        }
        passed
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if self.at_limit {
            return self.cut(cx);
        }
        match self.source.poll(cx) {
            Poll::Ready(Some(Ok(frame))) => Poll::Ready(Some(Ok(match frame.into_data() {
                Ok(data) => Frame::data(self.pass(&data)),
                Err(trailers) => trailers,
            }))),
            Poll::Ready(None) => {
                let received = self.received;
                self.tally.end(received, false);
                Poll::Ready(None)
            }
            Poll::Ready(Some(Err(error))) => {
                self.tally.trouble(&error);
                Poll::Ready(Some(Err(error)))
            }
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        !self.at_limit && self.source.is_over()
    }

    fn size_hint(&self) -> SizeHint {
        self.source.length()
    }
}

impl Answer {
    /// Ends the connection, but first lets what is before the cut be written: that is done
    /// whenever a body has nothing to give for the moment.
    fn cut(&mut self, cx: &Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if self.limit.take().is_some() {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(BodyError::Cut)))
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.tally.end(self.received, true);
    }
}
