//! `POST /Users`, `POST /Groups` (RFC 7644 §3.3).

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use enroll_service::WriteOptions;

use super::body::JsonBody;
use super::parameters::Projection;
use super::{Kind, Target, answer};
use crate::App;

/// 201 with the resource as it was stored, and where it is.
pub(crate) async fn create<K: Kind>(
    State(app): State<App>,
    Target { session, kind, .. }: Target<K>,
    Projection(projection): Projection,
    JsonBody(body): JsonBody,
) -> Response {
    let options = WriteOptions { projection, if_match: None, representation: true };
    let created = app.service().create(&session, &kind, body, &options).await;
    answer::of(created, |created| answer::resource(StatusCode::CREATED, &created))
}
