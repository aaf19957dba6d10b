//! `/login`: where somebody signs in who has not said of which directory she is. Where one directory alone can sign people in, its
//! sign-in begins at once.

use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use enroll_service::{Error, Parameters, PublicUrl, SignInPlace, check_return_path};

use super::visit::Visit;
use crate::App;
use crate::oidc::page::{self, escape, leads_on, page, redirect};

/// Parameters that go on to the directory's sign-in.
const KEPT: [&str; 3] = ["return_to", "return", "prompt"];

/// Asks for the e-mail address, and sends the browser to the sign-in of the directory that its domain leads to.
pub(crate) async fn login_page(State(app): State<App>, visit: Visit) -> Response {
    answer(&app, &visit).unwrap_or_else(|error| page::error(&error, &visit.input.origin))
}

fn answer(app: &App, visit: &Visit) -> Result<Response, Error> {
    let service = app.service();
    let mut kept = Vec::new();
    for name in KEPT {
        kept.extend(visit.one(name)?.map(|value| (name, value)));
    }
    if let Some((_, path)) = kept.iter().find(|(name, _)| *name == "return_to") {
        check_return_path(path)?;
    }
    // An address in a URL would stay in the history of the browser, and in logs on the way.
    let address = if visit.input.method == Method::POST { visit.one("email")? } else { None };
    let public_url = service.public_url();
    Ok(match service.sign_in_place(address)? {
        SignInPlace::Directory(name) => {
            let path = service.login_path(&name);
            let pairs = kept.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            let query = pairs.collect::<Parameters>().encode();
            let separator = if query.is_empty() { "" } else { "?" };
            redirect(&format!("{public_url}{path}{separator}{query}"))
        }
        SignInPlace::Ask => asked(public_url, &kept, None),
        SignInPlace::Unknown => asked(public_url, &kept, address),
        SignInPlace::Nowhere => {
            let told = "<p>Signing in is not set up yet. Ask your administrators.</p>\n\
                        <p>For administrators: <code>enroll directory sso set --directory NAME --metadata FILE</code></p>";
            page(StatusCode::NOT_FOUND, "Sign in", told, "'none'")
        }
    })
}

/// The page with the form. `unknown` is an address whose domain leads nowhere: it is said so, and not which domains lead somewhere.
fn asked(public_url: &PublicUrl, kept: &[(&str, &str)], unknown: Option<&str>) -> Response {
    let action = escape(&format!("{public_url}/login"));
    let hidden: String = kept
        .iter()
        .map(|(name, value)| format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">\n", escape(value)))
        .collect();
    let told = unknown.map_or("", |_| {
        "<p role=\"alert\">Nobody signs in here with an address of this kind. Look whether it is written as your organization writes it, \
         or ask your administrators how to sign in.</p>\n"
    });
    let value = escape(unknown.unwrap_or_default());
    let body = format!(
        "{told}<form method=\"post\" action=\"{action}\">\n{hidden}<p><label for=\"email\">Your e-mail address at work</label><br>\n\
         <input type=\"email\" id=\"email\" name=\"email\" value=\"{value}\" maxlength=\"320\" autocomplete=\"email\" required \
         autofocus></p>\n<p><button type=\"submit\">Continue</button></p>\n</form>"
    );
    let status = if unknown.is_some() { StatusCode::NOT_FOUND } else { StatusCode::OK };
    page(status, "Sign in", &body, &leads_on(public_url, None))
}
