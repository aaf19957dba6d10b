//! `GET /Users/{id}`, `GET /Groups/{id}` (RFC 7644 §3.4.1).

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::IF_NONE_MATCH;
use axum::response::Response;

use super::parameters::{Projection, Segment};
use super::{Kind, Refusal, Target, answer};
use crate::App;
use crate::parse::entity_tag::Tags;

/// 200 with the resource, or 304 when the client has this version. An `If-None-Match` that cannot be read is ignored: the
/// whole answer is never wrong.
pub(crate) async fn read<K: Kind>(
    State(app): State<App>,
    Target { session, kind, .. }: Target<K>,
    Segment(id): Segment,
    Projection(projection): Projection,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let found = app.service().reading(session.seen).get(&session, &kind, &id, &projection).await?;
    let known = Tags::read(&headers, &IF_NONE_MATCH).ok().flatten();
    if known.is_some_and(|tags| tags.name(&found.version)) {
        return Ok(answer::not_modified(&found.version));
    }
    Ok(answer::written(&found))
}
