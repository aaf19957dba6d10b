//! Authentication as a type: a handler that takes [`Authenticated`] cannot run without a valid token (S10, S11, S13).

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use enroll_service::ScimSession;

use super::Refusal;
use crate::App;
use crate::edge::{Caller, ClientAddress, Told, origin};
use crate::parse::bearer;

/// The identity provider that sent the request, by its SCIM token. It has not used up its requests either.
pub(crate) struct Authenticated(pub(crate) ScimSession);

impl FromRequestParts<App> for Authenticated {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let token =
            bearer::token(&parts.headers).map_err(|error| Refusal::unauthorized(error.to_string(), false))?;
        let address = ClientAddress::ip(&parts.extensions);
        let told = Told::of(&parts.extensions);
        let session = app.service().authenticate_scim(token, address).await.inspect_err(|refusal| {
            if let Some((told, caller)) = told.zip(app.service().claimed_caller(token, refusal)) {
                told.caller(caller);
            }
        })?;
        if let Some(told) = told {
            told.caller(session.logged());
        }
        if let Some(caller) = parts.extensions.get::<Caller>() {
            caller.is(Some(&session.directory_name), &session.label);
        }
        app.limiter().take(&session.token)?;
        // What changes nothing leaves no entry that could name it.
        Ok(Self(if parts.method.is_safe() { session } else { session.by(origin(parts)) }))
    }
}
