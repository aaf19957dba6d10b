//! What stands in a request beside its body: id, projection, query, conditions.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::header::IF_MATCH;
use axum::http::request::Parts;
use enroll_scim::ScimError;
use enroll_service::{IfMatch, ListRequest, ProjectionRequest, WriteOptions};

use super::Refusal;
use crate::App;
use crate::parse::entity_tag::Tags;
use crate::parse::prefer::ReturnPreference;
use crate::parse::query::Query;

/// The last variable segment of a path, decoded.
pub(crate) struct Segment(pub(crate) String);

impl FromRequestParts<App> for Segment {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        // The edge has seen to the encoding: what fails here is no id of ours.
        let segments = RawPathParams::from_request_parts(parts, app).await.ok();
        let last = segments.as_ref().and_then(|segments| segments.iter().last());
        last.map(|(_, segment)| Self(segment.to_owned()))
            .ok_or_else(|| ScimError::not_found("nothing is at this URL").into())
    }
}

/// `attributes` and `excludedAttributes` (RFC 7644 §3.9).
pub(crate) struct Projection(pub(crate) ProjectionRequest);

impl FromRequestParts<App> for Projection {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Refusal> {
        projection(Query::new(parts.uri.query())).map(Self)
    }
}

fn projection(query: Query<'_>) -> Result<ProjectionRequest, Refusal> {
    Ok(ProjectionRequest {
        attributes: query.names("attributes")?,
        excluded: query.names("excludedAttributes")?,
    })
}

/// A query on a collection (RFC 7644 §3.4.2). Parameters that are not known are ignored.
pub(crate) struct ListParameters(pub(crate) ListRequest);

impl FromRequestParts<App> for ListParameters {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let query = Query::new(parts.uri.query());
        if query.has("filter") && !app.config().url_filters {
            return Err(ScimError::sensitive(
                "this server takes no filter in a URL, where it may be logged on the way: POST it to /.search",
            )
            .into());
        }
        Ok(Self(ListRequest {
            filter: query.one("filter")?.map(Into::into),
            sort_by: query.one("sortBy")?.map(Into::into),
            sort_order: query.one("sortOrder")?.map(Into::into),
            start_index: query.number("startIndex")?,
            count: query.number("count")?,
            cursor: query.one("cursor")?.map(Into::into),
            projection: projection(query)?,
        }))
    }
}

/// What goes with a change: projection, `If-Match`, and what `Prefer` says of the answer's body.
pub(crate) struct ChangeParameters {
    /// What the answer shows.
    pub(crate) projection: ProjectionRequest,
    /// The version that the client believes to change.
    pub(crate) if_match: Option<IfMatch>,
    /// `Prefer: return=...`
    pub(crate) preference: Option<ReturnPreference>,
}

impl ChangeParameters {
    /// The same for the service, with or without the resource in the answer.
    pub(crate) fn with_representation(self, representation: bool) -> WriteOptions {
        WriteOptions { projection: self.projection, if_match: self.if_match, representation }
    }
}

impl FromRequestParts<App> for ChangeParameters {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Refusal> {
        Ok(Self {
            projection: projection(Query::new(parts.uri.query()))?,
            if_match: Tags::read(&parts.headers, &IF_MATCH)?.map(Into::into),
            preference: ReturnPreference::read(&parts.headers),
        })
    }
}

impl From<Tags> for IfMatch {
    fn from(tags: Tags) -> Self {
        match tags {
            Tags::Any => Self::Any,
            Tags::Listed(tags) => Self::Tags(tags),
        }
    }
}
