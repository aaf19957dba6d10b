//! The identity provider's answer to a logout request of this service (SAML core §3.7.2).

use jiff::Timestamp;

use super::arrived::{Arrived, Kind};
use crate::assertion::Expected;
use crate::connection::{Connection, ServiceProvider};
use crate::refusal::{Reason, Refusal};
use crate::response::version;
use crate::shape::SUCCESS;
use crate::xml::{ASSERTION, PROTOCOL, attribute, one, parse, text};

/// A verified answer. The session here ended before the request was sent, whatever it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoutResponse {
    /// Whether the identity provider has ended its session, and those of the other applications.
    pub everywhere: bool,
}

/// Checks the answer to a logout request: signed by the identity provider of this connection, for this service, and to the request of
/// that id.
///
/// # Errors
/// [`Refusal`]
pub fn logout_response(
    service_provider: &ServiceProvider,
    connection: &Connection,
    request_id: &str,
    arrived: Arrived<'_>,
    now: Timestamp,
) -> Result<LogoutResponse, Refusal> {
    let text_of = arrived.verified(Kind::Response, &connection.identity_provider.certificates)?;
    let document = parse(text_of.as_bytes())?;
    let root = Kind::Response.root(&document)?;
    let expected = Expected { service_provider, connection, pending: None, now };
    version(root)?;
    attribute(root, "ID")?;
    expected.is_issuer(&text(one(root, ASSERTION, "Issuer")?)?)?;
    expected.is_logout_destination(root)?;
    if root.attribute("InResponseTo") != Some(request_id) {
        return Err(Reason::InResponseTo.into());
    }
    let code = one(one(root, PROTOCOL, "Status")?, PROTOCOL, "StatusCode")?;
    // One that could not end all of them says so by a code inside the one of success.
    let partly = code.children().any(|node| node.is_element());
    Ok(LogoutResponse { everywhere: code.attribute("Value") == Some(SUCCESS) && !partly })
}
