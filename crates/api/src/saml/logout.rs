//! `/saml/logout`: ends the session here. The identity provider's own session goes on.

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use enroll_service::Error;

use super::refusal;
use super::visit::Visit;
use crate::oidc::page::{escape, page, redirect};
use crate::parse::origin;
use crate::{App, session_cookie};

/// Signs the user out, when a page of this service says so; asks first otherwise (threat S38).
pub(crate) async fn logout(State(app): State<App>, visit: Visit) -> Response {
    let service = app.service();
    if visit.input.method != Method::POST {
        return page(StatusCode::OK, "Sign out?", &form(&app), "'self'");
    }
    if !origin::is_same(&visit.input.headers, service.public_url().origin()) {
        let error = Error::Forbidden("signing out has to be asked for on a page of this service".to_owned());
        return refusal::error(&error, &visit.origin);
    }
    let done = match visit.input.signed_in(&app) {
        Ok(Some(signed_in)) => service.sign_out(&signed_in).await,
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    if let Err(error) = done {
        return refusal::error(&error, &visit.origin);
    }
    let mut response = redirect(&format!("{}/", service.public_url()));
    response.headers_mut().insert(SET_COOKIE, session_cookie::clear(service.public_url()));
    response
}

/// The button.
pub(super) fn form(app: &App) -> String {
    let action = escape(&format!("{}/saml/logout", app.service().public_url()));
    format!("<form method=\"post\" action=\"{action}\"><button type=\"submit\">Sign out</button></form>")
}
