//! `/api/v1/request-log`: what identity providers have sent and what came of it (enrollment.md §7.3). It holds personal data: only
//! administrators read it.

use axum::Json;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use enroll_service::{LoggedRequest, RequestFilter};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister};
use super::list::ListParameters;
use crate::App;
use crate::openapi::{Input, Routes, Sketch, op};
use crate::parse::query::Query;

/// Which requests are asked for.
pub(crate) struct Wanted(RequestFilter);

impl FromRequestParts<App> for Wanted {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Problem> {
        let query = Query::new(parts.uri.query());
        let text = |name| query.one(name).map(|value| value.map(Into::into));
        let status = query
            .one("status")?
            .map(|text| text.parse())
            .transpose()
            .map_err(|wrong: &str| Problem::bad_request(wrong))?;
        Ok(Self(RequestFilter {
            directory: text("directory")?,
            status,
            method: text("method")?,
            user: text("user")?,
            behind: query
                .one("behind")?
                .map(|number| number.parse())
                .transpose()
                .map_err(|_| Problem::bad_request("behind: give the number of a request in the log"))?,
        }))
    }
}

impl Input for Wanted {
    fn sketch(sketch: &mut Sketch<'_>) {
        let text = || json!({ "type": "string" });
        sketch.query("directory", "Only requests of this directory, by name or id", text());
        sketch.query(
            "status",
            "Only requests with this status, for example 409, 4xx, or error for all from 400 on",
            json!({ "type": "string", "pattern": "^([1-5][0-9][0-9]|[1-5]xx|error)$" }),
        );
        sketch.query("method", "Only requests with this method", text());
        sketch.query("user", "Only requests about this user or group, by name or id", text());
        let behind = "Only requests that came after the one with this number";
        sketch.query("behind", behind, json!({ "type": "integer" }));
        sketch.refuses(404);
    }
}

/// A part of the request log, newest first.
#[derive(Serialize, JsonSchema)]
pub(crate) struct LoggedRequests {
    /// What is on the page.
    requests: Vec<LoggedRequest>,
    /// Requests that are missing because the log could not keep up.
    dropped: u64,
    /// What to give as `after` for the next page; not on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A page, newest first.
pub(crate) async fn list(
    caller: Authenticated<ToAdminister>,
    Wanted(filter): Wanted,
    ListParameters(page): ListParameters,
) -> Result<Json<LoggedRequests>, Problem> {
    let reader = caller.service.request_log_reader()?;
    let found = reader.page(&caller.service, &filter, &page).await?;
    let dropped = found.dropped.unwrap_or(0);
    Ok(Json(LoggedRequests { requests: found.requests, dropped, next: found.next }))
}

/// One, with its bodies, by its place in the log or by the request's id.
pub(crate) async fn read(
    caller: Authenticated<ToAdminister>,
    Path(request): Path<String>,
) -> Result<Json<LoggedRequest>, Problem> {
    Ok(Json(caller.service.request_log_reader()?.request(&request).await?))
}

pub(crate) fn routes() -> Routes {
    Routes::of("Request log")
        .get(
            "/request-log",
            list,
            op("listRequests", "List what identity providers have sent, newest first").ok("A page"),
        )
        .get(
            "/request-log/{request}",
            read,
            op("readRequest", "Read one request with its bodies, without secrets").ok("The request"),
        )
}
