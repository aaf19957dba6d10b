//! Who has signed in, and the sessions of users (enrollment.md 2.3; OWASP ASVS 7.4.5, 7.5.2).

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse as _, Response};
use enroll_service::SignedInUser;
use serde_json::Value;

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister};
use super::list::{ListParameters, listed};
use super::signed_in::{BySession, BySessionOrToken};
use crate::{App, session_cookie};

/// The name of the session of the request itself, in place of an id.
const CURRENT: &str = "current";

/// The user who has signed in, with her organizations and roles.
pub(crate) async fn me(caller: BySession) -> Result<Json<SignedInUser>, Problem> {
    Ok(Json(caller.service.signed_in_user(&caller.signed_in).await?))
}

/// A page of the sessions of the user who asks.
pub(crate) async fn list_own(
    caller: BySession,
    ListParameters(page): ListParameters,
) -> Result<Json<Value>, Problem> {
    listed("sessions", caller.service.own_sessions(&caller.signed_in, &page).await?)
}

/// A page of the sessions of a user.
pub(crate) async fn list_of_user(
    State(app): State<App>,
    _caller: Authenticated<ToAdminister>,
    Path(user): Path<String>,
    ListParameters(page): ListParameters,
) -> Result<Json<Value>, Problem> {
    listed("sessions", app.service().sessions_of(&user, &page).await?)
}

/// Ends all sessions of a user.
pub(crate) async fn end_of_user(
    caller: Authenticated<ToAdminister>,
    Path(user): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.service.revoke_sessions_of(&user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends a session: one of the user who asks, `current` for that of the request; any of them for an administrator.
pub(crate) async fn end(caller: BySessionOrToken, Path(id): Path<String>) -> Result<Response, Problem> {
    match caller {
        BySessionOrToken::Token(service) => service.revoke_session(&id, None).await?,
        BySessionOrToken::Session(BySession { signed_in, service }) => {
            if id == CURRENT || id == signed_in.session.to_string() {
                service.sign_out(&signed_in).await?;
                let cookie = [(SET_COOKIE, session_cookie::clear(service.public_url()))];
                return Ok((StatusCode::NO_CONTENT, cookie).into_response());
            }
            // A server admin may end anybody's.
            let of = (!signed_in.server_admin).then_some(signed_in.user);
            service.revoke_session(&id, of).await?;
        }
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}
