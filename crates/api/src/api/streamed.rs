//! Bodies that are still written while they are sent.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::HttpBody;
use bytes::Bytes;
use enroll_service::Error;
use hyper::body::Frame;
use tokio::sync::mpsc;

/// A body that somebody else is still writing. After an error the client sees a broken answer, not one that looks whole.
pub(super) struct Streamed {
    first: Option<Bytes>,
    receiver: mpsc::Receiver<Result<Bytes, Error>>,
}

impl Streamed {
    /// Waits for the first piece, so that what cannot be begun is an error and not half a file.
    ///
    /// # Errors
    /// The one that came in place of the first piece.
    pub(super) async fn begun(mut receiver: mpsc::Receiver<Result<Bytes, Error>>) -> Result<Self, Error> {
        let first = receiver.recv().await.transpose()?;
        Ok(Self { first, receiver })
    }
}

impl HttpBody for Streamed {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        self.receiver.poll_recv(context).map(|piece| {
            if let Some(Err(error)) = &piece {
                tracing::error!(%error, "an export broke off");
            }
            piece.map(|piece| piece.map(Frame::data))
        })
    }
}
