//! Parameters that several requests take.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use enroll_domain::time::parse_moment;
use jiff::Timestamp;
use serde_json::json;

use super::Problem;
use crate::App;
use crate::openapi::{Input, Sketch};
use crate::parse::query::Query;

/// Refuses a request with a parameter that its operation does not have: a misspelt filter would be a full list, and a misspelt
/// resource a question about the organization.
pub(crate) async fn only_known(
    State(known): State<Arc<[String]>>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let Some(unknown) = Query::new(request.uri().query()).unknown(&known) else {
        return Ok(next.run(request).await);
    };
    Err(Problem::bad_request(if known.is_empty() {
        format!("there is no parameter {unknown:?}: this request takes no parameters in its URL")
    } else {
        format!("there is no parameter {unknown:?}: this request takes {}", known.join(", "))
    }))
}

/// `user` (handle, userName or id) and `organization` (name or id), both required; `resource` (name or id) for one of its
/// resources.
pub(crate) struct UserAndTarget {
    pub(crate) user: String,
    pub(crate) organization: String,
    pub(crate) resource: Option<String>,
}

impl FromRequestParts<App> for UserAndTarget {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Problem> {
        let query = Query::new(parts.uri.query());
        let required = |name, what: &str| match query.one(name)? {
            Some(value) if !value.is_empty() => Ok(value.into_owned()),
            _ => Err(Problem::bad_request(format!("{name} is missing: give {what}"))),
        };
        Ok(Self {
            user: required("user", "a handle, a userName or an id")?,
            organization: required("organization", "a name or an id")?,
            // Empty is no organization as a whole: a client that has lost the name must not be told yes.
            resource: match query.one("resource")? {
                None => None,
                Some(_) => Some(required("resource", "a name or an id")?),
            },
        })
    }
}

impl Input for UserAndTarget {
    fn sketch(sketch: &mut Sketch<'_>) {
        let text = json!({ "type": "string", "minLength": 1 });
        sketch.required_query("user", "Handle, userName or id", text.clone());
        let name = json!({ "type": "string", "minLength": 1, "examples": ["acme"] });
        sketch.required_query("organization", "Name or id", name);
        let what = "Name, KIND:NAME or id of a resource of the organization; without it the question is about the organization";
        sketch.query("resource", what, text);
    }
}

/// `at`: a date, which stands for its first moment in UTC, or a time.
pub(crate) struct At(pub(crate) Option<Timestamp>);

impl FromRequestParts<App> for At {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Problem> {
        let Some(text) = Query::new(parts.uri.query()).one("at")? else { return Ok(Self(None)) };
        parse_moment(&text)
            .map(|time| Self(Some(time)))
            .map_err(|error| Problem::bad_request(format!("at is {error}")))
    }
}

impl Input for At {
    fn sketch(sketch: &mut Sketch<'_>) {
        let what = "What was at this time, and what brought it; a date stands for its first moment in UTC";
        sketch.query("at", what, json!({ "type": "string", "examples": ["2026-03-01"] }));
    }
}
