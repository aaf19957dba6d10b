//! Errors as clients read them (RFC 6749 §5.2, RFC 6750 §3).

use axum::Json;
use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use enroll_service::{OAuthError, Refusal};
use serde_json::json;

/// An error of the token endpoint. `in_header` says whether the client has tried to authenticate there.
pub(super) fn of_token(refusal: &Refusal, in_header: bool) -> Response {
    let mut headers = HeaderMap::new();
    let status = match refusal.error {
        OAuthError::InvalidClient => {
            if in_header {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(r#"Basic realm="clients""#));
            }
            StatusCode::UNAUTHORIZED
        }
        OAuthError::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
        OAuthError::TemporarilyUnavailable => {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
            StatusCode::SERVICE_UNAVAILABLE
        }
        _ => StatusCode::BAD_REQUEST,
    };
    let body = json!({"error": refusal.error.as_str(), "error_description": refusal.description});
    (status, headers, Json(body)).into_response()
}

/// An error of userinfo.
pub(super) fn of_user_info(refusal: &Refusal) -> Response {
    let mut response = of_token(refusal, false);
    if refusal.error == OAuthError::InvalidToken {
        *response.status_mut() = StatusCode::UNAUTHORIZED;
        let challenge = HeaderValue::from_static(r#"Bearer realm="userinfo", error="invalid_token""#);
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    response
}
