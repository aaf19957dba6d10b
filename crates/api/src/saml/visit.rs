//! What a browser brings to a page of the sign-in: the directory, parameters, cookies, and where it comes from.

use std::collections::HashMap;

use axum::extract::{FromRequest, FromRequestParts as _, Path, Request};
use axum::response::Response;
use enroll_domain::audit::Origin;
use enroll_service::Error;

use super::refusal;
use crate::App;
use crate::edge::origin;
use crate::oidc::input::Input;

/// The directory whose addresses name no directory.
const DEFAULT: &str = "default";

/// A request of a browser.
pub(crate) struct Visit {
    /// The directory's name.
    pub(super) directory: String,
    /// Parameters and headers.
    pub(super) input: Input,
    /// The request, for the audit trail.
    pub(super) origin: Origin,
}

impl FromRequest<App> for Visit {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let origin = origin(&parts);
        let path = Path::<HashMap<String, String>>::from_request_parts(&mut parts, app).await;
        let directory = path.ok().and_then(|Path(mut path)| path.remove("directory"));
        let input = Input::from_request(Request::from_parts(parts, body), app)
            .await
            .map_err(|unreadable| refusal::unreadable(&unreadable, &origin))?;
        Ok(Self { directory: directory.unwrap_or_else(|| DEFAULT.to_owned()), input, origin })
    }
}

impl Visit {
    /// The one value of a parameter.
    ///
    /// # Errors
    /// It is there twice.
    pub(super) fn one(&self, name: &str) -> Result<Option<&str>, Error> {
        self.input.parameters.one(name).map_err(|refusal| Error::Invalid(refusal.description))
    }
}
