//! `/saml/logout`: ends the session here, and then the one at the identity provider, if it has a place for that. Logout messages of identity
//! providers come here too ([`super::single_logout`]).

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use enroll_service::{Error, SignedIn};

use super::visit::Visit;
use super::{browser_cookie, single_logout};
use crate::oidc::page::{self, escape, leads_on, page, redirect};
use crate::parse::origin;
use crate::{App, session_cookie};

/// Signs the user out, when a page of this service says so; asks first otherwise (threat S38).
pub(crate) async fn logout(State(app): State<App>, visit: Visit) -> Response {
    if let Some(answered) = single_logout::message(&app, &visit).await {
        return answered;
    }
    sign_out(&app, &visit).await.unwrap_or_else(|error| page::error(&error, &visit.input.origin))
}

async fn sign_out(app: &App, visit: &Visit) -> Result<Response, Error> {
    let service = app.service();
    let public_url = service.public_url();
    let signed_in = visit.input.signed_in(app).await?;
    if visit.input.method != Method::POST {
        let (form, to) = form(app, signed_in.as_ref());
        return Ok(page(StatusCode::OK, "Sign out?", &form, &to));
    }
    if !origin::is_same(&visit.input.headers, public_url.origin()) {
        return Err(Error::Forbidden("signing out has to be asked for on a page of this service".to_owned()));
    }
    let there = match signed_in {
        Some(signed_in) => {
            let actor = signed_in.actor().by(visit.input.origin.clone());
            service.acting_as(actor).sign_out_everywhere(&signed_in).await?
        }
        None => None,
    };
    let cleared = session_cookie::clear(public_url);
    let Some(there) = there else {
        let mut response = redirect(&format!("{public_url}/"));
        response.headers_mut().insert(SET_COOKIE, cleared);
        return Ok(response);
    };
    let mut response = redirect(&there.redirect);
    response.headers_mut().insert(SET_COOKIE, cleared);
    let remembered = browser_cookie::LOGOUT.set(public_url, &there.request_id);
    response.headers_mut().append(SET_COOKIE, remembered);
    Ok(response)
}

/// The button, and where it may lead: for somebody who has signed in, on to her identity provider and wherever that sends her.
pub(super) fn form(app: &App, signed_in: Option<&SignedIn>) -> (String, String) {
    let public_url = app.service().public_url();
    let action = escape(&format!("{public_url}/saml/logout"));
    let form =
        format!("<form method=\"post\" action=\"{action}\"><button type=\"submit\">Sign out</button></form>");
    let to = signed_in.map_or_else(|| "'self'".to_owned(), |_| leads_on(public_url, None));
    (form, to)
}
