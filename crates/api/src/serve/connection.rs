//! One connection, HTTP/1.1 or HTTP/2, from its first byte to its last.

use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::{MissedTickBehavior, interval};
use tower::ServiceExt as _;

use super::activity::Activity;
use super::watched::Watched;
use crate::edge::ClientAddress;
use crate::{Drain, HttpConfig};

/// How much of a head hyper may hold: room for the longest target and headers that the edge lets through, so that it is the
/// edge that refuses, in SCIM, and only what is far too large gets hyper's bare 431.
fn head_buffer(config: &HttpConfig) -> usize {
    (2 * (config.target_bytes + config.header_bytes)).max(8192)
}

/// Serves one connection until either side closes it, or the client has used up its time.
pub(super) async fn serve(
    stream: TcpStream,
    router: Router,
    config: &HttpConfig,
    drain: &Drain,
    places: &Semaphore,
) {
    // Small answers must not wait for an acknowledgement; without the option they are only slower.
    let _ = stream.set_nodelay(true);
    let address = stream.peer_addr().ok().map(ClientAddress::from);
    let activity = Activity::begin();
    let service = service_fn(|mut request: Request<Incoming>| {
        let (running, router) = (activity.request(), router.clone());
        if let Some(address) = address {
            request.extensions_mut().insert(address);
        }
        async move {
            let response = router.oneshot(request.map(Body::new)).await;
            drop(running);
            response
        }
    });
    let builder = builder(config);
    let io = TokioIo::new(Watched::new(stream, activity.clone()));
    let mut connection = pin!(builder.serve_connection(io, service));
    let mut watchdog = interval(watch_every(config));
    watchdog.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut closing = pin!(drain.closing());
    let mut asked_to_close = false;
    loop {
        tokio::select! {
            // What fails here is the client's connection: there is nobody left to tell.
            _ = &mut connection => return,
            () = &mut closing, if !asked_to_close => {
                asked_to_close = true;
                connection.as_mut().graceful_shutdown();
            }
            _ = watchdog.tick() => {
                let crowded = places.available_permits() == 0;
                if activity.is_over(config, crowded) {
                    if asked_to_close {
                        tracing::debug!("connection closed: its client was idle or too slow");
                        return;
                    }
                    // An orderly end first (HTTP/2 has a word for it), a sudden one at the next tick.
                    asked_to_close = true;
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
    }
}

/// HTTP/1.1 and HTTP/2 without a handshake of their own, bounded.
fn builder(config: &HttpConfig) -> Builder<TokioExecutor> {
    let header_list = u32::try_from(config.header_bytes + config.target_bytes).unwrap_or(u32::MAX);
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        // The watchdog keeps this time, also before the first byte and between requests.
        .header_read_timeout(None)
        .max_buf_size(head_buffer(config));
    builder.http2().timer(TokioTimer::new()).max_concurrent_streams(100).max_header_list_size(header_list);
    builder
}

/// Often enough that no limit is missed by more than a quarter.
fn watch_every(config: &HttpConfig) -> Duration {
    let shortest = config.head_time.min(config.idle_time).min(config.write_time);
    (shortest / 4).clamp(Duration::from_millis(10), Duration::from_secs(1))
}
