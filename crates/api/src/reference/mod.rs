//! `/docs/api`: the reference of `/api/v1` for people, written from the OpenAPI document. It is one page with nothing from elsewhere
//! and no script, is the same for everybody, and needs no token.

mod rows;
mod sample;
mod text;
mod view;

use std::sync::OnceLock;

use askama::Template as _;
use axum::extract::State;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use enroll_service::Error;

use crate::App;
use crate::api::Problem;
use crate::openapi;

/// Styles and pictures come from this server alone, and nothing else is loaded or run.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const STYLE: &str = include_str!("../../templates/reference.css");

/// The page as it is sent: written when it is first asked for, and once.
#[derive(Default)]
pub(crate) struct Written(OnceLock<Bytes>);

/// The page.
pub(crate) async fn page(State(app): State<App>) -> Result<Response, Problem> {
    let written = &app.reference().0;
    let html = match written.get() {
        Some(html) => html.clone(),
        None => {
            let server = format!("{}/api/v1", app.service().public_url());
            let html = view::Page::of(openapi::described(), &server)
                .render()
                .map_err(|error| Error::Internal(format!("the reference page cannot be written: {error}")))?;
            written.get_or_init(|| html.into()).clone()
        }
    };
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CACHE_CONTROL, "no-cache"),
    ];
    Ok((headers, html).into_response())
}

/// Its style sheet.
pub(crate) async fn style() -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CACHE_CONTROL, "no-cache"),
    ];
    (headers, STYLE)
}
