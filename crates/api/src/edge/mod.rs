//! The edge: what happens to every request before routing decides anything, and to every answer before it leaves.
//!
//! One function, [`handle`], in the order things happen. It is also where a fault of a handler ends: a panic, or time that
//! has run out, is one answer in the surface's language and never the end of the process.

mod caller;
mod client_address;
mod guard;
mod head;
mod noted;
mod origin;
mod recording;
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

use crate::metrics::Metrics;
use crate::parse::media_type::{self, SCIM_JSON};
use crate::surface::Surface;
use crate::{Drain, HttpConfig};

pub(crate) use caller::Caller;
pub(crate) use client_address::ClientAddress;
pub(crate) use noted::Noted;
pub(crate) use origin::origin;
pub(crate) use recording::{AnswerBody, Told};
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
    /// Where SCIM requests are kept.
    pub(crate) requests: Option<enroll_service::RequestLog>,
    /// Where requests are counted.
    pub(crate) metrics: Metrics,
}

/// Puts the edge around every route and every fallback of `router`.
pub(crate) fn around(router: Router, edge: Edge) -> Router {
    router.layer(from_fn_with_state(Arc::new(edge), handle))
}

async fn handle(State(edge): State<Arc<Edge>>, mut request: Request, next: Next) -> Response {
    let surface = Surface::of(request.uri().path());
    let id = RequestId::of(request.headers()).unwrap_or_else(|| RequestId::new((edge.random)()));
    request.extensions_mut().insert(id.clone());
    if let Some(&peer) = request.extensions().get::<ClientAddress>() {
        let client = peer.behind(request.headers(), &edge.config.trusted_proxies);
        request.extensions_mut().insert(client);
    }
    let caller = Caller::default();
    request.extensions_mut().insert(caller.clone());
    let kept = edge.requests.as_ref().filter(|_| surface == Surface::Scim);
    let log = RequestLog::begin(&mut request, id.clone(), caller, (surface, edge.metrics.clone()), kept);
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
    log.finish(response.status(), response.extensions());
    response
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use axum::Router;
    use axum::body::{Body, to_bytes};
    use axum::extract::Request;
    use axum::routing::get;
    use serde_json::Value;
    use tower::ServiceExt as _;

    use enroll_service::Clock;
    use enroll_store::Options;
    use enroll_testkit::{open_service, service_options};

    use super::{Edge, around};
    use crate::metrics::Metrics;
    use crate::{Drain, HttpConfig};

    async fn panics() -> &'static str {
        panic!("private words")
    }

    async fn lingers() -> &'static str {
        tokio::time::sleep(Duration::from_secs(3600)).await;
        "late"
    }

    async fn answers() -> &'static str {
        "fine"
    }

    async fn router() -> Router {
        let folder = tempfile::tempdir().unwrap();
        let options = service_options("https://enroll.example.com", Clock::system());
        let service = open_service(Options::new(folder.path().join("enroll.db")), options).await;
        let routes = Router::new()
            .route("/scim/panics", get(panics))
            .route("/api/panics", get(panics))
            .route("/scim/lingers", get(lingers))
            .route("/scim/answers", get(answers));
        around(
            routes,
            Edge {
                config: Arc::new(HttpConfig::default()),
                drain: Drain::default(),
                random: || [7; 10],
                requests: None,
                metrics: Metrics::new(service),
            },
        )
    }

    async fn ask(router: &Router, path: &str) -> (u16, String, Value) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let content_type = response.headers()["content-type"].to_str().unwrap().to_owned();
        assert_eq!(response.headers()["x-request-id"], "07070707070707070707");
        let body = to_bytes(response.into_body(), 10_000).await.unwrap();
        (status, content_type, serde_json::from_slice(&body).unwrap_or_default())
    }

    #[tokio::test]
    async fn r30_a_panic_is_one_answer_with_the_request_id_and_the_next_request_is_good() {
        let router = router().await;
        for (path, content_type) in
            [("/scim/panics", "application/scim+json"), ("/api/panics", "application/problem+json")]
        {
            let (status, sent, body) = ask(&router, path).await;
            assert_eq!((status, sent.as_str()), (500, content_type));
            let detail = body["detail"].as_str().unwrap();
            assert!(detail.contains("07070707070707070707") && !detail.contains("private"), "{detail}");
            assert_eq!(ask(&router, "/scim/answers").await.0, 200);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn r19_a_request_over_its_time_is_503_in_the_language_of_its_surface() {
        let (status, content_type, body) = ask(&router().await, "/scim/lingers").await;
        assert_eq!((status, content_type.as_str()), (503, "application/scim+json"));
        assert_eq!(body["status"], "503");
    }
}
