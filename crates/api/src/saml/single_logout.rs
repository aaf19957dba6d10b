//! Logout messages of identity providers at `/saml/logout`: they come with the browser, in a redirect or a form, and are believed by
//! their signature alone. No cookie opens anything here, so no page of somebody else can make a browser sign out by them.

use axum::http::header::SET_COOKIE;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use enroll_service::{Arrived, Error, LogoutAsked, RefusedLogout};

use super::browser_cookie::LOGOUT;
use super::refusal;
use super::visit::Visit;
use crate::App;
use crate::oidc::page::{self, page, redirect};

/// Answers a logout message, if there is one.
pub(super) async fn message(app: &App, visit: &Visit) -> Option<Response> {
    let answered = match (visit.one("SAMLRequest"), visit.one("SAMLResponse")) {
        (Ok(None), Ok(None)) => return None,
        (Ok(Some(_)), Ok(Some(_))) => {
            Err(Error::Invalid("a logout message is a request or a response, not both".to_owned()))
        }
        (Ok(Some(request)), Ok(None)) => asked(app, visit, request).await,
        (Ok(None), Ok(Some(response))) => told(app, visit, response),
        (Err(error), _) | (_, Err(error)) => Err(error),
    };
    Some(answered.unwrap_or_else(|error| page::error(&error, &visit.input.origin)))
}

fn arrived<'v>(visit: &'v Visit, field: &'v str) -> Arrived<'v> {
    if visit.input.method == Method::POST {
        Arrived::Post(field)
    } else {
        Arrived::Redirect(&visit.input.text)
    }
}

/// The identity provider asks for sessions to end.
async fn asked(app: &App, visit: &Visit, request: &str) -> Result<Response, Error> {
    let relay_state = visit.one("RelayState")?;
    let arrived = arrived(visit, request);
    let answer = app
        .service()
        .logout_asked(&visit.directory, arrived, relay_state, visit.input.origin.clone())
        .await?;
    Ok(match answer {
        LogoutAsked::Refused(refused) => shown(visit, &refused),
        LogoutAsked::Done { redirect: Some(to) } => redirect(&to),
        LogoutAsked::Done { redirect: None } => page(
            StatusCode::OK,
            "You are signed out",
            "<p>Your identity provider has asked for it.</p>",
            "'none'",
        ),
    })
}

/// The identity provider answers a request of this service.
fn told(app: &App, visit: &Visit, response: &str) -> Result<Response, Error> {
    let public_url = app.service().public_url();
    let Some(request_id) = LOGOUT.value(&visit.input.headers, public_url) else {
        let code = "in_response_to".to_owned();
        let admin = "no logout of this browser waits for an answer: it is older than ten minutes, or was begun elsewhere";
        return Ok(shown(visit, &RefusedLogout { code, admin: admin.to_owned() }));
    };
    let answered = app.service().logout_answered(&visit.directory, arrived(visit, response), request_id)?;
    let body = match answered {
        Err(refused) => return Ok(shown(visit, &refused)),
        Ok(true) => "<p>You are signed out here and at your identity provider.</p>",
        Ok(false) => {
            "<p>You are signed out here. Your identity provider has not said that you are signed out everywhere: close the browser.</p>"
        }
    };
    let mut response = page(StatusCode::OK, "You are signed out", body, "'none'");
    response.headers_mut().insert(SET_COOKIE, LOGOUT.clear(public_url));
    Ok(response)
}

fn shown(visit: &Visit, refused: &RefusedLogout) -> Response {
    tracing::warn!(directory = visit.directory, code = refused.code, "a logout message was refused");
    refusal::refused_logout(refused, &visit.input.origin)
}
