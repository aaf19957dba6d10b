//! How much one address may ask before anybody is known: the pages of the sign-in, and the endpoints of the OpenID Provider.

use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::refusal;
use crate::App;
use crate::edge::{ClientAddress, origin};

/// What programs ask, and no browsers.
const PROGRAMS: [&str; 3] = ["/oidc/token", "/oidc/userinfo", "/oidc/jwks"];

/// Lets a request through, or answers 429 with the time to wait: a page, or what a program reads (RFC 6749 §5.2).
pub(crate) async fn by_address(State(app): State<App>, request: Request, next: Next) -> Response {
    let address = request.extensions().get::<ClientAddress>().map(ClientAddress::network);
    let Some(Err(exhausted)) = address.map(|address| app.address_limiter().take(&address)) else {
        return next.run(request).await;
    };
    let seconds = exhausted.retry_after.get();
    let told = format!("Too many requests come from your network. Wait {seconds} s, then try again.");
    let mut response = if PROGRAMS.contains(&request.uri().path().trim_end_matches('/')) {
        let body = serde_json::json!({"error": "temporarily_unavailable", "error_description": told});
        let json = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        (StatusCode::TOO_MANY_REQUESTS, json, body.to_string()).into_response()
    } else {
        let (parts, _) = request.into_parts();
        refusal::too_many(&told, &origin(&parts))
    };
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}
