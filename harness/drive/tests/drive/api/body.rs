//! The body of an answer: whole, or line by line during a watch.

use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame};
use serde_json::Value;
use tokio::sync::mpsc::UnboundedReceiver;

/// A part of a watch's answer.
#[derive(Clone, Debug)]
pub(super) enum Chunk {
    Text(Bytes),
    Broken,
}

impl Chunk {
    pub(super) fn line(value: &Value) -> Self {
        Self::Text(Bytes::from(format!("{value}\n")))
    }

    pub(super) fn broken() -> Self {
        Self::Broken
    }
}

/// The body of an answer.
pub(super) enum Stream {
    Whole(Option<Bytes>),
    Watch(UnboundedReceiver<Chunk>),
}

impl Body for Stream {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match self.get_mut() {
            Self::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Watch(lines) => lines.poll_recv(context).map(|chunk| {
                chunk.map(|chunk| match chunk {
                    Chunk::Text(bytes) => Ok(Frame::data(bytes)),
                    Chunk::Broken => Err(std::io::Error::other("connection reset")),
                })
            }),
        }
    }
}
