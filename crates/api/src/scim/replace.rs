//! `PUT /Users/{id}`, `PUT /Groups/{id}` (RFC 7644 §3.5.1).

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::body::JsonBody;
use super::parameters::{ChangeParameters, Segment};
use super::{Kind, Target, answer};
use crate::App;

/// 200 with the whole resource. PUT never creates.
pub(crate) async fn replace<K: Kind>(
    State(app): State<App>,
    Target { session, kind, .. }: Target<K>,
    Segment(id): Segment,
    parameters: ChangeParameters,
    JsonBody(body): JsonBody,
) -> Response {
    let options = parameters.with_representation(true);
    let replaced = app.service().replace(&session, &kind, &id, body, &options).await;
    answer::of(replaced, |replaced| answer::resource(StatusCode::OK, &replaced))
}
