//! The beginning of a sign-in: a request for the identity provider, and what has to be remembered until it answers.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use miniz_oxide::deflate::compress_to_vec;

use crate::connection::{Connection, Endpoint, ServiceProvider};
use crate::policy::PENDING_FOR;
use crate::xml::{ASSERTION, PROTOCOL, escaped};

/// A begun sign-in. It is bound to the browser that began it by a cookie, used once, and kept for ten minutes (A14).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// The id of the request, which the response has to name.
    pub request_id: String,
    /// The key that travels as RelayState. What it stands for, a path of this service, never travels (A15).
    pub relay_state: String,
    /// When it began.
    pub begun: Timestamp,
    /// Whether the user is to prove anew who she is.
    pub anew: bool,
}

impl Pending {
    /// From when on no response is accepted.
    pub fn expires(&self) -> Timestamp {
        self.begun.saturating_add(PENDING_FOR).unwrap_or(Timestamp::MAX)
    }
}

/// A begun sign-in with its first step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// Where to send the browser.
    pub redirect: String,
    /// What to remember.
    pub pending: Pending,
}

/// Begins a sign-in with the HTTP-Redirect binding (SAML bindings §3.4). Of the entropy, half becomes the id of the request and
/// half the RelayState.
///
/// The request asks for no NameID format and no way of authentication: identity providers refuse what they are not
/// configured for, and what is needed is checked in the response. It is not signed: what comes back is bound to its
/// id and goes to the one URL that the identity provider has on file.
pub fn begin(
    service_provider: &ServiceProvider,
    connection: &Connection,
    now: Timestamp,
    entropy: &[u8; 32],
) -> Begun {
    request(service_provider, connection, now, entropy, false)
}

/// As [`begin`], for a user who is to prove anew who she is, whatever session the identity provider has of her (SAML core §3.4.1
/// `ForceAuthn`).
pub fn begin_anew(
    service_provider: &ServiceProvider,
    connection: &Connection,
    now: Timestamp,
    entropy: &[u8; 32],
) -> Begun {
    request(service_provider, connection, now, entropy, true)
}

fn request(
    service_provider: &ServiceProvider,
    connection: &Connection,
    now: Timestamp,
    entropy: &[u8; 32],
    anew: bool,
) -> Begun {
    let more = if anew { " ForceAuthn=\"true\"" } else { "" };
    let (request, relay) = entropy.split_at(16);
    // Entra ID refuses ids that begin with a digit, as XML does.
    let request_id = format!("id-{}", HEXLOWER.encode(request));
    let relay_state = HEXLOWER.encode(relay);
    let destination = &connection.identity_provider.sign_in;
    let xml = format!(
        "<samlp:AuthnRequest xmlns:samlp=\"{PROTOCOL}\" xmlns:saml=\"{ASSERTION}\" ID=\"{request_id}\" Version=\"2.0\" \
         IssueInstant=\"{}\" Destination=\"{}\" AssertionConsumerServiceURL=\"{}\" \
         ProtocolBinding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\"{more}><saml:Issuer>{}</saml:Issuer></samlp:AuthnRequest>",
        instant(now),
        escaped(destination.as_str()),
        escaped(service_provider.acs.as_str()),
        escaped(service_provider.entity_id.as_str()),
    );
    let redirect = redirect(destination, "SAMLRequest", &xml, Some(&relay_state));
    Begun { redirect, pending: Pending { request_id, relay_state, begun: now, anew } }
}

/// A time as SAML writes it: in UTC, to the second.
pub(crate) fn instant(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The URL of a message in the redirect binding: packed, base64, percent-encoded.
pub(crate) fn redirect(destination: &Endpoint, name: &str, xml: &str, relay_state: Option<&str>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair(name, &STANDARD.encode(compress_to_vec(xml.as_bytes(), 6)));
    if let Some(relay_state) = relay_state {
        query.append_pair("RelayState", relay_state);
    }
    let separator = if destination.as_str().contains('?') { '&' } else { '?' };
    format!("{}{separator}{}", destination.as_str(), query.finish())
}
