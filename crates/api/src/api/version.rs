//! Objects with a version: `ETag` in answers, `If-Match` in changes (RFC 9110 §13.1.1).

use std::convert::Infallible;
use std::fmt::Display;

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::header::{ETAG, IF_MATCH};
use axum::http::request::Parts;
use axum::response::{IntoResponseParts, ResponseParts};
use enroll_service::{IfMatch, Versioned};

use super::Problem;
use crate::App;
use crate::openapi::{Answer, Input, Sketch};
use crate::parse::entity_tag::Tags;

/// The version that the client believes to change; `None` for last write wins.
pub(crate) struct Expected(pub(crate) Option<IfMatch>);

impl FromRequestParts<App> for Expected {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Problem> {
        Ok(Self(Tags::read(&parts.headers, &IF_MATCH)?.map(Into::into)))
    }
}

impl Input for Expected {
    fn sketch(sketch: &mut Sketch<'_>) {
        sketch.shares("ifMatch");
        sketch.refuses(412);
    }
}

/// The version of the object in an answer, as its `ETag`.
pub(crate) struct Tag(Option<HeaderValue>);

impl IntoResponseParts for Tag {
    type Error = Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Infallible> {
        if let Some(tag) = self.0 {
            parts.headers_mut().insert(ETAG, tag);
        }
        Ok(parts)
    }
}

impl Answer for Tag {
    fn sketch(sketch: &mut Sketch<'_>) {
        sketch.tells_version();
    }
}

/// An object with its version as `ETag`, weak as on every surface of this server.
pub(super) fn versioned<T>(version: impl Display, object: T) -> (Tag, Json<T>) {
    (Tag(HeaderValue::from_str(&format!("W/\"{version}\"")).ok()), Json(object))
}

/// An object as it is, with its version.
pub(super) fn current<T: Versioned>(object: T) -> (Tag, Json<T>) {
    versioned(object.version(), object)
}
