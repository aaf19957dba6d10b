//! `/saml/logout`: ends the session here, and then the one at the identity provider, if it has a place for that. Logout messages of identity
//! providers come here too ([`super::single_logout`]).

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;
use enroll_service::{Error, SignedIn};

use super::visit::Visit;
use super::{refusal, single_logout};
use crate::oidc::page::{escape, page, redirect};
use crate::parse::origin;
use crate::{App, session_cookie};

/// Signs the user out, when a page of this service says so; asks first otherwise (threat S38).
pub(crate) async fn logout(State(app): State<App>, visit: Visit) -> Response {
    if let Some(answered) = single_logout::message(&app, &visit).await {
        return answered;
    }
    sign_out(&app, &visit).await.unwrap_or_else(|error| refusal::error(&error, &visit.origin))
}

async fn sign_out(app: &App, visit: &Visit) -> Result<Response, Error> {
    let service = app.service();
    let public_url = service.public_url();
    let signed_in = visit.input.signed_in(app)?;
    if visit.input.method != Method::POST {
        let (form, to) = form(app, signed_in.as_ref())?;
        return Ok(page(StatusCode::OK, "Sign out?", &form, &to));
    }
    if !origin::is_same(&visit.input.headers, public_url.origin()) {
        return Err(Error::Forbidden("signing out has to be asked for on a page of this service".to_owned()));
    }
    let there = match signed_in {
        Some(signed_in) => {
            let actor = signed_in.actor().by(visit.origin.clone());
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
    let remembered: HeaderValue = single_logout::remember(public_url, &there.request_id);
    response.headers_mut().append(SET_COOKIE, remembered);
    Ok(response)
}

/// The button, and where it may lead: browsers hold the redirect to the identity provider to the policy of the page too.
///
/// # Errors
/// [`Error::Store`]
pub(super) fn form(app: &App, signed_in: Option<&SignedIn>) -> Result<(String, String), Error> {
    let service = app.service();
    let action = escape(&format!("{}/saml/logout", service.public_url()));
    let there = match signed_in {
        Some(signed_in) => service.logout_url_of(signed_in)?,
        None => None,
    };
    let to = there.as_deref().map_or(String::new(), |url| format!(" {}", origin_of(url)));
    let form =
        format!("<form method=\"post\" action=\"{action}\"><button type=\"submit\">Sign out</button></form>");
    Ok((form, format!("'self'{to}")))
}

/// Scheme, host and port of a URL. What is stored is clean: it has no character that a policy would read.
fn origin_of(url: &str) -> &str {
    let end = url.match_indices(['/', '?']).nth(2).map_or(url.len(), |(at, _)| at);
    url.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::origin_of;

    #[test]
    fn an_origin_ends_before_the_path() {
        for (url, origin) in [
            ("https://idp.example/slo?x=/", "https://idp.example"),
            ("https://idp.example?a/b", "https://idp.example"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ] {
            assert_eq!(origin_of(url), origin);
        }
    }
}
