//! `/api/v1/request-log`: what identity providers have sent and what came of it (enrollment.md §7.3). It holds personal data: only
//! administrators read it.

use axum::Json;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use enroll_service::{LoggedRequest, RequestFilter};
use serde_json::{Value, json};

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister};
use super::list::ListParameters;
use crate::App;
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

/// A page, newest first.
pub(crate) async fn list(
    caller: Authenticated<ToAdminister>,
    Wanted(filter): Wanted,
    ListParameters(page): ListParameters,
) -> Result<Json<Value>, Problem> {
    let reader = caller.service.request_log_reader()?;
    let found = reader.page(&caller.service, &filter, &page).await?;
    let mut body = json!({ "requests": found.requests, "dropped": found.dropped.unwrap_or(0) });
    if let (Some(next), Some(body)) = (found.next, body.as_object_mut()) {
        body.insert("next".to_owned(), json!(next));
    }
    Ok(Json(body))
}

/// One, with its bodies, by its place in the log or by the request's id.
pub(crate) async fn read(
    caller: Authenticated<ToAdminister>,
    Path(request): Path<String>,
) -> Result<Json<LoggedRequest>, Problem> {
    Ok(Json(caller.service.request_log_reader()?.request(&request).await?))
}
