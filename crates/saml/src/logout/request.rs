//! A logout request of the identity provider (SAML core §3.7.1).

use jiff::{SignedDuration, Timestamp};

use super::arrived::{Arrived, Kind};
use crate::assertion::{Expected, time};
use crate::connection::{Connection, ServiceProvider};
use crate::policy::LOGOUT_FOR;
use crate::refusal::{Reason, Refusal};
use crate::response::version;
use crate::xml::{ASSERTION, PROTOCOL, at_most_one, attribute, children, is, one, parse, text};

/// The longest time that a request may give itself: what is remembered of it does not grow without end.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// A verified request to end sessions.
#[derive(Clone, PartialEq, Eq)]
pub struct LogoutRequest {
    /// Its id, which the answer names. It is used once: see `remember_until`.
    pub id: String,
    /// How the identity provider names the user.
    pub name_id: String,
    /// Which of her sessions; all of them when none is named.
    pub session_indexes: Vec<String>,
    /// Until when the id has to be remembered: after that, the request is refused as expired.
    pub remember_until: Timestamp,
}

/// Says what is asked, not of whom.
impl std::fmt::Debug for LogoutRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogoutRequest").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Checks a logout request: signed by the identity provider of this connection, for this service, and now.
///
/// That it is used once is for the caller to check, in the transaction that ends the sessions (A13).
///
/// # Errors
/// [`Refusal`]; nothing may end then.
pub fn logout_request(
    service_provider: &ServiceProvider,
    connection: &Connection,
    arrived: Arrived<'_>,
    now: Timestamp,
) -> Result<LogoutRequest, Refusal> {
    let text_of = arrived.verified(Kind::Request, &connection.identity_provider.certificates)?;
    let document = parse(text_of.as_bytes())?;
    let root = Kind::Request.root(&document)?;
    let expected = Expected { service_provider, connection, pending: None, now };
    version(root)?;
    let id = attribute(root, "ID")?.to_owned();
    expected.is_issuer(&text(one(root, ASSERTION, "Issuer")?)?)?;
    expected.is_logout_destination(root)?;

    let skew = connection.skew.as_duration();
    let later = |time: Timestamp, by: SignedDuration| time.saturating_add(by).unwrap_or(Timestamp::MAX);
    let issued = time(attribute(root, "IssueInstant")?, "IssueInstant")?;
    if issued > later(now, skew) {
        return Err(Refusal::with(Reason::NotYetValid, format!("made at {issued}, it is {now}")));
    }
    let end = match root.attribute("NotOnOrAfter") {
        Some(written) => time(written, "NotOnOrAfter")?.min(later(issued, LONGEST)),
        None => later(issued, LOGOUT_FOR),
    };
    let remember_until = later(end, skew);
    if now >= remember_until {
        return Err(Refusal::with(Reason::Expired, format!("valid until {end}, it is {now}")));
    }

    if root.children().any(|node| is(node, ASSERTION, "EncryptedID")) {
        return Err(Refusal::with(Reason::Encrypted, "EncryptedID"));
    }
    let name_id = at_most_one(root, ASSERTION, "NameID")?.ok_or(Refusal::from(Reason::NameId))?;
    let name_id = text(name_id)?;
    if name_id.is_empty() {
        return Err(Reason::NameId.into());
    }
    let session_indexes =
        children(root, PROTOCOL, "SessionIndex").map(text).collect::<Result<Vec<String>, Refusal>>()?;
    Ok(LogoutRequest { id, name_id, session_indexes, remember_until })
}
