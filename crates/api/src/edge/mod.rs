//! The edge: what happens to every request before routing decides anything, and to every answer before it leaves.
//!
//! One function, [`handle`], in the order things happen. It is also where a fault of a handler ends: a panic, or time that
//! has run out, is one answer in the surface's language and never the end of the process.

mod caller;
mod client_address;
mod guard;
mod head;
mod request_id;
mod request_log;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, Version};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use tracing::Instrument as _;

use crate::parse::media_type::{self, SCIM_JSON};
use crate::surface::Surface;
use crate::{Drain, HttpConfig};

pub(crate) use caller::Caller;
pub(crate) use client_address::ClientAddress;
use request_id::RequestId;
use request_log::RequestLog;

/// What the edge needs to know.
pub(crate) struct Edge {
    /// Bounds.
    pub(crate) config: Arc<HttpConfig>,
    /// Whether the server is on its way out.
    pub(crate) drain: Drain,
    /// Random bytes for request ids.
    pub(crate) random: fn() -> [u8; 10],
}

/// Puts the edge around every route and every fallback of `router`.
pub(crate) fn around(router: Router, edge: Edge) -> Router {
    router.layer(from_fn_with_state(Arc::new(edge), handle))
}

async fn handle(State(edge): State<Arc<Edge>>, mut request: Request, next: Next) -> Response {
    let surface = Surface::of(request.uri().path());
    let id = RequestId::of(request.headers()).unwrap_or_else(|| RequestId::new((edge.random)()));
    let caller = Caller::default();
    request.extensions_mut().insert(caller.clone());
    let log = RequestLog::begin(&request, id.clone(), caller);
    let answer_type = media_type::answer_type(request.headers());
    let version = request.version();

    let mut response = match head::check(&request, &edge.config) {
        Err((status, detail)) => surface.refuse(status, detail),
        Ok(()) => {
            let span = tracing::info_span!("request", id = id.as_str());
            guard::run(next.run(request), surface, &id, edge.config.request_time).instrument(span).await
        }
    };

    let headers = response.headers_mut();
    if surface == Surface::Scim && headers.get(CONTENT_TYPE).is_some_and(|sent| sent == SCIM_JSON) {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(answer_type));
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers
        .entry(CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    id.put(headers);
    if edge.drain.has_begun() && version < Version::HTTP_2 {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    log.finish(response.status());
    response
}
