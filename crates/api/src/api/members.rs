//! `GET /api/v1/organizations/{organization}/members?limit=&after=` (design.md §8).

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use enroll_service::MembersPage;

use super::Problem;
use super::authenticated::{Authenticated, ToRead};
use crate::App;
use crate::parse::query::Query;

/// A page of the members with their effective roles and the sources of these. `organization` is a name or an id; `after` is
/// the `next` of the page before; `limit` is at least 1 and is cut to the largest page of this server.
pub(crate) async fn members(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(organization): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<MembersPage>, Problem> {
    let query = Query::new(query.as_deref());
    let options = app.service().options();
    let limit = match query.number("limit")? {
        None => options.default_page_size,
        Some(limit) => u32::try_from(limit.max(1)).unwrap_or(u32::MAX),
    };
    let after = match query.one("after")? {
        None => None,
        Some(id) => {
            Some(id.parse().map_err(|_| Problem::bad_request("after is not the `next` of an earlier page"))?)
        }
    };
    let page = app
        .service()
        .organization_members(&organization, after, limit.clamp(1, options.max_page_size))
        .await?;
    Ok(Json(page))
}
