//! `/api/v1/admins` and `/api/v1/bots`: server admins, and users outside identity providers (enrollment.md §1.1, §1.3, §2.9).

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use enroll_service::{NewLocalUser, ServerAdminInfo, UserInfo};
use schemars::JsonSchema;
use serde::Deserialize;

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister, ToRead};
use super::body::{Body, ONE_LINE, given};
use super::list::{ListParameters, list, listed};
use crate::App;
use crate::openapi::{Routes, op};

/// A local admin to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAdmin {
    /// The userName.
    #[schemars(length(min = 1, max = 100), regex(pattern = ONE_LINE))]
    #[schemars(example = &"emergency")]
    name: String,
    /// The e-mail address.
    #[serde(default, deserialize_with = "given")]
    #[schemars(email, length(max = 100))]
    email: Option<String>,
}

/// A bot to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBot {
    /// The userName.
    #[schemars(length(min = 1, max = 100), regex(pattern = ONE_LINE))]
    name: String,
}

list! {
    /// The server admins.
    ServerAdmins { admins: ServerAdminInfo }
}

list! {
    /// The bots.
    Bots { bots: UserInfo }
}

/// A page of the server admins, in the order of their ids.
pub(crate) async fn list(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    ListParameters(page): ListParameters,
) -> Result<Json<ServerAdmins>, Problem> {
    Ok(listed(app.service().admins_page(&page).await?))
}

/// Makes a local user who is a server admin: 201.
pub(crate) async fn create(
    caller: Authenticated<ToAdminister>,
    Body(NewAdmin { name, email }): Body<NewAdmin>,
) -> Result<(StatusCode, Json<UserInfo>), Problem> {
    let made = caller.service.create_admin(&NewLocalUser { name, email }).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Makes a user a server admin.
pub(crate) async fn grant(
    caller: Authenticated<ToAdminister>,
    Path(user): Path<String>,
) -> Result<Json<UserInfo>, Problem> {
    Ok(Json(caller.service.grant_admin(&user).await?))
}

/// Takes it back.
pub(crate) async fn revoke(
    caller: Authenticated<ToAdminister>,
    Path(user): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.service.revoke_admin(&user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A page of the bots, in the order of their ids.
pub(crate) async fn list_bots(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    ListParameters(page): ListParameters,
) -> Result<Json<Bots>, Problem> {
    Ok(listed(app.service().bots_page(&page).await?))
}

/// Makes a bot: 201.
pub(crate) async fn create_bot(
    caller: Authenticated<ToAdminister>,
    Body(NewBot { name }): Body<NewBot>,
) -> Result<(StatusCode, Json<UserInfo>), Problem> {
    let made = caller.service.create_bot(&NewLocalUser { name, email: None }).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Deletes a bot with its tokens and grants.
pub(crate) async fn delete_bot(
    caller: Authenticated<ToAdminister>,
    Path(bot): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.service.delete_bot(&bot).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What of it is reached where.
pub(crate) fn routes() -> Routes {
    Routes::of("Admins and bots")
        .get("/admins", list, op("listAdmins", "List the server admins").ok("A page"))
        .post(
            "/admins",
            create,
            op("createAdmin", "Create a local user who is a server admin")
                .created("The user")
                .refuses(&[409]),
        )
        .put(
            "/admins/{user}",
            grant,
            op("grantAdmin", "Make a user a server admin").ok("The user").refuses(&[409]),
        )
        .delete(
            "/admins/{user}",
            revoke,
            op("revokeAdmin", "Take it back; refused for the last active one")
                .gone("The user is none any more")
                .refuses(&[409]),
        )
        .get("/bots", list_bots, op("listBots", "List the bots").ok("A page"))
        .post("/bots", create_bot, op("createBot", "Create a bot").created("The bot").refuses(&[409]))
        .delete(
            "/bots/{bot}",
            delete_bot,
            op("deleteBot", "Delete a bot with its tokens and grants").gone("It is gone").refuses(&[409]),
        )
}
