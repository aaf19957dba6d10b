//! Users and groups as they came over SCIM. To be read only: the identity provider changes them (enrollment.md §1.3, §1.4).

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use enroll_service::{GroupInfo, UserInfo};
use serde_json::Value;

use super::Problem;
use super::authenticated::{Authenticated, ToRead};
use super::list::{ListParameters, listed};
use super::version::versioned;
use crate::App;
use crate::parse::query::Query;

/// A page of a directory's users in the order of their ids; with `filter`, those that meet it (RFC 7644 §3.4.2.2).
pub(crate) async fn users(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(directory): Path<String>,
    RawQuery(query): RawQuery,
    ListParameters(page): ListParameters,
) -> Result<Json<Value>, Problem> {
    let filter = filter(&app, query.as_deref())?;
    listed("users", app.service().users_page(&directory, filter.as_deref(), &page).await?)
}

/// One user of any directory, by handle, userName or id.
pub(crate) async fn user(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(user): Path<String>,
) -> Result<(HeaderMap, Json<UserInfo>), Problem> {
    let user = app.service().user(&user).await?;
    Ok(versioned(user.version, user))
}

/// A page of a directory's groups in the order of their ids; with `filter`, those that meet it.
pub(crate) async fn groups(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(directory): Path<String>,
    RawQuery(query): RawQuery,
    ListParameters(page): ListParameters,
) -> Result<Json<Value>, Problem> {
    let filter = filter(&app, query.as_deref())?;
    listed("groups", app.service().groups_page(&directory, filter.as_deref(), &page).await?)
}

/// One group of a directory, by id.
pub(crate) async fn group(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path((directory, group)): Path<(String, String)>,
) -> Result<(HeaderMap, Json<GroupInfo>), Problem> {
    let group = app.service().group(&directory, &group).await?;
    Ok(versioned(group.version, group))
}

/// A page of a group's direct members in the order of their ids.
pub(crate) async fn group_members(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path((directory, group)): Path<(String, String)>,
    ListParameters(page): ListParameters,
) -> Result<Json<Value>, Problem> {
    listed("members", app.service().group_members_page(&directory, &group, &page).await?)
}

fn filter(app: &App, query: Option<&str>) -> Result<Option<String>, Problem> {
    let filter = Query::new(query).one("filter")?;
    if filter.is_some() && !app.config().url_filters {
        return Err(Problem::bad_request(
            "this server takes no filter in a URL, where it may be logged on the way",
        ));
    }
    Ok(filter.map(Into::into))
}
