//! `GET /Users`, `GET /Groups` (RFC 7644 §3.4.2).

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::parameters::ListParameters;
use super::{Kind, Target, answer};
use crate::App;

/// 200 with a ListResponse, also when nothing matches.
pub(crate) async fn list<K: Kind>(
    State(app): State<App>,
    Target { session, kind, .. }: Target<K>,
    ListParameters(request): ListParameters,
) -> Response {
    let page = app.service().list(&session, &kind, &request).await;
    answer::of(page, |page| answer::scim_json(StatusCode::OK, &page))
}
