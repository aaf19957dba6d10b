//! Logout messages of identity providers at `/saml/logout`: they come with the browser, in a redirect or a form, and are believed by
//! their signature alone. No cookie opens anything here, so no page of somebody else can make a browser sign out by them.

use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::Response;
use enroll_service::{Error, LogoutArrived, LogoutAsked, PublicUrl, RefusedLogout};

use super::refusal;
use super::visit::Visit;
use crate::App;
use crate::oidc::page::{page, redirect};
use crate::parse::cookie;

const NAME: &str = "__Host-enroll_logout";

/// Where the service is reached over plain http on this machine alone: browsers refuse the prefix there.
const PLAIN_NAME: &str = "enroll_logout";

fn name(public_url: &PublicUrl) -> &'static str {
    if public_url.is_plain_loopback() { PLAIN_NAME } else { NAME }
}

/// The `Set-Cookie` with the id of a request, which comes back with the answer. It opens nothing. The answer may be a form on a page of
/// the identity provider, so the cookie is of the kind `None`.
pub(super) fn remember(public_url: &PublicUrl, request_id: &str) -> HeaderValue {
    set(public_url, request_id, 600)
}

fn set(public_url: &PublicUrl, value: &str, seconds: u32) -> HeaderValue {
    let kind = if public_url.is_plain_loopback() { "" } else { "; SameSite=None; Secure" };
    let text = format!("{}={value}; Path=/; HttpOnly; Max-Age={seconds}{kind}", name(public_url));
    // The id of a request is hexadecimal: it fits.
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

fn remembered<'h>(headers: &'h HeaderMap, public_url: &PublicUrl) -> Option<&'h str> {
    cookie::value(headers, name(public_url)).filter(|id| !id.is_empty())
}

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
    Some(answered.unwrap_or_else(|error| refusal::error(&error, &visit.origin)))
}

fn arrived(visit: &Visit, field: &str) -> LogoutArrived {
    if visit.input.method == Method::POST {
        LogoutArrived::Post(field.to_owned())
    } else {
        LogoutArrived::Redirect(visit.input.text.clone())
    }
}

/// The identity provider asks for sessions to end.
async fn asked(app: &App, visit: &Visit, request: &str) -> Result<Response, Error> {
    let relay_state = visit.one("RelayState")?;
    let arrived = arrived(visit, request);
    let answer =
        app.service().logout_asked(&visit.directory, &arrived, relay_state, visit.origin.clone()).await?;
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
    let Some(request_id) = remembered(&visit.input.headers, public_url) else {
        let code = "in_response_to".to_owned();
        let admin = "no logout of this browser waits for an answer: it is older than ten minutes, or was begun elsewhere";
        return Ok(shown(visit, &RefusedLogout { code, admin: admin.to_owned() }));
    };
    let answered = app.service().logout_answered(&visit.directory, &arrived(visit, response), request_id)?;
    let body = match answered {
        Err(refused) => return Ok(shown(visit, &refused)),
        Ok(true) => "<p>You are signed out here and at your identity provider.</p>",
        Ok(false) => {
            "<p>You are signed out here. Your identity provider has not said that you are signed out everywhere: close the browser.</p>"
        }
    };
    let mut response = page(StatusCode::OK, "You are signed out", body, "'none'");
    response.headers_mut().insert(SET_COOKIE, set(public_url, "", 0));
    Ok(response)
}

fn shown(visit: &Visit, refused: &RefusedLogout) -> Response {
    tracing::warn!(directory = visit.directory, code = refused.code, "a logout message was refused");
    refusal::refused_logout(refused, &visit.origin)
}
