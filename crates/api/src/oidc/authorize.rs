//! `/oidc/authorize`, and where its requests are taken up again after a sign-in.

use axum::extract::State;
use axum::response::Response;
use enroll_service::{Authorize, Error};

use super::input::Input;
use super::page;
use crate::App;

/// Sends the browser back to the client with a code or an error, or to the sign-in; a client that is not known gets nobody.
pub(crate) async fn authorize(State(app): State<App>, input: Input) -> Response {
    let answer = match input.signed_in(&app).await {
        Ok(signed_in) => app.service().authorize(&input.parameters, signed_in.as_ref()).await,
        Err(error) => Err(error),
    };
    send(&app, &input, answer)
}

/// Takes a request up again; its key is all that comes from the browser.
pub(crate) async fn resume(State(app): State<App>, input: Input) -> Response {
    let key = match input.parameters.one("request") {
        Ok(key) => key.unwrap_or_default().to_owned(),
        Err(refusal) => return page::error(&Error::Invalid(refusal.description), &input.origin),
    };
    let answer = match input.signed_in(&app).await {
        Ok(signed_in) => app.service().resume(&key, signed_in.as_ref()).await,
        Err(error) => Err(error),
    };
    send(&app, &input, answer)
}

fn send(app: &App, input: &Input, answer: Result<Authorize, Error>) -> Response {
    match answer {
        Ok(Authorize::Client(uri)) => page::redirect(&uri),
        Ok(Authorize::SignIn { path }) => page::redirect(&format!("{}{path}", app.service().public_url())),
        Err(error) => page::error(&error, &input.origin),
    }
}
