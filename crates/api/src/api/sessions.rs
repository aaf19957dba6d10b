//! Who has signed in, and the sessions of users (enrollment.md 2.3; OWASP ASVS 7.4.5, 7.5.2).

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use enroll_service::{SessionInfo, SignedInUser};

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister};
use super::list::{ListParameters, list, listed};
use super::signed_in::{BySession, BySessionOrToken};
use crate::openapi::{Answer, Routes, Sketch, op};
use crate::{App, session_cookie};

/// The name of the session of the request itself, in place of an id.
const CURRENT: &str = "current";

list! {
    /// Sessions, oldest first.
    Sessions { sessions: SessionInfo }
}

/// The user who has signed in, with her organizations and roles.
pub(crate) async fn me(caller: BySession) -> Result<Json<SignedInUser>, Problem> {
    Ok(Json(caller.service.signed_in_user(&caller.signed_in).await?))
}

/// A page of the sessions of the user who asks.
pub(crate) async fn list_own(
    caller: BySession,
    ListParameters(page): ListParameters,
) -> Result<Json<Sessions>, Problem> {
    Ok(listed(caller.service.own_sessions(&caller.signed_in, &page).await?))
}

/// A page of the sessions of a user.
pub(crate) async fn list_of_user(
    State(app): State<App>,
    _caller: Authenticated<ToAdminister>,
    Path(user): Path<String>,
    ListParameters(page): ListParameters,
) -> Result<Json<Sessions>, Problem> {
    Ok(listed(app.service().sessions_of(&user, &page).await?))
}

/// Ends all sessions of a user.
pub(crate) async fn end_of_user(
    caller: Authenticated<ToAdminister>,
    Path(user): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.service.revoke_sessions_of(&user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A session has ended: 204, and the cookie is taken back if it was that of the request.
pub(crate) struct Ended(Option<HeaderValue>);

impl IntoResponse for Ended {
    fn into_response(self) -> Response {
        let headers: HeaderMap = self.0.map(|cookie| (SET_COOKIE, cookie)).into_iter().collect();
        (StatusCode::NO_CONTENT, headers).into_response()
    }
}

impl Answer for Ended {
    fn sketch(_: &mut Sketch<'_>) {}
}

/// Ends a session: one of the user who asks, `current` for that of the request; any of them for an administrator.
pub(crate) async fn end(caller: BySessionOrToken, Path(id): Path<String>) -> Result<Ended, Problem> {
    match caller {
        BySessionOrToken::Token(service) => service.revoke_session(&id, None).await?,
        BySessionOrToken::Session(BySession { signed_in, service }) => {
            if id == CURRENT || id == signed_in.session.to_string() {
                service.sign_out(&signed_in).await?;
                return Ok(Ended(Some(session_cookie::clear(service.public_url()))));
            }
            // A server admin may end anybody's.
            let of = (!signed_in.server_admin).then_some(signed_in.user);
            service.revoke_session(&id, of).await?;
        }
    }
    Ok(Ended(None))
}

/// What of it is reached where.
pub(crate) fn routes() -> Routes {
    Routes::of("Sessions")
        .get(
            "/users/{user}/sessions",
            list_of_user,
            op("listSessionsOfUser", "List the sessions of a user, oldest first")
                .ok("A page")
                .refuses(&[409]),
        )
        .delete(
            "/users/{user}/sessions",
            end_of_user,
            op("endSessionsOfUser", "End all sessions of a user; the next request of each is refused")
                .gone("None is left")
                .refuses(&[409]),
        )
        .get(
            "/me",
            me,
            op("readSignedInUser", "Who has signed in, with organizations and roles").ok("The user"),
        )
        .get(
            "/sessions",
            list_own,
            op("listOwnSessions", "List the sessions of the user who has signed in, oldest first")
                .ok("A page"),
        )
        .delete(
            "/sessions/{session}",
            end,
            op("endSession", "End a session; with an API token of any user, with a session one of her own")
                .gone("It is gone"),
        )
}
