//! Lists: keyset pages of one shape (design.md §8).

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use enroll_service::{Page, PageRequest};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::Problem;
use crate::App;
use crate::parse::query::Query;

/// `limit` and `after`: `after` is the `next` of the page before; `limit` is at least 1 and is cut to the largest page of this
/// server.
pub(crate) struct ListParameters(pub(crate) PageRequest);

impl FromRequestParts<App> for ListParameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let query = Query::new(parts.uri.query());
        let options = app.service().options();
        let limit = match query.number("limit")? {
            None => options.default_page_size,
            Some(limit) => u32::try_from(limit.max(1)).unwrap_or(u32::MAX),
        };
        let after = query.one("after")?.map(Into::into);
        Ok(Self(PageRequest { after, limit: limit.clamp(1, options.max_page_size) }))
    }
}

/// A page as an answer: the objects under `name`, and `next` unless it is the last page.
///
/// # Errors
/// 500 for an object that cannot be written as JSON.
pub(super) fn listed<T: Serialize>(name: &str, page: Page<T>) -> Result<Json<Value>, Problem> {
    let items = serde_json::to_value(page.items).map_err(|error| Problem::unwritable(&error))?;
    let mut body = Map::new();
    body.insert(name.to_owned(), items);
    if let Some(next) = page.next {
        body.insert("next".to_owned(), json!(next));
    }
    Ok(Json(Value::Object(body)))
}
