//! Objects with a version: `ETag` in answers, `If-Match` in changes (RFC 9110 §13.1.1).

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::header::{ETAG, IF_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use enroll_service::IfMatch;
use serde::Serialize;

use super::Problem;
use crate::App;
use crate::parse::entity_tag::Tags;

/// The version that the client believes to change; `None` for last write wins.
pub(crate) struct Expected(pub(crate) Option<IfMatch>);

impl FromRequestParts<App> for Expected {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Problem> {
        Ok(Self(Tags::read(&parts.headers, &IF_MATCH)?.map(Into::into)))
    }
}

/// An object with its version as `ETag`, weak as on every surface of this server.
pub(super) fn versioned<T: Serialize>(version: i64, object: T) -> (HeaderMap, Json<T>) {
    let mut headers = HeaderMap::new();
    if let Ok(tag) = HeaderValue::from_str(&format!("W/\"{version}\"")) {
        headers.insert(ETAG, tag);
    }
    (headers, Json(object))
}
