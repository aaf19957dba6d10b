//! What a browser or client sends: parameters in the query of a GET or in the form of a POST, and perhaps the cookie of a session.

use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method};
use enroll_service::{Parameters, SignedIn};

use crate::api::body::read;
use crate::parse::{cookie, form};
use crate::{App, session_cookie};

/// The parameters of a request and its headers.
pub(crate) struct Input {
    pub(crate) parameters: Parameters,
    pub(crate) headers: HeaderMap,
    pub(crate) method: Method,
}

/// The parameters cannot be read, in words for the developer of the client.
pub(crate) struct Unreadable(pub(crate) &'static str);

impl FromRequest<App> for Input {
    type Rejection = Unreadable;

    async fn from_request(request: Request, app: &App) -> Result<Self, Unreadable> {
        let (method, headers) = (request.method().clone(), request.headers().clone());
        let text = if method == Method::POST {
            let form = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
            let form = form.split(';').next().unwrap_or_default().trim();
            if !form.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
                return Err(Unreadable(
                    "a POST has its parameters in a body of the type application/x-www-form-urlencoded",
                ));
            }
            let body =
                read(request, app).await.map_err(|_| Unreadable("the body is too long or was cut off"))?;
            String::from_utf8(body.into()).map_err(|_| Unreadable("the body is not UTF-8"))?
        } else {
            request.uri().query().unwrap_or_default().to_owned()
        };
        let pairs = form::pairs(&text).ok_or(Unreadable("a parameter is not percent-encoded UTF-8"))?;
        Ok(Self { parameters: pairs.into_iter().collect(), headers, method })
    }
}

impl Input {
    /// The user whose session the browser has, if one is in force.
    ///
    /// # Errors
    /// The store fails: nobody is told to sign in for that.
    pub(crate) fn signed_in(&self, app: &App) -> Result<Option<SignedIn>, enroll_service::Error> {
        let service = app.service();
        let Some(cookie) = cookie::value(&self.headers, session_cookie::name(service.public_url())) else {
            return Ok(None);
        };
        match service.authenticate_session(cookie) {
            Ok(signed_in) => Ok(Some(signed_in)),
            Err(enroll_service::Error::Unauthorized(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
