//! What a browser brings to a page of the sign-in: the directory, parameters, cookies, and where it comes from.

use std::collections::HashMap;

use axum::extract::{FromRequest, FromRequestParts as _, Path, Request};
use enroll_service::Error;

use crate::App;
use crate::oidc::input::{Input, Unreadable};

/// The directory whose addresses name no directory.
const DEFAULT: &str = "default";

/// A request of a browser.
pub(crate) struct Visit {
    /// The directory's name.
    pub(super) directory: String,
    /// Parameters, headers, and the request.
    pub(super) input: Input,
}

impl FromRequest<App> for Visit {
    type Rejection = Unreadable;

    async fn from_request(request: Request, app: &App) -> Result<Self, Unreadable> {
        let (mut parts, body) = request.into_parts();
        let path = Path::<HashMap<String, String>>::from_request_parts(&mut parts, app).await;
        let directory = path.ok().and_then(|Path(mut path)| path.remove("directory"));
        let input = Input::from_request(Request::from_parts(parts, body), app).await?;
        Ok(Self { directory: directory.unwrap_or_else(|| DEFAULT.to_owned()), input })
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
