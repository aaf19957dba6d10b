//! `/saml/acs`, the assertion consumer service: where identity providers post responses (SAML bindings §3.5).

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, SET_COOKIE};
use axum::response::Response;
use enroll_service::{Error, Posted, SignInOutcome};

use super::visit::Visit;
use super::{browser_cookie, refusal};
use crate::oidc::page;
use crate::{App, session_cookie};

/// Finishes a sign-in.
pub(crate) async fn acs(State(app): State<App>, visit: Visit) -> Response {
    finish(&app, &visit).await.unwrap_or_else(|error| page::error(&error, &visit.input.origin))
}

async fn finish(app: &App, visit: &Visit) -> Result<Response, Error> {
    let service = app.service();
    let response = visit.one("SAMLResponse")?.ok_or_else(|| {
        Error::Invalid(
            "the form has no SAMLResponse: identity providers post it here, and there is nothing to see"
                .to_owned(),
        )
    })?;
    let posted = Posted {
        response: response.to_owned(),
        relay_state: visit.one("RelayState")?.map(str::to_owned),
        browser: browser_cookie::SIGN_IN.value(&visit.input.headers, service.public_url()).map(str::to_owned),
        origin: visit.input.origin.clone(),
    };
    match service.finish_sign_in(&visit.directory, posted).await? {
        SignInOutcome::In { session, return_path } => {
            let public_url = service.public_url();
            let mut response = page::redirect(&format!("{public_url}{return_path}"));
            let cookie = session_cookie::set_session_cookie(public_url, &session);
            response.headers_mut().insert(SET_COOKIE, cookie);
            response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            Ok(response)
        }
        SignInOutcome::Refused(refused) => Ok(refusal::refused(&refused, &visit.input.origin)),
    }
}
