//! `POST /Bulk` (RFC 7644 §3.7).

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use enroll_service::Bulked;

use super::body::BulkBody;
use super::{Authenticated, answer};
use crate::App;
use crate::edge::Told;

/// 200 with a BulkResponse, also when operations have failed: each result has a status of its own.
pub(crate) async fn bulk(
    State(app): State<App>,
    Authenticated(session): Authenticated,
    told: Option<Extension<Told>>,
    BulkBody(body): BulkBody,
) -> Response {
    let outcome = app.service().bulk(&session, body).await;
    answer::of(outcome, |Bulked { response, failed }| {
        if let (Some(Extension(told)), Some(failed)) = (told, failed) {
            told.failed(failed);
        }
        answer::scim_json(StatusCode::OK, &response)
    })
}
