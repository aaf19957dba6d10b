//! `POST /Bulk` (RFC 7644 §3.7).

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::body::BulkBody;
use super::{Authenticated, answer};
use crate::App;

/// 200 with a BulkResponse, also when operations have failed: each result has a status of its own.
pub(crate) async fn bulk(
    State(app): State<App>,
    Authenticated(session): Authenticated,
    BulkBody(body): BulkBody,
) -> Response {
    let results = app.service().bulk(&session, body).await;
    answer::of(results, |results| answer::scim_json(StatusCode::OK, &results))
}
