//! The last line: a request that panics or takes too long is one bad answer, nothing more (R19, R30).

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;

use super::request_id::RequestId;
use crate::surface::Surface;

/// Runs a request to its answer, or to 500 when it panics, or to 503 when `limit` has passed.
pub(super) async fn run(
    request: impl Future<Output = Response>,
    surface: Surface,
    id: &RequestId,
    limit: Duration,
) -> Response {
    match tokio::time::timeout(limit, catch_panic(request)).await {
        Ok(Ok(response)) => response,
        Ok(Err(Panicked)) => {
            let detail = format!(
                "the server failed to carry out the request; its log has the details under the id {}",
                id.as_str()
            );
            surface.refuse(StatusCode::INTERNAL_SERVER_ERROR, detail)
        }
        Err(_elapsed) => {
            tracing::error!(seconds = limit.as_secs(), "request given up: it took too long");
            let detail = format!(
                "the request took longer than {} seconds and was given up; try again later, or ask for less",
                limit.as_secs()
            );
            surface.refuse(StatusCode::SERVICE_UNAVAILABLE, detail)
        }
    }
}

/// The future has panicked; what it said is in the log.
struct Panicked;

/// Polls `future` and takes a panic for its end. Unwind safety: after a panic the future is dropped and never polled again,
/// and what it shared with others is behind locks that the owners check.
async fn catch_panic<F: Future>(future: F) -> Result<F::Output, Panicked> {
    let mut future = pin!(future);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(poll) => poll.map(Ok),
        Err(payload) => {
            let text = payload
                .downcast_ref::<&str>()
                .copied()
                .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
            tracing::error!(panic = text.unwrap_or("no message"), "request panicked");
            Poll::Ready(Err(Panicked))
        }
    })
    .await
}
