//! Authentication and scope as one type: a handler names the scope it needs in its arguments (enrollment.md 5.2, S11).

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use enroll_domain::Scope;
use enroll_service::{Once, Service, SessionUser};

use super::Problem;
use super::dry_run::Rehearsing;
use super::signed_in::BySession;
use crate::App;
use crate::edge::{Caller, ClientAddress, origin};
use crate::local::LocalCaller;
use crate::openapi::{Input, Security, Sketch};
use crate::parse::bearer;

/// A scope that a handler needs.
pub(crate) trait Need: Send + Sync + 'static {
    /// The scope.
    const SCOPE: Scope;
    /// Whether a user who is no server admin may ask it, about herself: the handler then calls [`Authenticated::about`].
    const OWN: bool = false;
}

/// Access checks.
pub(crate) struct ToCheck;

/// Reading what the API shows.
pub(crate) struct ToRead;

/// Reading what a user may know about herself.
pub(crate) struct ToReadOwn;

/// Changing what the API shows.
pub(crate) struct ToAdminister;

impl Need for ToAdminister {
    const SCOPE: Scope = Scope::Admin;
}

impl Need for ToCheck {
    const SCOPE: Scope = Scope::Check;
    const OWN: bool = true;
}

impl Need for ToReadOwn {
    const SCOPE: Scope = Scope::Read;
    const OWN: bool = true;
}

impl Need for ToRead {
    const SCOPE: Scope = Scope::Read;
}

/// The sender of the request has shown an API token whose scope is enough, or the cookie of a session whose user may do this, and
/// has requests left. A request with both is one of the token.
pub(crate) struct Authenticated<N> {
    /// The use cases, done in the name of the token or user: the audit trail says so.
    pub(crate) service: Service,
    /// The user whom alone the sender may ask about.
    own: Option<SessionUser>,
    need: PhantomData<N>,
}

impl<N> Authenticated<N> {
    /// Lets a user who is no server admin ask about that user and nobody else; what is said of others is the same
    /// whether there are any.
    ///
    /// # Errors
    /// 403.
    pub(crate) async fn about(&self, user: &str) -> Result<(), Problem> {
        let Some(own) = &self.own else { return Ok(()) };
        match self.service.user(user).await {
            Ok(found) if found.id == own.id => Ok(()),
            _ => Err(others(own)),
        }
    }
}

fn others(own: &SessionUser) -> Problem {
    let detail = format!(
        "this request is made for {} and may ask about nobody and nothing else; a server admin, or a token without a user, may",
        own.name
    );
    Problem::new(StatusCode::FORBIDDEN, detail)
}

impl<N: Need> FromRequestParts<App> for Authenticated<N> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        if let Some(Rehearsing(service)) = parts.extensions.get::<Rehearsing>() {
            return Ok(Self { service: service.clone(), own: None, need: PhantomData });
        }
        if let Some(LocalCaller { actor, force }) = parts.extensions.get::<LocalCaller>() {
            let service = app.service().acting_as(actor.clone()).forcing(*force);
            return Ok(Self { service, own: None, need: PhantomData });
        }
        if BySession::is_meant(parts, app) {
            let BySession { signed_in, service } = BySession::from_request_parts(parts, app).await?;
            return Self::of_user(service, signed_in.user());
        }
        let unauthorized =
            |error: bearer::NoBearer| Problem::new(StatusCode::UNAUTHORIZED, error.to_string());
        let token = bearer::token(&parts.headers).map_err(unauthorized)?;
        let address = ClientAddress::ip(&parts.extensions);
        let session = app.service().authenticate_api(token, address).await?;
        if let Some(caller) = parts.extensions.get::<Caller>() {
            caller.is(None, &session.label);
        }
        app.limiter().take(&session.token)?;
        if !session.scope.allows(N::SCOPE) {
            let detail =
                format!("this token has the scope `{}`; the request needs `{}`", session.scope, N::SCOPE);
            return Err(Problem::new(StatusCode::FORBIDDEN, detail));
        }
        // A check writes nothing that would have to say who did it, and is asked with every page of an application.
        let mut service = match N::SCOPE {
            Scope::Check => app.service().reading(session.seen),
            Scope::Read | Scope::Admin => app.service().acting_as(session.actor().by(origin(parts))),
        };
        if let Some(once) = parts.extensions.get::<Once>() {
            service = service.once(once);
        }
        match session.user {
            Some(user) => Self::of_user(service, user),
            None => Ok(Self { service, own: None, need: PhantomData }),
        }
    }
}

impl<N: Need> Input for Authenticated<N> {
    fn sketch(sketch: &mut Sketch<'_>) {
        sketch.secured(Security::Token { scope: N::SCOPE.as_str(), own: N::OWN });
    }
}

impl<N: Need> Authenticated<N> {
    /// A server admin may do what the scope admin allows; anybody else may ask about herself.
    fn of_user(service: Service, user: SessionUser) -> Result<Self, Problem> {
        match Some(user).filter(|user| !user.server_admin) {
            Some(own) if !N::OWN => Err(others(&own)),
            own => Ok(Self { service, own, need: PhantomData }),
        }
    }
}
