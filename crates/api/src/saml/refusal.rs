//! The pages of a sign-in or logout that was refused: a sentence for the person, one for the administrator, and the id of the request.

use axum::http::StatusCode;
use axum::response::Response;
use enroll_domain::audit::Origin;
use enroll_service::{RefusedLogout, RefusedSignIn};

use crate::oidc::page::{DID_NOT_WORK, Wrong, wrong};

/// A refusal.
pub(super) fn refused(refused: &RefusedSignIn, origin: &Origin) -> Response {
    let status = StatusCode::from_u16(refused.status).unwrap_or(StatusCode::FORBIDDEN);
    let (title, admin) = ("You are not signed in", Some((refused.admin.as_str(), refused.code.as_str())));
    wrong(&Wrong { status, title, text: &refused.person, admin }, origin)
}

/// A logout message that is not believed. Nobody was signed out by it.
pub(super) fn refused_logout(refused: &RefusedLogout, origin: &Origin) -> Response {
    let text = "Your identity provider and this service do not agree about signing out. Show this page to your administrators.";
    let admin = Some((refused.admin.as_str(), refused.code.as_str()));
    wrong(&Wrong { status: StatusCode::BAD_REQUEST, title: DID_NOT_WORK, text, admin }, origin)
}

/// More requests than an address may send.
pub(super) fn too_many(text: &str, origin: &Origin) -> Response {
    let (status, title) = (StatusCode::TOO_MANY_REQUESTS, "Too many requests");
    wrong(&Wrong { status, title, text, admin: None }, origin)
}
