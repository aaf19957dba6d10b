//! How a client says who it is: in the header, in the form, or, for a public client, by its `client_id` alone (RFC 6749 §2.3).

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use data_encoding::BASE64;
use enroll_service::{ClientCredentials, OAuthError, Parameters, Refusal};

use crate::parse::form;

/// The credentials of a request, and whether they came in the header.
///
/// # Errors
/// `invalid_client` when there are none, `invalid_request` for a header that cannot be read or credentials in two places.
pub(super) fn read(
    headers: &HeaderMap,
    parameters: &Parameters,
) -> Result<(ClientCredentials, bool), Refusal> {
    let (id, secret) = (parameters.one("client_id")?, parameters.one("client_secret")?);
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(header) = values.next() else {
        let id = id.ok_or_else(|| refusal(OAuthError::InvalidClient, "the client has not said who it is"))?;
        let secret = secret.map(|secret| secret.to_owned().into());
        return Ok((ClientCredentials { id: id.to_owned(), secret }, false));
    };
    let two = values.next().is_some() || secret.is_some();
    let credentials = basic(header.to_str().unwrap_or_default()).ok_or_else(|| {
        refusal(
            OAuthError::InvalidRequest,
            "the Authorization header is not `Basic` with a client's id and secret",
        )
    })?;
    if two || id.is_some_and(|id| id != credentials.id) {
        return Err(refusal(
            OAuthError::InvalidRequest,
            "the client says twice who it is: use the header or the form",
        ));
    }
    Ok((credentials, true))
}

fn basic(header: &str) -> Option<ClientCredentials> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(BASE64.decode(encoded.trim().as_bytes()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    let secret = form::decode(secret)?;
    let secret = if secret.is_empty() { None } else { Some(secret.into()) };
    Some(ClientCredentials { id: form::decode(id)?, secret })
}

fn refusal(error: OAuthError, description: &str) -> Refusal {
    Refusal { error, description: description.to_owned() }
}
