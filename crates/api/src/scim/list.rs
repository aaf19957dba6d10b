//! `GET /Users`, `GET /Groups` (RFC 7644 §3.4.2).

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::parameters::ListParameters;
use super::{Authenticated, Kind, Refusal, answer};
use crate::App;

/// 200 with a ListResponse, also when nothing matches.
pub(crate) async fn list<K: Kind>(
    State(app): State<App>,
    Authenticated(session): Authenticated,
    ListParameters(request): ListParameters,
) -> Result<Response, Refusal> {
    let page = app.service().list(&session, K::KIND, &request).await?;
    Ok(answer::scim_json(StatusCode::OK, &page))
}
