//! `/saml/login`: sends the browser to the identity provider.

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, SET_COOKIE};
use axum::response::Response;
use enroll_service::{Error, SignInWish};

use super::browser_cookie;
use super::visit::Visit;
use crate::App;
use crate::oidc::page;

/// Begins a sign-in. `return_to` is a path of this service, `return` the key of a kept one; `prompt=login` has the identity provider
/// ask again who it is.
pub(crate) async fn login(State(app): State<App>, visit: Visit) -> Response {
    begin(&app, &visit).await.unwrap_or_else(|error| page::error(&error, &visit.input.origin))
}

async fn begin(app: &App, visit: &Visit) -> Result<Response, Error> {
    let service = app.service();
    let wish = SignInWish {
        return_to: visit.one("return_to")?,
        return_key: visit.one("return")?,
        anew: visit.one("prompt")? == Some("login"),
        browser: browser_cookie::SIGN_IN.value(&visit.input.headers, service.public_url()),
    };
    let begun = service.begin_sign_in(&visit.directory, wish).await?;
    let mut response = page::redirect(&begun.redirect);
    let cookie = browser_cookie::SIGN_IN.set(service.public_url(), begun.browser.reveal());
    response.headers_mut().insert(SET_COOKIE, cookie);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
