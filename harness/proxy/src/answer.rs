//! The body of an answer. The proxy counts its bytes, and cuts the body off for a fault.

use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, SizeHint};

use crate::body::{BodyError, Source};
use crate::tally::Tally;

/// The body of an answer. The proxy reports the request before the end of the answer goes back.
pub(crate) struct Answer {
    source: Source,
    tally: Tally,
    length: Option<u64>,
    received: u64,
    /// Number of bytes after which the proxy cuts the answer off. None: no cut.
    limit: Option<u64>,
    /// True once the connection has the bytes before the cut.
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

    /// The part of the frame that goes back, up to the cut.
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
    /// Ends the connection after the server has written the bytes before the cut. The first call
    /// returns `Pending`, because the server writes its buffer while a body is pending.
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
