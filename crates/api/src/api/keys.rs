//! `GET /api/v1/jwks.json`: the public keys of security event tokens (RFC 7517).

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use super::Problem;
use crate::App;

/// Needs no token: receivers of security event tokens have none, and the keys are public.
pub(crate) async fn keys(State(app): State<App>) -> Result<Response, Problem> {
    let keys = app.service().security_event_keys()?;
    Ok(([(CONTENT_TYPE, "application/jwk-set+json")], keys.to_string()).into_response())
}
