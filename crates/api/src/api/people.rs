//! Users and groups. What came over SCIM is changed by the identity provider; here a user is deactivated, reactivated, deleted, or
//! given another handle (enrollment.md §1.3, §1.4, §2).

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use enroll_service::{GroupInfo, UserChange, UserInfo};
use serde::Deserialize;
use serde_json::Value;

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister, ToRead, ToReadOwn};
use super::body::{Body, given};
use super::list::{ListParameters, listed};
use super::version::{Expected, versioned};
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
    caller: Authenticated<ToReadOwn>,
    Path(user): Path<String>,
) -> Result<(HeaderMap, Json<UserInfo>), Problem> {
    caller.about(&user).await?;
    let user = app.service().user(&user).await?;
    Ok(versioned(user.version, user))
}

/// What to change of a user; what is left out stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    #[serde(default, deserialize_with = "given")]
    active: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    handle: Option<String>,
}

/// Deactivates, reactivates, or gives another handle.
pub(crate) async fn change(
    caller: Authenticated<ToAdminister>,
    Path(user): Path<String>,
    Expected(if_match): Expected,
    Body(Change { active, handle }): Body<Change>,
) -> Result<(HeaderMap, Json<UserInfo>), Problem> {
    let change = UserChange { active, handle };
    let user = caller.service.change_user(&user, &change, if_match.as_ref()).await?;
    Ok(versioned(user.version, user))
}

/// Deletes a user for good.
pub(crate) async fn delete(
    caller: Authenticated<ToAdminister>,
    Path(user): Path<String>,
    Expected(if_match): Expected,
) -> Result<StatusCode, Problem> {
    caller.service.delete_user(&user, if_match.as_ref()).await?;
    Ok(StatusCode::NO_CONTENT)
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
