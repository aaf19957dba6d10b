//! `/`: who is signed in.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::logout;
use super::visit::Visit;
use crate::App;
use crate::oidc::page::{self, escape, page};

/// Who is signed in, with her organizations; a link to sign in for anybody else.
pub(crate) async fn home(State(app): State<App>, visit: Visit) -> Response {
    let service = app.service();
    let signed_in = match visit.input.signed_in(&app).await {
        Ok(signed_in) => signed_in,
        Err(error) => return page::error(&error, &visit.input.origin),
    };
    let Some(signed_in) = signed_in else {
        let login = escape(&format!("{}/login", service.public_url()));
        return page(
            StatusCode::OK,
            "Enroll",
            &format!("<p><a class=\"button\" href=\"{login}\">Sign in</a></p>"),
            "'none'",
        );
    };
    let me = match service.signed_in_user(&signed_in).await {
        Ok(me) => me,
        Err(error) => return page::error(&error, &visit.input.origin),
    };
    let shown = escape(me.display_name.as_deref().unwrap_or(&me.user_name));
    let mut body = format!("<p>You are signed in as {shown} (<code>{}</code>).</p>\n", escape(&me.handle));
    if me.organizations.is_empty() {
        body.push_str("<p>You are in no organization yet.</p>\n");
    } else {
        body.push_str("<ul>\n");
        for organization in &me.organizations {
            let (name, role) = (escape(&organization.display_name), organization.role);
            body.push_str(&format!("<li>{name} <span class=\"quiet\">{role}</span></li>\n"));
        }
        body.push_str("</ul>\n");
    }
    let (form, to) = logout::form(&app, Some(&signed_in));
    page(StatusCode::OK, "Enroll", &(body + &form), &to)
}
