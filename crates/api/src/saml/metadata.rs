//! `/saml/metadata`: this service, for identity providers (SAML metadata 2.0 §4.1.1).

use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse as _, Response};

use super::visit::Visit;
use crate::App;
use crate::oidc::page;

/// Our metadata for a directory.
pub(crate) async fn metadata(State(app): State<App>, visit: Visit) -> Response {
    match app.service().saml_metadata(&visit.directory).await {
        Ok(xml) => {
            let kind = (CONTENT_TYPE, "application/samlmetadata+xml");
            ([kind, (X_CONTENT_TYPE_OPTIONS, "nosniff")], xml).into_response()
        }
        Err(error) => page::error(&error, &visit.input.origin),
    }
}
