//! `GET /readiness`: what an administrator of the identity provider should look at (enrollment.md §7.1). No part of SCIM.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::{Authenticated, Refusal};
use crate::App;

/// 200 with the findings, also when there are some.
pub(crate) async fn readiness(
    State(app): State<App>,
    Authenticated(session): Authenticated,
) -> Result<Response, Refusal> {
    let report = app.service().scim_readiness(&session).await?;
    let text = serde_json::to_string(&report)
        .map_err(|error| enroll_service::Error::Internal(format!("a report cannot be written: {error}")))?;
    let json = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    Ok((StatusCode::OK, json, text).into_response())
}
