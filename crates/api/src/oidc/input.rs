//! What a browser or client sends: parameters in the query of a GET or in the form of a POST, and perhaps the cookie of a session.

use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method};
use enroll_domain::audit::{Actor, Origin};
use enroll_service::{Parameters, Service, SignedIn};

use crate::api::body::read;
use crate::edge::origin;
use crate::parse::{cookie, form};
use crate::{App, session_cookie};

/// The parameters of a request and its headers.
pub(crate) struct Input {
    pub(crate) parameters: Parameters,
    pub(crate) headers: HeaderMap,
    pub(crate) method: Method,
    /// The request, for the audit trail.
    pub(crate) origin: Origin,
    /// The query or the form as it was sent.
    pub(crate) text: String,
}

/// The parameters cannot be read.
pub(crate) struct Unreadable {
    /// What is wrong with them, in words for the developer of the client.
    pub(crate) text: &'static str,
    /// The request.
    pub(crate) origin: Origin,
}

impl FromRequest<App> for Input {
    type Rejection = Unreadable;

    async fn from_request(request: Request, app: &App) -> Result<Self, Unreadable> {
        let (parts, body) = request.into_parts();
        let origin = origin(&parts);
        let (method, headers) = (parts.method.clone(), parts.headers.clone());
        match parameters(Request::from_parts(parts, body), &method, &headers, app).await {
            Ok((parameters, text)) => Ok(Self { parameters, headers, method, origin, text }),
            Err(text) => Err(Unreadable { text, origin }),
        }
    }
}

/// The parameters, and the text that they were read from.
async fn parameters(
    request: Request,
    method: &Method,
    headers: &HeaderMap,
    app: &App,
) -> Result<(Parameters, String), &'static str> {
    let text = if *method == Method::POST {
        let form = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let form = form.split(';').next().unwrap_or_default().trim();
        if !form.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err("a POST has its parameters in a body of the type application/x-www-form-urlencoded");
        }
        let body = read(request, app).await.map_err(|_| "the body is too long or was cut off")?;
        String::from_utf8(body.into()).map_err(|_| "the body is not UTF-8")?
    } else {
        request.uri().query().unwrap_or_default().to_owned()
    };
    let pairs = form::pairs(&text).ok_or("a parameter is not percent-encoded UTF-8")?;
    Ok((pairs.into_iter().collect(), text))
}

impl Input {
    /// The service, for what this request does: the audit trail names the request.
    pub(crate) fn service(&self, app: &App) -> Service {
        app.service().acting_as(Actor::system().by(self.origin.clone()))
    }

    /// The user whose session the browser has, if one is in force.
    ///
    /// # Errors
    /// The store fails: nobody is told to sign in for that.
    pub(crate) async fn signed_in(&self, app: &App) -> Result<Option<SignedIn>, enroll_service::Error> {
        let service = app.service();
        let Some(cookie) = cookie::value(&self.headers, session_cookie::name(service.public_url())) else {
            return Ok(None);
        };
        match service.authenticate_session(cookie).await {
            Ok(signed_in) => Ok(Some(signed_in)),
            Err(enroll_service::Error::Unauthorized(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
