//! The discovery document (OpenID Connect Discovery 1.0 §3) and the public keys.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse as _, Response};
use enroll_domain::{ClientScope, SigningAlgorithm};
use serde_json::{Value, json};

use crate::App;
use crate::api::Problem;

/// For so long clients may keep the documents: half of the time that a new key is published before it signs.
const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// What this provider can do and where.
pub(crate) async fn configuration(State(app): State<App>) -> Response {
    let base = app.service().public_url().as_str();
    let at = |path: &str| format!("{base}/oidc/{path}");
    let scopes: Vec<&str> = ClientScope::ALL.iter().map(|scope| scope.as_str()).collect();
    let algorithms: Vec<&str> = SigningAlgorithm::ALL.iter().map(|algorithm| algorithm.as_str()).collect();
    let document: Value = json!({
        "issuer": base,
        "authorization_endpoint": at("authorize"),
        "token_endpoint": at("token"),
        "userinfo_endpoint": at("userinfo"),
        "jwks_uri": at("jwks"),
        "end_session_endpoint": at("logout"),
        "scopes_supported": scopes,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": algorithms,
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": ["none", "login", "select_account"],
        "claims_supported": [
            "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "sid", "preferred_username", "name", "given_name",
            "family_name", "locale", "zoneinfo", "updated_at", "email", "email_verified", "organizations", "groups",
        ],
        "authorization_response_iss_parameter_supported": true,
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "claims_parameter_supported": false,
    });
    ([(CACHE_CONTROL, KEPT)], Json(document)).into_response()
}

/// The keys that check ID tokens and logout tokens.
pub(crate) async fn keys(State(app): State<App>) -> Result<Response, Problem> {
    Ok(([(CACHE_CONTROL, KEPT)], Json(app.service().key_set().await?)).into_response())
}
