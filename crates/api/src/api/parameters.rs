//! Parameters that several requests take.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::Problem;
use crate::App;
use crate::parse::query::Query;

/// `user` (handle, userName or id) and `organization` (name or id), both required.
pub(crate) struct UserAndOrganization {
    pub(crate) user: String,
    pub(crate) organization: String,
}

impl FromRequestParts<App> for UserAndOrganization {
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
        })
    }
}
