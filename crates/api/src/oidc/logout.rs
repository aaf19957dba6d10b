//! `/oidc/logout`.

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use enroll_service::{Error, SignOut};

use super::input::Input;
use super::page::{self, escape, page};
use crate::parse::origin;
use crate::{App, session_cookie};

/// What a form repeats when the user confirms.
const REPEATED: [&str; 4] = ["id_token_hint", "client_id", "post_logout_redirect_uri", "state"];

/// Signs the user out and sends the browser back to the client; asks her first when nothing proves that it is about her session.
pub(crate) async fn logout(State(app): State<App>, input: Input) -> Response {
    match carry_out(&app, &input).await {
        Ok(response) => response,
        Err(error) => page::error(&error, &input.origin),
    }
}

async fn carry_out(app: &App, input: &Input) -> Result<Response, Error> {
    let (service, parameters) = (input.service(app), &input.parameters);
    let one = |name| parameters.one(name).map_err(|refusal| Error::Invalid(refusal.description));
    let confirmed = input.method == Method::POST
        && one("confirmed")? == Some("yes")
        && origin::is_same(&input.headers, service.public_url().origin());
    let signed_in = input.signed_in(app).await?;
    match service.sign_out_for_client(parameters, signed_in.as_ref(), confirmed).await? {
        SignOut::Done { back } => {
            let mut response = match back {
                Some(uri) => page::redirect(&uri),
                None => page(StatusCode::OK, "Signed out", "<p>You are signed out.</p>", "'none'"),
            };
            if signed_in.is_some() {
                response.headers_mut().insert(SET_COOKIE, session_cookie::clear(service.public_url()));
            }
            Ok(response)
        }
        SignOut::Ask { client, back } => {
            let mut fields = String::from("<input type=\"hidden\" name=\"confirmed\" value=\"yes\">");
            for name in REPEATED {
                if let Some(value) = one(name)? {
                    let value = escape(value);
                    fields.push_str(&format!("\n<input type=\"hidden\" name=\"{name}\" value=\"{value}\">"));
                }
            }
            let who = client
                .map_or_else(|| "Somebody asks".to_owned(), |client| format!("{} asks", escape(&client)));
            let action = escape(&format!("{}/oidc/logout", service.public_url()));
            let body = format!(
                "<p>{who} to sign you out.</p>\n<form method=\"post\" action=\"{action}\">\n{fields}\n\
                 <button type=\"submit\">Sign out</button>\n</form>"
            );
            let to = match &back {
                Some(back) => page::leads_on(service.public_url(), Some(back.as_str())),
                None => "'self'".to_owned(),
            };
            Ok(page(StatusCode::OK, "Sign out?", &body, &to))
        }
    }
}
