//! Authentication and scope as one type: a handler names the scope it needs in its arguments (enrollment.md 5.2, S11).

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use enroll_domain::Scope;
use enroll_service::{Once, Service};

use super::Problem;
use crate::App;
use crate::edge::{Caller, ClientAddress};
use crate::local::LocalCaller;
use crate::parse::bearer;

/// A scope that a handler needs.
pub(crate) trait Need: Send + Sync + 'static {
    /// The scope.
    const SCOPE: Scope;
}

/// Access checks.
pub(crate) struct ToCheck;

/// Reading what the API shows.
pub(crate) struct ToRead;

/// Changing what the API shows.
pub(crate) struct ToAdminister;

impl Need for ToAdminister {
    const SCOPE: Scope = Scope::Admin;
}

impl Need for ToCheck {
    const SCOPE: Scope = Scope::Check;
}

impl Need for ToRead {
    const SCOPE: Scope = Scope::Read;
}

/// The sender of the request has shown an API token whose scope is enough, and has requests left.
pub(crate) struct Authenticated<N> {
    /// The use cases, done in the name of the token: the audit trail says so.
    pub(crate) service: Service,
    need: PhantomData<N>,
}

impl<N: Need> FromRequestParts<App> for Authenticated<N> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        if let Some(LocalCaller(actor)) = parts.extensions.get::<LocalCaller>() {
            return Ok(Self { service: app.service().acting_as(actor.clone()), need: PhantomData });
        }
        let unauthorized =
            |error: bearer::NoBearer| Problem::new(StatusCode::UNAUTHORIZED, error.to_string());
        let token = bearer::token(&parts.headers).map_err(unauthorized)?;
        let address = ClientAddress::of(&parts.extensions);
        let session = app.service().authenticate_api(token, address.as_deref())?;
        if let Some(caller) = parts.extensions.get::<Caller>() {
            caller.is(None, &session.label);
        }
        app.limiter().take(&session.token)?;
        if !session.scope.allows(N::SCOPE) {
            let detail =
                format!("this token has the scope `{}`; the request needs `{}`", session.scope, N::SCOPE);
            return Err(Problem::new(StatusCode::FORBIDDEN, detail));
        }
        let mut service = app.service().acting_as(session.actor());
        if let Some(once) = parts.extensions.get::<Once>() {
            service = service.once(once);
        }
        Ok(Self { service, need: PhantomData })
    }
}
