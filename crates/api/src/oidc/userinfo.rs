//! `/oidc/userinfo`.

use axum::Json;
use axum::extract::State;
use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;

use super::refused;
use crate::App;
use crate::parse::bearer;

/// What the client of the access token is told of its user, as things are now.
pub(crate) async fn userinfo(State(app): State<App>, headers: HeaderMap) -> Response {
    let Ok(token) = bearer::token(&headers) else {
        let challenge = HeaderValue::from_static(r#"Bearer realm="userinfo""#);
        return (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, challenge)]).into_response();
    };
    match app.service().user_info(token).await {
        Ok(claims) => Json(Value::Object(claims)).into_response(),
        Err(refusal) => refused::of_user_info(&refusal),
    }
}
