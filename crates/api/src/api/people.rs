//! Users and groups. What came over SCIM is changed by the identity provider; here a user is deactivated, reactivated, deleted, or
//! given another handle (enrollment.md §1.3, §1.4, §2).

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use enroll_service::{GroupInfo, GroupMemberInfo, UserChange, UserInfo};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister, ToRead, ToReadOwn};
use super::body::{Body, given};
use super::list::{ListParameters, list, listed};
use super::version::{Expected, Tag, versioned};
use crate::App;
use crate::openapi::{Input, Routes, Sketch, op};
use crate::parse::query::Query;

/// `filter`, where this server takes one in a URL.
pub(crate) struct Filter(Option<String>);

impl FromRequestParts<App> for Filter {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let filter = Query::new(parts.uri.query()).one("filter")?;
        if filter.is_some() && !app.config().url_filters {
            return Err(Problem::bad_request(
                "this server takes no filter in a URL, where it may be logged on the way",
            ));
        }
        Ok(Self(filter.map(Into::into)))
    }
}

impl Input for Filter {
    fn sketch(sketch: &mut Sketch<'_>) {
        let some = json!(["externalId eq \"a\"", "meta.created pr", "id pr", "displayName sw \"a\""]);
        let schema = json!({ "anyOf": [{ "enum": some }, { "type": "string" }] });
        sketch.query("filter", "A filter of RFC 7644 §3.4.2.2 on attributes that have an index", schema);
    }
}

list! {
    /// Users in the order of their ids.
    Users { users: UserInfo }
}

list! {
    /// Groups in the order of their ids.
    Groups { groups: GroupInfo }
}

list! {
    /// The direct members of a group.
    GroupMembers { members: GroupMemberInfo }
}

/// A page of a directory's users in the order of their ids; with `filter`, those that meet it (RFC 7644 §3.4.2.2).
pub(crate) async fn users(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(directory): Path<String>,
    Filter(filter): Filter,
    ListParameters(page): ListParameters,
) -> Result<Json<Users>, Problem> {
    Ok(listed(app.service().users_page(&directory, filter.as_deref(), &page).await?))
}

/// One user of any directory, by handle, userName or id.
pub(crate) async fn user(
    State(app): State<App>,
    caller: Authenticated<ToReadOwn>,
    Path(user): Path<String>,
) -> Result<(Tag, Json<UserInfo>), Problem> {
    caller.about(&user).await?;
    let user = app.service().user(&user).await?;
    Ok(versioned(user.version, user))
}

/// What to change of a user; what is left out stays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "UserChange")]
pub(crate) struct Change {
    /// Not deactivated.
    #[serde(default, deserialize_with = "given")]
    active: Option<bool>,
    /// The short name shown in the application.
    #[serde(default, deserialize_with = "given")]
    #[schemars(regex(pattern = "^[a-z][a-z0-9-]{0,63}$"))]
    #[schemars(example = &"ada")]
    handle: Option<String>,
}

/// Deactivates, reactivates, or gives another handle.
pub(crate) async fn change(
    caller: Authenticated<ToAdminister>,
    Path(user): Path<String>,
    Expected(if_match): Expected,
    Body(Change { active, handle }): Body<Change>,
) -> Result<(Tag, Json<UserInfo>), Problem> {
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
    Filter(filter): Filter,
    ListParameters(page): ListParameters,
) -> Result<Json<Groups>, Problem> {
    Ok(listed(app.service().groups_page(&directory, filter.as_deref(), &page).await?))
}

/// One group of a directory, by id.
pub(crate) async fn group(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path((directory, group)): Path<(String, String)>,
) -> Result<(Tag, Json<GroupInfo>), Problem> {
    let group = app.service().group(&directory, &group).await?;
    Ok(versioned(group.version, group))
}

/// A page of a group's direct members in the order of their ids.
pub(crate) async fn group_members(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path((directory, group)): Path<(String, String)>,
    ListParameters(page): ListParameters,
) -> Result<Json<GroupMembers>, Problem> {
    Ok(listed(app.service().group_members_page(&directory, &group, &page).await?))
}

/// What of it is reached where.
pub(crate) fn routes() -> Routes {
    Routes::of("Users and groups")
        .get(
            "/directories/{directory}/users",
            users,
            op("listUsers", "List the users of a directory in the order of their ids").ok("A page"),
        )
        .get(
            "/directories/{directory}/groups",
            groups,
            op("listGroups", "List the groups of a directory in the order of their ids").ok("A page"),
        )
        .get(
            "/directories/{directory}/groups/{group}",
            group,
            op("readGroup", "Read a group").ok("The group"),
        )
        .get(
            "/directories/{directory}/groups/{group}/members",
            group_members,
            op("listGroupMembers", "List the direct members of a group in the order of their ids")
                .ok("A page"),
        )
        .get(
            "/users/{user}",
            user,
            op("readUser", "Read a user of any directory").ok("The user").refuses(&[409]),
        )
        .patch(
            "/users/{user}",
            change,
            op("changeUser", "Deactivate or reactivate a user, or give another handle")
                .ok("The user as it is now")
                .refuses(&[409]),
        )
        .delete(
            "/users/{user}",
            delete,
            op("deleteUser", "Delete a user for good, with grants and tokens")
                .gone("It is gone; its handle is never given out again")
                .refuses(&[409]),
        )
}
