//! Authentication by the cookie of a session. A handler that takes [`BySession`] cannot run without one, and a change by a cookie
//! cannot come from a page of somebody else (threat S38). SCIM has no such extractor: cookies never open it.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use enroll_service::{Service, SignedIn};

use super::Problem;
use super::authenticated::{Authenticated, Need as _, ToAdminister};
use crate::edge::{self, Caller};
use crate::local::LocalCaller;
use crate::openapi::{Input, Security, Sketch};
use crate::parse::{cookie, origin};
use crate::{App, session_cookie};

/// A user who has signed in.
pub(crate) struct BySession {
    /// Who.
    pub(crate) signed_in: SignedIn,
    /// The use cases, done in her name: the audit trail says so.
    pub(crate) service: Service,
}

impl BySession {
    /// Whether a request wants to be one of a session: it has the cookie, and no token.
    pub(super) fn is_meant(parts: &Parts, app: &App) -> bool {
        let name = session_cookie::name(app.service().public_url());
        !parts.headers.contains_key(AUTHORIZATION) && cookie::value(&parts.headers, name).is_some()
    }
}

impl FromRequestParts<App> for BySession {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let service = app.service();
        let cookie = cookie::value(&parts.headers, session_cookie::name(service.public_url()));
        let cookie = cookie.ok_or_else(|| {
            Problem::signed_out("you are not signed in: this request needs the cookie of a session")
        })?;
        let signed_in = service.authenticate_session(cookie).await.map_err(|error| match error {
            enroll_service::Error::Unauthorized(detail) => Problem::signed_out(detail),
            other => other.into(),
        })?;
        if let Some(caller) = parts.extensions.get::<Caller>() {
            caller.is(None, &signed_in.user_name);
        }
        app.session_limiter().take(&signed_in.session)?;
        if !parts.method.is_safe() && !origin::is_same(&parts.headers, service.public_url().origin()) {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "a change by a session must come from a page of this service: its Origin is another, or is missing",
            ));
        }
        Ok(Self { service: service.acting_as(signed_in.actor().by(edge::origin(parts))), signed_in })
    }
}

impl Input for BySession {
    fn sketch(sketch: &mut Sketch<'_>) {
        sketch.secured(Security::Session);
    }
}

/// A user who has signed in, or an administrator with an API token or at the command line.
pub(crate) enum BySessionOrToken {
    /// The user.
    Session(BySession),
    /// The use cases, done in the name of the administrator.
    Token(Service),
}

impl FromRequestParts<App> for BySessionOrToken {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        if parts.headers.contains_key(AUTHORIZATION) || parts.extensions.get::<LocalCaller>().is_some() {
            let caller = Authenticated::<ToAdminister>::from_request_parts(parts, app).await?;
            return Ok(Self::Token(caller.service));
        }
        BySession::from_request_parts(parts, app).await.map(Self::Session)
    }
}

impl Input for BySessionOrToken {
    fn sketch(sketch: &mut Sketch<'_>) {
        sketch.secured(Security::TokenOrSession { scope: ToAdminister::SCOPE.as_str() });
    }
}
