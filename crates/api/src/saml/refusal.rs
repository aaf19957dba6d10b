//! The pages of a sign-in that did not work: a sentence for the person, one for the administrator, and the id of the request.

use axum::http::StatusCode;
use axum::response::Response;
use enroll_domain::audit::Origin;
use enroll_service::{Error, RefusedLogout, RefusedSignIn};

use crate::oidc::input::Unreadable;
use crate::oidc::page::{escape, page, request_line, sentence};

const TITLE: &str = "You are not signed in";

/// A refusal.
pub(super) fn refused(refused: &RefusedSignIn, origin: &Origin) -> Response {
    let status = StatusCode::from_u16(refused.status).unwrap_or(StatusCode::FORBIDDEN);
    let admin = format!(
        "<p class=\"admin\">For administrators: {} (<code>{}</code>)</p>",
        escape(&refused.admin),
        escape(&refused.code)
    );
    shown(status, &refused.person, &admin, origin)
}

/// A logout message that is not believed. Nobody was signed out by it.
pub(super) fn refused_logout(refused: &RefusedLogout, origin: &Origin) -> Response {
    let admin = format!(
        "<p class=\"admin\">For administrators: {} (<code>{}</code>)</p>",
        escape(&refused.admin),
        escape(&refused.code)
    );
    let person = "Your identity provider and this service do not agree about signing out. Show this page to your administrators.";
    titled(StatusCode::BAD_REQUEST, "This did not work", person, &admin, origin)
}

/// What is wrong with the request, or here.
pub(super) fn error(error: &Error, origin: &Origin) -> Response {
    let scim = error.to_scim();
    if scim.status() >= 500 {
        tracing::error!(%error, "request failed");
    }
    let status = StatusCode::from_u16(scim.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    shown(status, scim.detail(), "", origin)
}

/// More requests than an address may send.
pub(super) fn too_many(told: &str, origin: &Origin) -> Response {
    titled(StatusCode::TOO_MANY_REQUESTS, "Too many requests", told, "", origin)
}

/// Parameters that cannot be read.
pub(super) fn unreadable(unreadable: &Unreadable, origin: &Origin) -> Response {
    shown(StatusCode::BAD_REQUEST, unreadable.text, "", origin)
}

fn shown(status: StatusCode, person: &str, admin: &str, origin: &Origin) -> Response {
    titled(status, TITLE, person, admin, origin)
}

fn titled(status: StatusCode, title: &str, person: &str, admin: &str, origin: &Origin) -> Response {
    let request = request_line(origin.request_id.as_deref());
    let body = format!("<p>{}</p>\n{admin}\n{request}", sentence(person));
    page(status, title, &body, "'none'")
}
