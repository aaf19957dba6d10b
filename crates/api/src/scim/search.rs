//! Queries in a body, and over all resource types (RFC 7644 §3.4.2.1, §3.4.3).

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::body::JsonBody;
use super::parameters::ListParameters;
use super::{Authenticated, Kind, Target, answer};
use crate::App;

/// `POST /Users/.search`, `POST /Groups/.search`: the answer of `GET` with the same parameters.
pub(crate) async fn search<K: Kind>(
    State(app): State<App>,
    Target { session, kind, .. }: Target<K>,
    JsonBody(body): JsonBody,
) -> Response {
    let page = app.service().search(&session, Some(&kind), body).await;
    answer::of(page, |page| answer::scim_json(StatusCode::OK, &page))
}

/// `POST /.search`: over users and groups together.
pub(crate) async fn search_all(
    State(app): State<App>,
    Authenticated(session): Authenticated,
    JsonBody(body): JsonBody,
) -> Response {
    let page = app.service().search(&session, None, body).await;
    answer::of(page, |page| answer::scim_json(StatusCode::OK, &page))
}

/// `GET` of the base URL: over users and groups together.
pub(crate) async fn list_all(
    State(app): State<App>,
    Authenticated(session): Authenticated,
    ListParameters(request): ListParameters,
) -> Response {
    let page = app.service().list_all(&session, &request).await;
    answer::of(page, |page| answer::scim_json(StatusCode::OK, &page))
}
