//! `DELETE /Users/{id}`, `DELETE /Groups/{id}` (RFC 7644 §3.6).

use axum::extract::State;
use axum::http::StatusCode;

use super::parameters::{ChangeParameters, Segment};
use super::{Kind, Refusal, Target};
use crate::App;

/// 204 with nothing in it. A body that a client sends along is not read.
pub(crate) async fn delete<K: Kind>(
    State(app): State<App>,
    Target { session, kind, .. }: Target<K>,
    Segment(id): Segment,
    parameters: ChangeParameters,
) -> Result<StatusCode, Refusal> {
    app.service().delete(&session, &kind, &id, parameters.if_match.as_ref()).await?;
    Ok(StatusCode::NO_CONTENT)
}
