//! `/healthz` and `/readyz`, for operators and load balancers.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::App;

/// `GET /healthz`: 200 while the process should be left alone, 503 when only a restart helps: the store has failed for good.
/// Draining is healthy, and so is a process whose database server is away: restarts would help nobody.
pub(crate) async fn live(State(app): State<App>) -> Response {
    match app.service().alive() {
        Ok(()) => (StatusCode::OK, Json(json!({ "status": "ok" }))).into_response(),
        Err(reason) => {
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "failing", "reason": reason })))
                .into_response()
        }
    }
}

/// `GET /readyz`: 200 when requests can be served, 503 with the reason when not.
pub(crate) async fn ready(State(app): State<App>) -> Response {
    let state = if app.drain().has_begun() { Err("shutting down".to_owned()) } else { app.service().ready() };
    match state {
        Ok(()) => (StatusCode::OK, Json(json!({ "status": "ready" }))).into_response(),
        Err(reason) => {
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "not ready", "reason": reason })))
                .into_response()
        }
    }
}
